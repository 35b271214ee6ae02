/** `sallyport consent list`: what people have allowed apps. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type JsonOption, withJson } from '../output.ts'
import { dayOf, printList } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Examples:
  $ sallyport consent list --account ada
  $ sallyport consent list --client wiki --json | jq -r ".[].account"`

interface Options extends JsonOption {
  readonly account?: string
  readonly client?: string
}

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('List what people have allowed apps, and are not asked again.')
    .option('--account <name>', 'only of this account: its user name or e-mail address')
    .option('--client <id>', 'only of this app: its client id')
    .addHelpText('after', HELP)
    .action((options: Options) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { account, client } = options
        // What is not there is said as such, and not as an empty list.
        if (account !== undefined) await admin.call('accounts.read', { path: { username: account } })
        if (client !== undefined) await admin.call('clients.read', { path: { client_id: client } })
        const found = admin.all('consents.list', {
          ...(account === undefined ? {} : { account }),
          ...(client === undefined ? {} : { client }),
        })
        await printList(terminal, options, found, {
          head: ['account', 'client', 'allowed', 'since', 'until'],
          row: consent => [
            consent.account,
            consent.client,
            consent.scopes.join(', '),
            dayOf(consent.granted_at),
            dayOf(consent.expires_at),
          ],
          none: 'Nobody has allowed anything that would be remembered.',
        })
      }),
    )
}
