/** `sallyport setting set`: changes a setting in the database; servers go by it at once. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { type JsonOption, withJson } from '../output.ts'
import { printDocument, warnAll } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
It counts on every server of the database within about a second, without a restart. What a file or a variable says is changed there, and
what a server is opened with (issuer, listen, database, …) counts from its next start: both are refused. "setting list --changeable yes"
lists the others.

Durations are 30s, 10m, 12h, 90d. Lists are separated by commas; a list of things with members is JSON, as in the environment.

Examples:
  $ sallyport setting set tokens.access_token 10m
  $ sallyport setting set branding.name "Castle Rock"
  $ sallyport setting set throttling.trusted_addresses 10.0.0.0/8,192.0.2.7
  $ sallyport setting set registration.mode initial_access_token --server https://id.example.com`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Change a setting while the server runs.')
    .argument('<name>', 'with its section, such as tokens.access_token')
    .argument('<value>', 'as in the environment')
    .addHelpText('after', HELP)
    .action(async (name: string, text: string, options: JsonOption) => {
      const value = await readValue(name, text)
      await atDesk(
        command,
        terminal,
        async ({ admin }) => {
          const { document, warnings } = await admin.call('settings.change', { path: { name }, body: { value } })
          warnAll(terminal, warnings)
          printDocument(terminal, options, document)
        },
        { database: 'made', headline: 'the setting was not changed' },
      )
    })
}

/** A name that is not known here may be known to the server that is asked. */
async function readValue(name: string, text: string): Promise<unknown> {
  const { listSettings } = await import('../../config/settings.ts')
  const { valueOfText } = await import('../../config/written-text.ts')
  const kind = listSettings().find(({ path }) => path.join('.') === name)?.kind
  return kind === undefined ? text : valueOfText(kind, text)
}
