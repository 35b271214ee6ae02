/** `sallyport identity unlink`: an upstream signs nobody in to this account any more. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Sessions that came of it end, and tokens of the upstream that were kept are deleted. identity undo links it again.

Examples:
  $ sallyport identity unlink ada corp
  $ sallyport identity unlink ada corp --yes    # also when nobody can sign in to the account then`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Take the identity of an upstream off an account.')
    .argument('<account>', 'the user name or e-mail address')
    .argument('<alias>', 'the upstream')
    .option('--yes', 'also when it is the last way to sign in to the account')
    .addHelpText('after', HELP)
    .action((login: string, alias: string, { json, yes }: JsonOption & { yes?: boolean }) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { document: owner } = await admin.call('accounts.read', { path: { username: login } })
        await admin.call('upstreams.read', { path: { alias } })
        const { document } = await admin.call('identities.list', {
          query: { account: owner.sub ?? login, upstream: alias },
        })
        const [identity] = document.items
        const name = printable(owner.username ?? login)
        if (identity === undefined)
          throw new CommandFailure(EXIT.notFound, `${name} is not linked at ${printable(alias)}`)
        await admin.call('identities.delete', { path: { id: identity.id }, query: { even_the_last: yes === true } })
        const { subject } = identity
        terminal.print(
          json === true
            ? jsonText({ account: owner.username, upstream: alias, subject, outcome: 'unlinked' })
            : `${name} is no longer linked at ${printable(alias)} (it was ${printable(subject)}).`,
        )
      }),
    )
}
