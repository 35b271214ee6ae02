/** `sallyport group members`: the accounts in a group. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { membersOf } from '../group-members.ts'
import { firstOf, readLimit, withLimit } from '../list-options.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printList } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Examples:
  $ sallyport group members staff
  $ sallyport group members staff --search example.com --limit 20
  $ sallyport group members staff --json | jq -r ".[].username"`

interface MembersOptions extends JsonOption {
  readonly search?: string
  readonly limit?: string
}

export function define(command: Command, terminal: Terminal): void {
  withPlace(withLimit(withJson(command).option('--search <words>', 'only who has all of these words')))
    .description('List the accounts in a group, by user name.')
    .argument('<name>', 'what the group is called; the case counts')
    .addHelpText('after', HELP)
    .action((name: string, options: MembersOptions) =>
      atDesk(command, terminal, ({ admin }) =>
        printList(terminal, options, firstOf(membersOf(admin, name, options.search), readLimit(options.limit)), {
          head: ['username', 'email', 'disabled'],
          row: ({ username, email, disabled }) => [username, email, disabled ? 'yes' : ''],
          none: 'There is nobody in it: sallyport group add-member --help',
        }),
      ),
    )
}
