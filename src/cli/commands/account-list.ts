/** `sallyport account list`: all accounts, or those that are looked for. */

import { type Command, Option } from 'commander'
import { accountJson } from '../account-view.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { firstOf, readListOptions, withListOptions } from '../list-options.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { dayOf, printList } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Examples:
  $ sallyport account list
  $ sallyport account list --search lovelace --group staff
  $ sallyport account list --json | jq -r ".[].username"`

interface Options extends JsonOption {
  readonly group?: string
}

export function define(command: Command, terminal: Terminal): void {
  withListOptions(withPlace(withJson(command)), 'accounts', ['groups'])
    .description('List accounts, oldest first.')
    .addOption(new Option('--group <group>', 'only with this: a group they are in'))
    .addHelpText('after', HELP)
    .action((options: Options) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { query, limit } = readListOptions(command, 'accounts')
        const { group } = options
        const asked = { sort: 'created_at', ...query, ...(group === undefined ? {} : { groups: group }) } as const
        const found = firstOf(admin.all('accounts.list', asked), limit)
        if (options.json === true) {
          const all: object[] = []
          for await (const account of found) all.push(accountJson(account))
          return terminal.print(jsonText(all))
        }
        await printList(terminal, options, found, {
          head: ['name', 'e-mail', 'state', 'role', 'groups', 'created'],
          row: ({ username, email, disabled, role, groups = [], created_at }) => [
            username,
            email,
            disabled === true ? 'disabled' : 'active',
            role,
            groups.join(', '),
            dayOf(created_at),
          ],
          none: 'There are no accounts yet: sallyport account create --help',
        })
      }),
    )
}
