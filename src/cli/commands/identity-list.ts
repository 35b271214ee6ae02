/** `sallyport identity list`: which account is linked to whom at which upstream. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type IdentityDocument, identityJson } from '../identity-view.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { dayOf, printList } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

interface Options extends JsonOption {
  readonly account?: string
  readonly upstream?: string
}

const HELP = `
Examples:
  $ sallyport identity list
  $ sallyport identity list --account ada
  $ sallyport identity list --upstream corp --json | jq -r ".[].subject"`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('List the identities that accounts are linked to.')
    .option('--account <name>', 'only of this account: its user name or e-mail address')
    .option('--upstream <alias>', 'only of this upstream')
    .addHelpText('after', HELP)
    .action((options: Options) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { account, upstream, json } = options
        // What is not there is said as such, and not as an empty list.
        if (account !== undefined) await admin.call('accounts.read', { path: { username: account } })
        if (upstream !== undefined) await admin.call('upstreams.read', { path: { alias: upstream } })
        const found = admin.all('identities.list', {
          ...(account === undefined ? {} : { account }),
          ...(upstream === undefined ? {} : { upstream }),
        })
        if (json === true) {
          const all: object[] = []
          for await (const identity of found) all.push(identityJson(identity))
          return terminal.print(jsonText(all))
        }
        await printList(terminal, options, found, TABLE)
      }),
    )
}

const TABLE = {
  head: ['account', 'upstream', 'subject', 'label', 'linked', 'last used'],
  row: ({ account, upstream, subject, label, linked_at, last_sign_in_at }: IdentityDocument) => [
    account,
    upstream,
    subject,
    label,
    dayOf(linked_at),
    dayOf(last_sign_in_at),
  ],
  none: 'No identity is linked.',
}
