/** `sallyport identity undo`: the last link or unlink of an account at an upstream is taken back. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Whoever did it: the person on the account page, a first sign-in, or the command line. It is found in the audit log, so it can be undone as
long as that is kept (audit.retention). Doing it twice does it again. Sessions and stored tokens do not come back.

Example:
  $ sallyport identity undo ada corp`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Take back the last link or unlink of an account at an upstream.')
    .argument('<account>', 'the user name or e-mail address')
    .argument('<alias>', 'the upstream')
    .option('--yes', 'also when nobody can sign in to the account then')
    .addHelpText('after', HELP)
    .action((account: string, upstream: string, { json, yes }: JsonOption & { yes?: boolean }) =>
      atDesk(command, terminal, async ({ admin }) => {
        const body = { account, upstream, even_the_last: yes === true }
        const { document } = await admin.call('identities.undo', { body })
        const outcome = document.outcome === 'linked' ? 'linked again' : 'no longer linked'
        const [name, alias, subject] = [document.account, document.upstream, document.subject].map(printable)
        terminal.print(json === true ? jsonText(document) : `${name} is ${outcome} at ${alias} (${subject}).`)
      }),
    )
}
