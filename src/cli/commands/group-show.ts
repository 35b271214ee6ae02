/** `sallyport group show`: one group. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printDocument } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Who is in it: sallyport group members.

Examples:
  $ sallyport group show staff
  $ sallyport group show staff --json`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Show one group.')
    .argument('<name>', 'what it is called; the case counts')
    .addHelpText('after', HELP)
    .action((name: string, options: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { document } = await admin.call('groups.read', { path: { name } })
        printDocument(terminal, options, document)
      }),
    )
}
