/** Client authentication (RFC 6749 §2.3.1): is the caller the client it says it is? */

import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import type { PresentedCredentials } from '../../spec/client-credentials.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import type { Client, ClientSecret } from './client.ts'
import type { ClientRepository } from './client-repository.ts'
import type { SecretGuesses } from './secret-guesses.ts'

/** Verifies secrets that a person chose (PHC strings). `busy` when too many are waiting. */
export interface SecretVerifier {
  verify(phc: string, secret: string): Promise<boolean | 'busy'>
}

/** When a client shows its credentials, and from where. */
export interface Showing {
  readonly now: Date
  readonly address: string
}

export interface ClientAuthentication {
  authenticate(presented: PresentedCredentials, showing: Showing): Promise<Client | Refusal>
}

const REMEMBERED = 1000

/**
 * `processKey`: random bytes of this process. A chosen secret costs an argon2id the first time and a keyed hash afterwards: an app
 * sends it with every request, and the memory of one process is the only place that remembers it.
 */
export function createClientAuthentication(
  clients: ClientRepository,
  verifier: SecretVerifier,
  guesses: SecretGuesses,
  processKey: Buffer,
): ClientAuthentication {
  const proven = new Set<string>()

  const proofOf = (stored: ClientSecret, secret: string): string =>
    createHmac('sha256', processKey).update(`${stored.id}\0${stored.hash}\0${secret}`).digest('base64url')

  const isKnown = (stored: ClientSecret, secret: string): boolean =>
    isMade(stored) ? matchesMade(stored, secret) : proven.has(proofOf(stored, secret))

  async function matchesChosen(chosen: readonly ClientSecret[], secret: string): Promise<boolean | 'busy'> {
    for (const stored of chosen) {
      const verified = await verifier.verify(stored.hash, secret)
      if (verified === true) {
        if (proven.size >= REMEMBERED) proven.clear()
        proven.add(proofOf(stored, secret))
      }
      if (verified !== false) return verified
    }
    return false
  }

  async function checkSecret(client: Client, secret: string, { now, address }: Showing): Promise<Refusal | undefined> {
    const live = client.secrets.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now)
    if (live.some(stored => isKnown(stored, secret))) return undefined
    const chosen = live.filter(stored => !isMade(stored))
    const result =
      chosen.length > 0 && (await guesses.attempt({ client, address, now }, () => matchesChosen(chosen, secret)))
    if (result === true) return undefined
    const facts = {
      client_id: client.clientId,
      live_secrets: live.length,
      expired_secrets: client.secrets.length - live.length,
    }
    if (result === 'busy')
      return refuse('temporarily_unavailable', 'too many password checks are waiting', 'bounded argon2id queue')
    if (result === 'slow-down') {
      const rule = 'RFC 6749 §2.3.1 no brute force (throttling.trusted_addresses)'
      return refuse('temporarily_unavailable', 'too many wrong secrets from this address', rule, facts)
    }
    return refuse('invalid_client', 'client authentication failed', 'RFC 6749 §2.3.1 client secret matches', facts)
  }

  return {
    async authenticate(presented, showing) {
      const client = await clients.findByClientId(presented.clientId)
      const refusal = checkClient(client, presented)
      if (isRefusal(refusal)) return refusal
      if (presented.method === 'none') return refusal
      return (await checkSecret(refusal, presented.secret, showing)) ?? refusal
    },
  }
}

/** A secret of ours, 256 random bits, is kept as a plain hash. */
function isMade({ hash: kept }: ClientSecret): boolean {
  return kept.startsWith('sha256:')
}

function matchesMade({ hash: kept }: ClientSecret, secret: string): boolean {
  const computed = Buffer.from(`sha256:${hash('sha256', secret, 'base64url')}`)
  const expected = Buffer.from(kept)
  return computed.length === expected.length && timingSafeEqual(computed, expected)
}

function checkClient(client: Client | undefined, presented: PresentedCredentials): Client | Refusal {
  const facts = { client_id: presented.clientId.slice(0, 100), method: presented.method }
  if (client === undefined)
    return refuse('invalid_client', 'client authentication failed', 'RFC 6749 §5.2 the client is known', facts)
  if (client.disabledAt !== undefined)
    return refuse('invalid_client', 'client authentication failed', 'the client is enabled', facts)
  // A public client has no secret to check; what it sends all the same (an empty Basic password, a left-over secret) proves nothing.
  if (client.type === 'public' && presented.method !== 'none') {
    return refuse('invalid_client', 'this client is public and has no secret', 'RFC 6749 §2.1 client type', facts)
  }
  if (!client.tokenEndpointAuthMethods.includes(presented.method)) {
    return refuse(
      'invalid_client',
      `authentication method ${presented.method} is not allowed for this client`,
      'OIDC Core §9 token_endpoint_auth_method',
      {
        ...facts,
        allowed: client.tokenEndpointAuthMethods,
      },
    )
  }
  return client
}
