/** `sallyport identity link`: an administrator says whose identity it is. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { identityJson } from '../identity-view.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Whoever the upstream names by this subject signs in to the account from now on: be sure that it is the same person. The subject is what
the upstream's ssoid mapping gives, usually the claim sub: sallyport upstream dry-run shows it.

Examples:
  $ sallyport identity link ada corp 248289761001
  $ sallyport identity link ada github 1024025 --label ada-lovelace`

interface Options extends JsonOption {
  readonly label?: string
}

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Link an account to an identity of an upstream.')
    .argument('<account>', 'the user name or e-mail address')
    .argument('<alias>', 'the upstream')
    .argument('<subject>', 'who the person is to the upstream')
    .option('--label <text>', 'what the upstream calls the person, for people')
    .addHelpText('after', HELP)
    .action((account: string, upstream: string, subject: string, { json, label }: Options) =>
      atDesk(command, terminal, async ({ admin }) => {
        const body = { account, upstream, subject, ...(label === undefined ? {} : { label }) }
        const { document } = await admin.call('identities.create', { body })
        terminal.print(
          json === true
            ? jsonText(identityJson(document))
            : `${printable(document.account)} is linked at ${printable(upstream)} to ${printable(subject)}.`,
        )
      }),
    )
}
