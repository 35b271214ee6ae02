/** `sallyport setting reset`: takes back what the database says of a setting. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printDocument, warnAll } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Its standard counts again, on every server of the database within about a second; where a file or a variable says it, that goes on to count.

Examples:
  $ sallyport setting reset tokens.access_token
  $ sallyport setting reset branding.name --server https://id.example.com`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Give a setting that was changed while the server ran its standard again.')
    .argument('<name>', 'with its section, such as tokens.access_token')
    .addHelpText('after', HELP)
    .action((name: string, options: JsonOption) =>
      atDesk(
        command,
        terminal,
        async ({ admin }) => {
          const { document, warnings } = await admin.call('settings.reset', { path: { name } })
          warnAll(terminal, warnings)
          printDocument(terminal, options, document)
        },
        { headline: 'the setting was not changed' },
      ),
    )
}
