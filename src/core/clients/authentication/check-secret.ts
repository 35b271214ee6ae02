/** Client secrets (RFC 6749 §2.3.1): ours are compared by their hash, those that a person chose or that came as a digest as passwords. */

import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { type Refusal, refuse } from '../../../spec/refusal.ts'
import type { Client, ClientSecret } from '../client.ts'
import { liveSecrets } from '../client-secrets.ts'
import type { SecretGuesses } from '../secret-guesses.ts'
import type { SecretUses } from '../secret-uses.ts'

/** Verifies secrets by a digest (`lib/digests`). `busy` when too many are waiting. */
export interface SecretVerifier {
  verify(phc: string, secret: string): Promise<boolean | 'busy'>
}

export interface SecretPorts {
  readonly verifier: SecretVerifier
  readonly guesses: SecretGuesses
  /**
   * Random bytes of this process. A chosen secret costs an argon2id the first time and a keyed hash afterwards: an app sends it with
   * every request, and the memory of one process is the only place that remembers it.
   */
  readonly processKey: Buffer
  readonly uses: SecretUses
}

/** When a client shows its secret, and from where. */
export interface SecretShowing {
  readonly now: Date
  readonly address: string
}

export type CheckSecret = (client: Client, secret: string, showing: SecretShowing) => Promise<Refusal | undefined>

const REMEMBERED = 1000

export function createSecretCheck({ verifier, guesses, processKey, uses }: SecretPorts): CheckSecret {
  const proven = new Set<string>()

  const proofOf = (stored: ClientSecret, secret: string): string =>
    createHmac('sha256', processKey).update(`${stored.id}\0${stored.hash}\0${secret}`).digest('base64url')

  const isKnown = (stored: ClientSecret, secret: string): boolean =>
    isMade(stored) ? matchesMade(stored, secret) : proven.has(proofOf(stored, secret))

  async function matchesChosen(
    { uid }: Client,
    chosen: readonly ClientSecret[],
    secret: string,
    now: Date,
  ): Promise<boolean | 'busy'> {
    for (const stored of chosen) {
      const verified = await verifier.verify(stored.hash, secret)
      if (verified === true) {
        if (proven.size >= REMEMBERED) proven.clear()
        proven.add(proofOf(stored, secret))
        uses.note(uid, stored.id, now)
      }
      if (verified !== false) return verified
    }
    return false
  }

  return async (client, secret, { now, address }) => {
    const live = liveSecrets(client.secrets, now)
    const known = live.find(stored => isKnown(stored, secret))
    if (known !== undefined) {
      uses.note(client.uid, known.id, now)
      return undefined
    }
    const chosen = live.filter(stored => !isMade(stored))
    const result =
      chosen.length > 0 &&
      (await guesses.attempt({ client, address, now }, () => matchesChosen(client, chosen, secret, now)))
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
}

/** A secret of ours, 256 random bits, is kept as a plain hash. */
function isMade({ hash: kept }: ClientSecret): boolean {
  return kept.startsWith('sha256:')
}

export function matchesMade({ hash: kept }: ClientSecret, secret: string): boolean {
  const computed = Buffer.from(`sha256:${hash('sha256', secret, 'base64url')}`)
  const expected = Buffer.from(kept)
  return computed.length === expected.length && timingSafeEqual(computed, expected)
}
