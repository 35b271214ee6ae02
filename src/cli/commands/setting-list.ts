/** `sallyport setting list`: every setting as it counts. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { firstOf, readListOptions, withListOptions } from '../list-options.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printList } from '../print-document.ts'
import { settingText } from '../setting-text.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Secrets are shown as •••. The source is the variable, the file with its line, or the database with who changed it there; where there is
none, the standard counts. Variables win over files, files over the database. With --server the settings are those that the server goes by.

Examples:
  $ sallyport setting list
  $ sallyport setting list --said yes
  $ sallyport setting list --changeable yes
  $ sallyport setting list --search token --json`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withListOptions(withJson(command), 'settings'))
    .description('List every setting with its value, and who says so.')
    .addHelpText('after', HELP)
    .action((options: JsonOption) =>
      atDesk(
        command,
        terminal,
        async ({ admin }) => {
          const { query, limit } = readListOptions(command, 'settings')
          await printList(terminal, options, firstOf(admin.all('settings.list', query), limit), {
            head: ['name', 'value', 'source'],
            row: ({ name, value, source, updated_by: by }) => [
              name,
              settingText(value),
              source === 'database' && by !== undefined ? `database, by ${by}` : source,
            ],
            none: 'There are no such settings.',
          })
        },
        { database: 'if-there' },
      ),
    )
}
