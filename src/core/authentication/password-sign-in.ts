/** Signing in with user name and password: one answer and one effort for unknown user, wrong password and disabled account. */

import type { Clock } from '../../lib/clock.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import type { Account } from '../accounts/account.ts'
import type { AccountRepository } from '../accounts/account-repository.ts'
import { MAX_PASSWORD_LENGTH } from '../accounts/password-rules.ts'
import type { Handles } from '../handles/handles.ts'
import type { Write } from '../unit-of-work.ts'
import { isKnownDevice } from './known-device.ts'
import type { ThrottleRepository } from './throttle.ts'
import { decideThrottle, levelOf, type ThrottleKey, throttleKeys } from './throttle-rules.ts'

export interface PasswordVerifier {
  /** `undefined` instead of a hash costs the same time and is always wrong. `busy`: too many are waiting. */
  verify(passwordHash: string | undefined, password: string): Promise<boolean | 'busy'>
}

export interface PasswordSignInPorts {
  readonly accounts: AccountRepository
  readonly throttle: ThrottleRepository
  readonly handles: Handles
  readonly passwords: PasswordVerifier
  readonly clock: Clock
  /** The address's bucket (`IPv4` or `IPv6 /64`); nothing when throttling is off for it. */
  readonly throttlePrefix: (address: string) => string | undefined
  /** For whoever has just proven to know the password: kept in today's form from now on. */
  readonly upgrade?: (account: Account, password: string) => Promise<Account>
}

export interface Credentials {
  readonly username: string
  readonly password: string
  readonly address: string
  readonly deviceCookie: string | undefined
}

/** What happened, and how long the answer was held back because of failures on the account. */
export type PasswordSignIn = PasswordSignInOutcome & { readonly delayedMs: number }

type PasswordSignInOutcome =
  | { readonly kind: 'proven'; readonly account: Account; readonly writes: readonly Write[] }
  | {
      readonly kind: 'refused'
      readonly problem:
        | { readonly kind: 'wrong-credentials' | 'busy' }
        | { readonly kind: 'slow-down'; readonly seconds: number }
      readonly refusal: Refusal
      readonly account?: Account
      readonly writes: readonly Write[]
    }

export type SignInWithPassword = (credentials: Credentials) => Promise<PasswordSignIn>

/** The longest user name, 255 characters, in the units of a string. Normalising text without end can take a second for each request. */
const MAX_USERNAME_UNITS = 510

export function createPasswordSignIn(ports: PasswordSignInPorts): SignInWithPassword {
  const inFlight = new Map<string, number>()
  const count = (keys: readonly ThrottleKey[], by: 1 | -1): void => {
    for (const { key } of keys) {
      const next = (inFlight.get(key) ?? 0) + by
      if (next > 0) inFlight.set(key, next)
      else inFlight.delete(key)
    }
  }

  return async given => {
    const credentials = { ...given, username: given.username.slice(0, MAX_USERNAME_UNITS) }
    const account = await ports.accounts.findByLogin(credentials.username)
    const keys = keysOf(credentials, account, ports)
    const buckets = keys.length === 0 ? [] : await ports.throttle.find(keys.map(({ key }) => key))
    const throttled = decideThrottle(keys, buckets, key => inFlight.get(key) ?? 0, ports.clock.now())
    if (throttled.kind === 'slow-down') {
      const { retryAfterSeconds, bucket, level } = throttled
      return {
        kind: 'refused',
        problem: { kind: 'slow-down', seconds: retryAfterSeconds },
        refusal: refuse(
          'slow_down',
          'too many failed attempts',
          `throttling per ${bucket} (throttling.trusted_addresses)`,
          { bucket, level, allowed: capacityOf(bucket, keys), retry_after_seconds: retryAfterSeconds },
        ),
        ...(account === undefined ? {} : { account }),
        writes: [],
        delayedMs: 0,
      }
    }
    count(keys, 1)
    try {
      if (throttled.delayMs > 0) await ports.clock.sleep(throttled.delayMs)
      return { ...(await check(credentials, account, keys, buckets, ports)), delayedMs: throttled.delayMs }
    } finally {
      count(keys, -1)
    }
  }
}

