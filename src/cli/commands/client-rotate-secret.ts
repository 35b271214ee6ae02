/** `sallyport client rotate-secret`: a new secret, with an overlap in which the old one still counts. */

import type { Command } from 'commander'
import { atDesk, type Desk, withPlace } from '../at-desk.ts'
import { readClient } from '../find-client.ts'
import { parseSeconds } from '../option-table.ts'
import { withJson } from '../output.ts'
import { timeText, warnAll } from '../print-document.ts'
import { failWithMistakes } from '../report-mistakes.ts'
import { printSecret, readSecret, type SecretOptions, withSecret } from '../secret-options.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Without --overlap the old secret ends at once. With it, both count for that long, so that the app can be changed over without a gap.

Examples:
  $ sallyport client rotate-secret wiki
  $ sallyport client rotate-secret wiki --overlap 24h --json
  $ sallyport client rotate-secret wiki --overlap 24h --expires-in 365d`

interface RotateOptions extends SecretOptions {
  readonly overlap?: string
}

export function define(command: Command, terminal: Terminal): void {
  withSecret(withPlace(withJson(command)))
    .description('Give a client a new secret.')
    .argument('<client-id>', 'the client_id')
    .option('--overlap <duration>', 'how long the old secret still counts: 30m, 24h; default: not at all')
    .addHelpText('after', HELP)
    .action((clientId: string, options: RotateOptions) =>
      atDesk(command, terminal, desk => rotate(desk, terminal, clientId, options), { headline: NOT_CHANGED }),
    )
}

const NOT_CHANGED = 'the secret was not changed'

async function rotate({ admin }: Desk, terminal: Terminal, clientId: string, options: RotateOptions): Promise<void> {
  const overlap = options.overlap === undefined ? 0 : parseSeconds('--overlap', options.overlap)
  const { chosen, body, misread } = readSecret(options, terminal)
  const wrong = typeof overlap === 'object' ? [overlap, ...misread] : misread
  if (wrong.length > 0 || typeof overlap === 'object') return failWithMistakes(NOT_CHANGED, wrong)
  await readClient(admin, clientId)
  const { document, warnings } = await admin.call('clients.rotate_secret', {
    path: { client_id: clientId },
    body: { ...body, overlap_seconds: overlap },
  })
  warnAll(terminal, warnings)
  const { client_secret: made, old_secret_expires_at: oldEnds, secrets = [] } = document
  const given = {
    client_id: clientId,
    client_secret: made ?? chosen,
    secret_id: secrets[0]?.id,
    expires_at: secrets[0]?.expires_at,
    old_secret_expires_at: oldEnds,
  }
  printSecret(terminal, options, given, [
    oldEnds === undefined ? 'The old secret has ended.' : `The old secret counts until ${timeText(oldEnds)}.`,
  ])
}
