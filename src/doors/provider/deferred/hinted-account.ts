/** Whom an app means by its hint (CIBA Core §7.1): a name, an ID token that it got before, or a token of its own. */

import type { Account } from '../../../core/accounts/account.ts'
import {
  type BucketRule,
  decideThrottle,
  type ThrottleDecision,
  type ThrottleKey,
} from '../../../core/authentication/throttle-rules.ts'
import type { Client, JsonObject } from '../../../core/clients/client.ts'
import { verifyIdTokenHint } from '../../../core/keys/verify-id-token-hint.ts'
import { secondsOf } from '../../../lib/clock.ts'
import { parseId } from '../../../lib/id.ts'
import type { BackchannelRequest } from '../../../spec/backchannel-request.ts'
import { ASYMMETRIC_SIGNING_ALGORITHMS } from '../../../spec/jws.ts'
import { isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import type { ProviderPorts } from '../ports.ts'

/**
 * CIBA Core §13 has an error for a hint that names nobody, and so tells who has an account here. Whoever asks for strangers one after the
 * other is slowed down: by client, and by address, because clients may register themselves.
 */
const STRANGER_RULE: BucketRule = { capacity: 20, leakPerSecond: 1 / 30 }

export interface Hinted {
  readonly hint: BackchannelRequest['hint']
  readonly client: Client
  /** Where the client asks from. */
  readonly address: string
  readonly now: Date
}

export async function findHintedAccount(hinted: Hinted, ports: ProviderPorts): Promise<Account | Refusal> {
  const keys = strangerKeys(hinted.client, ports.throttlePrefix(hinted.address))
  const buckets = keys.length === 0 ? [] : await ports.repositories.throttle.find(keys.map(({ key }) => key))
  // Those under way do not count: an app with a hundred counters asks for a hundred people at once.
  const throttled = decideThrottle(keys, buckets, () => 0, hinted.now)
  return throttled.kind === 'slow-down' ? tooManyStrangers(throttled) : look(hinted, keys, ports)
}

async function look(
  { hint, client, now }: Hinted,
  keys: readonly ThrottleKey[],
  ports: ProviderPorts,
): Promise<Account | Refusal> {
  const found = await findByHint(hint, client, ports, now)
  if (isRefusal(found)) return found
  if (found !== undefined && found.disabledAt === undefined) return found
  const { throttle, commit } = ports.repositories
  if (keys.length > 0) await commit(keys.map(({ key, rule }) => throttle.add(key, now, rule.leakPerSecond)))
  return refuse(
    'unknown_user_id',
    'the hint names nobody here',
    'CIBA Core §13 the hint names an account that may sign in',
    { hint: hint.kind, disabled: found?.disabledAt !== undefined },
  )
}

function strangerKeys({ uid }: Client, prefix: string | undefined): readonly ThrottleKey[] {
  if (prefix === undefined) return []
  const keyOf = (who: string): ThrottleKey => ({ key: `hint:${who}`, kind: 'address', rule: STRANGER_RULE })
  return [keyOf(uid), keyOf(prefix)]
}

/** CIBA Core §13 access_denied: our own decision, before anybody was asked. */
function tooManyStrangers({ retryAfterSeconds, level }: Extract<ThrottleDecision, { kind: 'slow-down' }>): Refusal {
  return refuse(
    'access_denied',
    'too many people were asked for that are not here',
    'throttling per address (throttling.trusted_addresses)',
    { bucket: 'address', level, allowed: STRANGER_RULE.capacity, retry_after_seconds: retryAfterSeconds },
  )
}

function findByHint(
  { kind, value }: BackchannelRequest['hint'],
  client: Client,
  ports: ProviderPorts,
  now: Date,
): Promise<Account | undefined | Refusal> {
  switch (kind) {
    case 'login_hint':
      return ports.repositories.accounts.findByLogin(value.slice(0, 510))
    case 'id_token_hint':
      return findByIdToken(value, client, ports)
    case 'login_hint_token':
      return findByHintToken(value, client, ports, now)
  }
}

async function findByIdToken(
  token: string,
  client: Client,
  ports: ProviderPorts,
): Promise<Account | undefined | Refusal> {
  const hint = await verifyIdTokenHint(token, ports)
  if (isRefusal(hint)) return hint
  // CIBA Core §7.1: an ID token that was issued to this client.
  if (hint.clientId !== client.clientId)
    return refuse(
      'invalid_request',
      'id_token_hint was issued to another client',
      'CIBA Core §7.1 id_token_hint was issued to the client',
    )
  // The session tells the account of a pairwise subject, too, as long as it is kept.
  const session = hint.sessionId === undefined ? undefined : await findSession(hint.sessionId, ports.repositories)
  return session ?? ports.repositories.accounts.findBySubject(hint.subject)
}

async function findSession(
  sessionId: string,
  { sessions }: ProviderPorts['repositories'],
): Promise<Account | undefined> {
  const id = parseId<'session'>(sessionId)
  return id === undefined ? undefined : (await sessions.findWithAccount(id))?.account
}

/**
 * CIBA Core §7.1 leaves its form open: ours is a JWT that the client signs, with `sub_id` (RFC 9493) of the format `email`, `iss_sub` or
 * `opaque`, and `exp`.
 */
async function findByHintToken(
  token: string,
  client: Client,
  { clientKeys, issuer, repositories }: ProviderPorts,
  now: Date,
): Promise<Account | undefined | Refusal> {
  const verified = await clientKeys.verify(client, token, { algs: ASYMMETRIC_SIGNING_ALGORITHMS, now })
  if (isRefusal(verified))
    return refuse('invalid_request', 'login_hint_token is not valid', verified.rule, verified.facts)
  const { sub_id: subject, exp } = verified.payload
  // CIBA Core §13 expired_login_hint_token.
  if (typeof exp !== 'number' || exp <= secondsOf(now))
    return refuse(
      'expired_login_hint_token',
      'login_hint_token has expired',
      'CIBA Core §13 login_hint_token is fresh',
      typeof exp === 'number' ? { exp } : {},
    )
  return subject !== null && typeof subject === 'object'
    ? findByIdentifier(subject as JsonObject, issuer, repositories)
    : undefined
}

/** RFC 9493 §3.2. */
async function findByIdentifier(
  { format, email, iss, sub, id }: JsonObject,
  issuer: string,
  { accounts }: ProviderPorts['repositories'],
): Promise<Account | undefined> {
  if (format === 'email' && typeof email === 'string') return accounts.findByLogin(email.slice(0, 510))
  if (format === 'iss_sub' && iss === issuer && typeof sub === 'string') return accounts.findBySubject(sub)
  return format === 'opaque' && typeof id === 'string' ? accounts.findBySubject(id) : undefined
}
