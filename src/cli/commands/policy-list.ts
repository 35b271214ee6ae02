/** `sallyport policy list`: the policies of this house, and how many apps name each. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { firstOf, readListOptions, withListOptions } from '../list-options.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printList } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
one_factor, two_factor and deny are always there, and are not listed.

Examples:
  $ sallyport policy list
  $ sallyport policy list --json | jq -r ".[].name"`

export function define(command: Command, terminal: Terminal): void {
  withListOptions(withJson(withPlace(command)), 'policies')
    .description('List all policies by name, with the number of apps that name each.')
    .addHelpText('after', HELP)
    .action((options: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { query, limit } = readListOptions(command, 'policies')
        await printList(terminal, options, firstOf(admin.all('policies.list', query), limit), {
          head: ['name', 'rules', 'default', 'apps', 'description'],
          row: ({ name, rules = [], default_policy, clients = [], description }) => [
            name,
            `${rules.length}`,
            default_policy,
            `${clients.length}`,
            description,
          ],
          none: 'There are none besides one_factor, two_factor and deny: sallyport policy create --help',
        })
      }),
    )
}
