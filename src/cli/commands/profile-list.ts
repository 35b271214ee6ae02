/** `sallyport profile list`: the profiles that a client may be held to. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printList } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Examples:
  $ sallyport profile list
  $ sallyport profile list --json`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('List the profiles that a client may be held to, from the mildest to the strictest.')
    .addHelpText('after', HELP)
    .action((options: JsonOption) =>
      atDesk(
        command,
        terminal,
        async ({ admin }) => {
          const { document } = await admin.call('profiles.list', { query: { limit: 200 } })
          await printList(
            terminal,
            options,
            document.items.map(({ name, title, about }) => ({ name, title, about })),
            { head: ['name', 'about'], row: ({ name, about }) => [name, about], none: 'There are no profiles.' },
          )
        },
        { database: 'none' },
      ),
    )
}
