/** `sallyport session show`: one session. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printDocument } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Example:
  $ sallyport session show 019c1b2e5f0a7c31d2e4f6a8b0c2d4e6`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Show one session.')
    .argument('<id>', 'as session list has it; also the sid that apps read')
    .addHelpText('after', HELP)
    .action((id: string, options: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { document } = await admin.call('sessions.read', { path: { id } })
        printDocument(terminal, options, document)
      }),
    )
}
