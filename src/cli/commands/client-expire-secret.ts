/** `sallyport client expire-secret`: ends one secret of a client, at once or later. */

import type { Command } from 'commander'
import { atDesk, type Desk, withPlace } from '../at-desk.ts'
import { secretText } from '../client-view.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { readClient } from '../find-client.ts'
import { parseSeconds } from '../option-table.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { failWithMistakes } from '../report-mistakes.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
SECRET is the id of the secret, or its first characters, as client show prints them; first characters with a dash stand behind --.
The last secret that the app can use is only ended with --leave-none: the app is refused from then on.

Examples:
  $ sallyport client show wiki
  $ sallyport client expire-secret wiki Xk3m9Q
  $ sallyport client expire-secret wiki Xk3m9Q --in 24h`

interface ExpireOptions extends JsonOption {
  readonly in?: string
  readonly leaveNone?: boolean
}

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('End a secret of a client.')
    .argument('<client-id>', 'the client_id')
    .argument('<secret>', 'its id, or its first characters')
    .option('--in <duration>', 'when it ends: 30m, 24h; default: now')
    .option('--leave-none', 'even if the app has no other secret')
    .addHelpText('after', HELP)
    .action((clientId: string, secret: string, options: ExpireOptions) =>
      atDesk(command, terminal, desk => expire(desk, terminal, clientId, secret, options), { headline: NOT_ENDED }),
    )
}

const NOT_ENDED = 'the secret was not ended'

async function expire(
  { admin }: Desk,
  terminal: Terminal,
  clientId: string,
  secret: string,
  options: ExpireOptions,
): Promise<void> {
  const seconds = options.in === undefined ? undefined : parseSeconds('--in', options.in)
  if (typeof seconds === 'object') return failWithMistakes(NOT_ENDED, [seconds])
  const { document } = await readClient(admin, clientId)
  const secretId = secretIdOf(clientId, secret, document.secrets ?? [])
  const body = {
    ...(seconds === undefined ? {} : { at: new Date(terminal.startedAt.getTime() + seconds * 1000).toISOString() }),
    ...(options.leaveNone === true ? { leave_none: true } : {}),
  }
  const path = { client_id: clientId, secret_id: secretId }
  const { document: after } = await admin.call('clients.expire_secret', { path, body })
  const { secrets = [] } = after
  if (options.json === true) return terminal.print(jsonText({ client_id: clientId, secrets }))
  terminal.print(seconds === undefined ? 'The secret has ended. What is left:' : 'The secret ends. There are:')
  terminal.print(secrets.length === 0 ? 'no secret' : secrets.map(secretText).join('\n'))
}

function secretIdOf(
  clientId: string,
  written: string,
  secrets: ReadonlyArray<{ readonly id: string; readonly prefix?: string }>,
): string {
  const found = secrets.filter(({ id, prefix }) => id === written || prefix === written)
  const [only, other] = found
  if (only !== undefined && other === undefined) return only.id
  const why = only === undefined ? `${clientId} has no secret ${written}` : `several secrets begin with ${written}`
  throw new CommandFailure(EXIT.notFound, `${why}; sallyport client show ${clientId} lists them`)
}
