/** `sallyport setting show`: one setting with its value, its standard and its source. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printDocument } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Examples:
  $ sallyport setting show issuer
  $ sallyport setting show tokens.access_token --json`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Show one setting: its value, its standard, who says so, and what it does.')
    .argument('<name>', 'with its section, such as tokens.access_token')
    .addHelpText('after', HELP)
    .action((name: string, options: JsonOption) =>
      atDesk(
        command,
        terminal,
        async ({ admin }) => {
          const { document } = await admin.call('settings.read', { path: { name } })
          printDocument(terminal, options, document)
        },
        { database: 'if-there' },
      ),
    )
}
