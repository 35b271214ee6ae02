/**
 * The brake on guessing client secrets that a person chose. RFC 6749 §2.3.1: an endpoint that takes passwords of clients MUST be protected
 * against brute force. Counted per client and address, so that nobody's guesses keep an app out that stands elsewhere.
 */

import type { ThrottleRepository } from '../authentication/throttle.ts'
import { type BucketRule, decideThrottle } from '../authentication/throttle-rules.ts'
import type { Commit } from '../unit-of-work.ts'
import type { Client } from './client.ts'

export const SECRET_RULE: BucketRule = { capacity: 10, leakPerSecond: 1 / 30 }

export interface SecretGuess {
  readonly client: Client
  readonly address: string
  readonly now: Date
}

export interface SecretGuesses {
  /** `check` runs unless this address has to wait; when it says no, the failure is counted before this resolves. */
  attempt(guess: SecretGuess, check: () => Promise<boolean | 'busy'>): Promise<boolean | 'busy' | 'slow-down'>
}

export interface SecretGuessesPorts {
  readonly throttle: Pick<ThrottleRepository, 'find' | 'add' | 'clear'>
  readonly commit: Commit
  /** The address's bucket; nothing when throttling is off for it. */
  readonly throttlePrefix: (address: string) => string | undefined
}

export function createSecretGuesses({ throttle, commit, throttlePrefix }: SecretGuessesPorts): SecretGuesses {
  // Guesses that are being checked count as failures until they are known: a burst is no way around.
  const inFlight = new Map<string, number>()
  return {
    async attempt({ client, address, now }, check) {
      const prefix = throttlePrefix(address)
      if (prefix === undefined) return check()
      const key = `client:${client.uid}:${prefix}`
      const buckets = await throttle.find([key])
      const flying = inFlight.get(key) ?? 0
      const decision = decideThrottle([{ key, kind: 'address', rule: SECRET_RULE }], buckets, () => flying, now)
      if (decision.kind === 'slow-down') return 'slow-down'
      inFlight.set(key, flying + 1)
      try {
        const outcome = await check()
        if (outcome === false) await commit([throttle.add(key, now, SECRET_RULE.leakPerSecond)])
        return outcome
      } finally {
        const left = (inFlight.get(key) ?? 1) - 1
        if (left > 0) inFlight.set(key, left)
        else inFlight.delete(key)
      }
    },
  }
}
