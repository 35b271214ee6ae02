/**
 * How guessing is slowed down (NIST SP 800-63B §5.2.2), without a way to lock the owner out:
 * - an address that fails a lot waits, because it can be told apart from others;
 * - an account that is attacked from many addresses is answered late, never refused: its owner may be anywhere;
 * - a browser that signed in to this account before has a bucket of its own, so what attackers do elsewhere does not touch it.
 */

import { hash } from 'node:crypto'
import { loginKey } from '../accounts/account.ts'
import type { Bucket } from './throttle.ts'

export interface BucketRule {
  /** Failures that cost nothing. */
  readonly capacity: number
  readonly leakPerSecond: number
}

export const ADDRESS_RULE: BucketRule = { capacity: 20, leakPerSecond: 1 / 30 }
export const ACCOUNT_RULE: BucketRule = { capacity: 5, leakPerSecond: 1 / 60 }
export const DEVICE_RULE: BucketRule = { capacity: 10, leakPerSecond: 1 / 10 }

const FIRST_DELAY_MS = 250
const MAX_DELAY_MS = 4000

export interface ThrottleKey {
  readonly key: string
  readonly kind: 'address' | 'account' | 'device'
  readonly rule: BucketRule
}

export type ThrottleDecision =
  | { readonly kind: 'go-on'; readonly delayMs: number }
  | {
      readonly kind: 'slow-down'
      readonly retryAfterSeconds: number
      readonly bucket: ThrottleKey['kind']
      readonly level: number
    }

/** `knownDevice`: this browser proved before that it belongs to the account. `addressPrefix`: IPv4 address or IPv6 /64. */
export function throttleKeys(login: string, addressPrefix: string, knownDevice: boolean): readonly ThrottleKey[] {
  // What people type into the user name field is sometimes a password: only its hash is kept.
  const account = hash('sha256', loginKey(login), 'hex').slice(0, 32)
  if (knownDevice) return [{ key: `device:${account}:${addressPrefix}`, kind: 'device', rule: DEVICE_RULE }]
  return [
    { key: `address:${addressPrefix}`, kind: 'address', rule: ADDRESS_RULE },
    { key: `account:${account}`, kind: 'account', rule: ACCOUNT_RULE },
  ]
}

/** `inFlight`: attempts on the same key that are being checked right now; they count as failures until they are known. */
export function decideThrottle(
  keys: readonly ThrottleKey[],
  buckets: readonly Bucket[],
  inFlight: (key: string) => number,
  now: Date,
): ThrottleDecision {
  let delayMs = 0
  for (const { key, kind, rule } of keys) {
    const level =
      levelOf(
        buckets.find(bucket => bucket.key === key),
        rule,
        now,
      ) + inFlight(key)
    const excess = level - rule.capacity
    if (excess < 0) continue
    if (kind === 'account') delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.floor(excess))
    else {
      const retryAfterSeconds = Math.max(1, Math.ceil((excess + 0.01) / rule.leakPerSecond))
      return { kind: 'slow-down', retryAfterSeconds, bucket: kind, level: Math.round(level * 10) / 10 }
    }
  }
  return { kind: 'go-on', delayMs }
}

export function levelOf(bucket: Bucket | undefined, rule: BucketRule, now: Date): number {
  if (bucket === undefined) return 0
  const seconds = Math.max(0, now.getTime() - bucket.at.getTime()) / 1000
  return Math.max(0, bucket.level - seconds * rule.leakPerSecond)
}
