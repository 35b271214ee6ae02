/**
 * Secrets that somebody without the rights of an administrator made, and so knows: a client that becomes one for administrators goes on
 * without them, or their maker would manage this server with it.
 */

import type { Client } from '../../../clients/client.ts'
import { hasRole } from '../../actor.ts'
import type { Acting } from '../../ports.ts'
import { administratorsOnly } from './administrators-only.ts'

export function withMaker(before: Client | undefined, after: Client, { actor }: Pick<Acting, 'actor'>): Client {
  if (hasRole(actor, 'administrator')) return after
  const known = new Set(before?.secrets.map(({ id }) => id))
  const secrets = after.secrets.map(secret => (known.has(secret.id) ? secret : { ...secret, byRole: actor.role }))
  return { ...after, secrets }
}

export async function withoutLentSecrets(
  before: Client,
  after: Client,
  { issuer, repositories }: Acting,
): Promise<{ readonly client: Client; readonly warnings: readonly string[] }> {
  const around = { issuer, upstreams: await repositories.upstreams.list() }
  const becomesMore = administratorsOnly(before, around).length === 0 && administratorsOnly(after, around).length > 0
  const secrets = after.secrets.filter(({ byRole }) => byRole === undefined)
  if (!becomesMore || secrets.length === after.secrets.length) return { client: after, warnings: [] }
  const { clientId } = after
  return {
    client: { ...after, secrets },
    warnings: [
      `${clientId} is for administrators now and has lost the secrets that others made: give it a new one (sallyport client rotate-secret ${clientId}), and look at its addresses and keys.`,
    ],
  }
}
