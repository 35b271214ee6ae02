/** `sallyport client rotate-secret`: a new secret, with an overlap in which the old one still counts. */

import type { Command } from 'commander'
import { checkChosenSecret, makeSecret, rotateSecret } from '../../core/clients/client-secrets.ts'
import type { House } from '../../house.ts'
import { getClient } from '../client-lookup.ts'
import { commitChange } from '../commit-change.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { secretPorts } from '../house-ports.ts'
import { inHouse } from '../open-house.ts'
import { parseSeconds, readVariable } from '../option-table.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { failWithMistakes } from '../report-mistakes.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Without --overlap the old secret ends at once. With it, both count for that long, so that the app can be changed over without a gap.

Examples:
  $ sallyport client rotate-secret wiki
  $ sallyport client rotate-secret wiki --overlap 24h --json`

interface RotateOptions extends JsonOption {
  readonly overlap?: string
  readonly clientSecret?: string
}

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Give a client a new secret.')
    .argument('<client-id>', 'the client_id')
    .option('--overlap <duration>', 'how long the old secret still counts: 30m, 24h; default: not at all')
    .option('--client-secret <secret>', 'the new secret; made up when absent [SALLYPORT_CLIENT_SECRET]')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((clientId: string, options: RotateOptions) => {
      const overlap = options.overlap === undefined ? 0 : parseSeconds('--overlap', options.overlap)
      const chosen = options.clientSecret ?? readVariable('SALLYPORT_CLIENT_SECRET', terminal)
      return inHouse(command, terminal, house => rotate(house, terminal, clientId, overlap, chosen, options))
    })
}

async function rotate(
  house: House,
  terminal: Terminal,
  clientId: string,
  overlap: ReturnType<typeof parseSeconds>,
  chosen: string | undefined,
  { json }: JsonOption,
): Promise<void> {
  const before = await getClient(house.repositories, clientId)
  if (before.type === 'public') throw new CommandFailure(EXIT.usage, `${clientId} is a public client and has no secret`)
  const mistakes = chosen === undefined ? [] : checkChosenSecret(chosen, before)
  if (typeof overlap === 'object') return failWithMistakes('the secret was not changed', [overlap, ...mistakes])
  if (mistakes.length > 0) return failWithMistakes('the secret was not changed', mistakes)
  const ports = secretPorts(house)
  const secret = await makeSecret(before, chosen, ports)
  const client = rotateSecret(before, secret.stored, overlap, ports.now)
  const detail = { client_id: clientId, overlap_seconds: overlap }
  const event = { type: 'client.secret-rotated', clientUid: client.uid, detail } as const
  const lost = `somebody else changed the client ${clientId} at the same time; the secret was not changed`
  await commitChange(house, [house.repositories.clients.replace(client, before)], [event], lost)
  const oldEnds = overlap === 0 ? undefined : new Date(ports.now.getTime() + overlap * 1000).toISOString()
  if (json === true) {
    return terminal.print(
      jsonText({ client_id: clientId, client_secret: secret.plain, old_secret_expires_at: oldEnds }),
    )
  }
  terminal.print(`client_id      ${clientId}\nclient_secret  ${secret.plain}\n`)
  terminal.print(oldEnds === undefined ? 'The old secret has ended.' : `The old secret counts until ${oldEnds}.`)
  terminal.print('Keep the new one now: it is not shown again.')
}
