/** `sallyport client add-secret`: one more secret, beside those that count. */

import type { Command } from 'commander'
import { atDesk, type Desk, withPlace } from '../at-desk.ts'
import { readClient } from '../find-client.ts'
import { withJson } from '../output.ts'
import { warnAll } from '../print-document.ts'
import { failWithMistakes } from '../report-mistakes.ts'
import { printSecret, readSecret, type SecretOptions, withSecret } from '../secret-options.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
For an app that runs in several places, each with a secret of its own: client show tells when each was used last, and client expire-secret
ends one of them.

Examples:
  $ sallyport client add-secret wiki
  $ sallyport client add-secret wiki --expires-in 90d --json`

export function define(command: Command, terminal: Terminal): void {
  withSecret(withPlace(withJson(command)))
    .description('Give a client one more secret.')
    .argument('<client-id>', 'the client_id')
    .addHelpText('after', HELP)
    .action((clientId: string, options: SecretOptions) =>
      atDesk(command, terminal, desk => add(desk, terminal, clientId, options), { headline: NOT_ADDED }),
    )
}

const NOT_ADDED = 'no secret was added'

async function add({ admin }: Desk, terminal: Terminal, clientId: string, options: SecretOptions): Promise<void> {
  const { chosen, body, misread } = readSecret(options, terminal)
  if (misread.length > 0) return failWithMistakes(NOT_ADDED, misread)
  await readClient(admin, clientId)
  const { document, warnings } = await admin.call('clients.add_secret', { path: { client_id: clientId }, body })
  warnAll(terminal, warnings)
  const { client_secret: made, secrets = [] } = document
  const given = {
    client_id: clientId,
    client_secret: made ?? chosen,
    secret_id: secrets[0]?.id,
    expires_at: secrets[0]?.expires_at,
  }
  printSecret(terminal, options, given, [`The client has ${secrets.length} secrets now.`])
}
