/** `sallyport attribute list`: what accounts of this house have besides the standard claims. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { firstOf, readListOptions, withListOptions } from '../list-options.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printList } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Examples:
  $ sallyport attribute list
  $ sallyport attribute list --json | jq -r ".[].name"`

export function define(command: Command, terminal: Terminal): void {
  withListOptions(withPlace(withJson(command)), 'attributes')
    .description('List the attributes that this house defines, by name.')
    .addHelpText('after', HELP)
    .action((options: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { query, limit } = readListOptions(command, 'attributes')
        await printList(terminal, options, firstOf(admin.all('attributes.list', query), limit), {
          head: ['name', 'type', 'claim', 'scopes', 'title'],
          row: ({ name, type, list, claim, scopes = [], title }) => [
            name,
            list === true ? `list of ${type}` : type,
            claim ?? name,
            scopes.join(', '),
            title,
          ],
          none: 'There are none besides the standard ones: sallyport attribute create --help',
        })
      }),
    )
}
