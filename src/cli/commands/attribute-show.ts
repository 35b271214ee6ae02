/** `sallyport attribute show`: one attribute of this house. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printDocument } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Show one attribute.')
    .argument('<name>', 'what it is called')
    .addHelpText('after', '\nExample:\n  $ sallyport attribute show department')
    .action((name: string, options: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { document } = await admin.call('attributes.read', { path: { name } })
        printDocument(terminal, options, document)
      }),
    )
}
