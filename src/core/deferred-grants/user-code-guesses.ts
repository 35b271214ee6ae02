/** Finding what a typed user code stands for, slowly for those who guess (RFC 8628 §5.1). */

import { type Refusal, refuse } from '../../spec/refusal.ts'
import { parseUserCode } from '../../spec/user-code.ts'
import type { AccountId } from '../accounts/account.ts'
import { createInFlight } from '../authentication/in-flight.ts'
import type { ThrottleRepository } from '../authentication/throttle.ts'
import { type BucketRule, decideThrottle, type ThrottleKey } from '../authentication/throttle-rules.ts'
import type { Commit } from '../unit-of-work.ts'
import type { DeferredGrant, DeferredGrantRepository } from './deferred-grant.ts'

/**
 * RFC 8628 §5.1: with 34.5 bits, ten tries at once and two a minute afterwards, whoever guesses for the ten minutes of a code's life meets
 * it once in a billion lives.
 */
const GUESS_RULE: BucketRule = { capacity: 10, leakPerSecond: 1 / 30 }

export interface UserCodeGuess {
  readonly text: string
  readonly address: string
  /** Whoever is signed in already: many addresses do not help them. */
  readonly accountId: AccountId | undefined
  readonly now: Date
}

export type GuessedUserCode =
  | { readonly kind: 'found'; readonly deferred: DeferredGrant }
  | { readonly kind: 'unknown'; readonly refusal: Refusal }
  | { readonly kind: 'slow-down'; readonly seconds: number; readonly refusal: Refusal }

export interface UserCodeGuessesPorts {
  readonly deferredGrants: Pick<DeferredGrantRepository, 'findByUserCode'>
  readonly throttle: Pick<ThrottleRepository, 'find' | 'add'>
  readonly commit: Commit
  /** Nothing when throttling is off for the address. */
  readonly throttlePrefix: (address: string) => string | undefined
}

export type FindByUserCode = (guess: UserCodeGuess) => Promise<GuessedUserCode>

export function createUserCodeGuesses(ports: UserCodeGuessesPorts): FindByUserCode {
  const inFlight = createInFlight()
  return async guess => {
    const keys = keysOf(guess, ports)
    const buckets = keys.length === 0 ? [] : await ports.throttle.find(keys.map(({ key }) => key))
    const throttled = decideThrottle(keys, buckets, inFlight.of, guess.now)
    if (throttled.kind === 'slow-down') return slowDown(throttled.retryAfterSeconds, throttled.level)
    return inFlight.during(keys, () => look(guess, keys, ports))
  }
}

function keysOf(
  { address, accountId }: UserCodeGuess,
  { throttlePrefix }: UserCodeGuessesPorts,
): readonly ThrottleKey[] {
  const prefix = throttlePrefix(address)
  if (prefix === undefined) return []
  const keyOf = (who: string): ThrottleKey => ({ key: `user-code:${who}`, kind: 'address', rule: GUESS_RULE })
  return [keyOf(prefix), ...(accountId === undefined ? [] : [keyOf(accountId)])]
}

async function look(
  { text, now }: UserCodeGuess,
  keys: readonly ThrottleKey[],
  { deferredGrants, throttle, commit }: UserCodeGuessesPorts,
): Promise<GuessedUserCode> {
  const userCode = parseUserCode(text)
  const deferred = userCode === undefined ? undefined : await deferredGrants.findByUserCode(userCode, now)
  if (deferred?.kind === 'device' && deferred.state === 'pending') return { kind: 'found', deferred }
  // A slip of the finger that can be no code at all tells a guesser nothing, and costs nothing.
  if (userCode !== undefined && keys.length > 0)
    await commit(keys.map(({ key, rule }) => throttle.add(key, now, rule.leakPerSecond)))
  return {
    kind: 'unknown',
    refusal: refuse(
      'access_denied',
      'the code is unknown, was used, or has expired',
      'RFC 8628 §3.3 the user code waits for a decision (device.lifetime)',
      { well_formed: userCode !== undefined, state: deferred?.state ?? 'unknown' },
    ),
  }
}

function slowDown(seconds: number, level: number): GuessedUserCode {
  const facts = { bucket: 'address', level, allowed: GUESS_RULE.capacity, retry_after_seconds: seconds }
  return {
    kind: 'slow-down',
    seconds,
    refusal: refuse(
      'slow_down',
      'too many wrong codes',
      'throttling per address (throttling.trusted_addresses)',
      facts,
    ),
  }
}