function capacityOf(bucket: ThrottleKey['kind'], keys: readonly ThrottleKey[]): number {
  return keys.find(({ kind }) => kind === bucket)?.rule.capacity ?? 0
}

function keysOf(
  credentials: Credentials,
  account: Account | undefined,
  ports: PasswordSignInPorts,
): readonly ThrottleKey[] {
  const prefix = ports.throttlePrefix(credentials.address)
  if (prefix === undefined) return []
  // By what was typed, found or not: a bucket that user name and e-mail address share would tell by its delay whose they are.
  return throttleKeys(credentials.username, prefix, isKnownDevice(ports.handles, account?.id, credentials.deviceCookie))
}

async function check(
  { password }: Credentials,
  account: Account | undefined,
  keys: readonly ThrottleKey[],
  buckets: readonly { readonly key: string; readonly level: number; readonly at: Date }[],
  { accounts, passwords, throttle, clock, upgrade }: PasswordSignInPorts,
): Promise<PasswordSignInOutcome> {
  // Longer input is no password of ours, and hashing it would be work for nothing.
  const tooLong = [...password].length > MAX_PASSWORD_LENGTH
  const verified = await passwords.verify(tooLong ? undefined : account?.passwordHash, tooLong ? '' : password)
  const now = clock.now()
  if (verified === 'busy') {
    const refusal = refuse('temporarily_unavailable', 'too many passwords are being checked', 'bounded argon2id queue')
    return { kind: 'refused', problem: { kind: 'busy' }, refusal, writes: [] }
  }
  const decided = decide(account, verified)
  const proven = isRefusal(decided) ? decided : checkUnchanged(decided, await accounts.find(decided.id))
  if (isRefusal(proven)) {
    return {
      kind: 'refused',
      problem: { kind: 'wrong-credentials' },
      refusal: proven,
      ...(account === undefined ? {} : { account }),
      writes: keys.map(({ key, rule }) => throttle.add(key, now, rule.leakPerSecond)),
    }
  }
  // Whoever knows the password is the owner: the guesses of others no longer slow them down. An address's bucket stays, or an attacker
  // with an account of their own would empty it between guesses.
  const cleared = keys.filter(
    ({ key, kind, rule }) =>
      kind !== 'address' &&
      levelOf(
        buckets.find(bucket => bucket.key === key),
        rule,
        now,
      ) > 0,
  )
  const owner = (await upgrade?.(proven, password)) ?? proven
  return { kind: 'proven', account: owner, writes: cleared.map(({ key }) => throttle.clear(key)) }
}

function decide(account: Account | undefined, verified: boolean): Account | Refusal {
  const description = 'user name or password is wrong'
  if (account === undefined)
    return refuse('access_denied', description, 'the user name or e-mail address belongs to an account')
  const facts = { username: account.username }
  if (account.passwordHash === undefined)
    return refuse('access_denied', description, 'the account has a password', facts)
  if (!verified) return refuse('access_denied', description, 'the password matches', facts)
  if (account.disabledAt !== undefined) {
    return refuse('access_denied', description, 'the account is enabled', {
      ...facts,
      disabled_at: account.disabledAt.toISOString(),
    })
  }
  return account
}

/** Seconds may pass in the queue. What was proven then must hold now: a session from an old password would outlive the new one. */
function checkUnchanged(proven: Account, current: Account | undefined): Account | Refusal {
  const isSame =
    current !== undefined &&
    current.disabledAt === undefined &&
    current.passwordHash === proven.passwordHash &&
    current.validFrom.getTime() === proven.validFrom.getTime()
  return isSame
    ? current
    : refuse(
        'access_denied',
        'user name or password is wrong',
        'the account is what it was when its password was checked',
        { username: proven.username },
      )
}
