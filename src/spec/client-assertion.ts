/** Assertions that a client makes about itself (RFC 7523 §3, OIDC Core §9): their claims, once the signature is known to be the client's. */

import type { JsonMembers } from './compact-jws.ts'
import { jsonText } from './params.ts'
import { type Facts, firstRefusal, type Refusal, refuse } from './refusal.ts'

export interface AssertionExpectations {
  readonly clientId: string
  /** Our names, each of which may stand in `aud` (RFC 7523 §3, RFC 9126 §2): the issuer first. */
  readonly audiences: readonly string[]
  /** FAPI 2.0 §5.3.2.1: `aud` is the issuer, as a string. */
  readonly isIssuerOnly: boolean
  /** Seconds since the epoch. */
  readonly now: number
}

/** FAPI 2.0 §5.3.2.1: clocks that run up to 10 s fast are borne with, those above 60 s are not. Seconds. */
export const LEEWAY = 30
/** What expires later than this was made to be kept, not to be used. Seconds. */
export const LONGEST_LIFE = 3600
const MAX_JTI = 500

export interface CheckedAssertion {
  readonly jti: string
  /** Seconds since the epoch: when it is no longer accepted anyway. */
  readonly usableUntil: number
}

/** The error of every refusal is `invalid_client`, and its description the same: which check failed, only the house knows. */
export function checkClientAssertion(claims: JsonMembers, expected: AssertionExpectations): CheckedAssertion | Refusal {
  const { iss, sub, exp, jti } = claims
  // OIDC Core §9: iss and sub MUST both be the client_id.
  if (iss !== expected.clientId || sub !== expected.clientId)
    return bad('RFC 7523 §3 client assertion: iss and sub are the client_id', { iss: textOf(iss), sub: textOf(sub) })
  const refusal = firstRefusal(checkAudience(claims.aud, expected), checkTimes(claims, expected.now))
  if (refusal !== undefined) return refusal
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI) return bad('OIDC Core §9 jti is required')
  return { jti, usableUntil: Math.ceil(Number(exp)) + LEEWAY }
}

export function assertionUsedBefore(clientId: string): Refusal {
  return bad('RFC 7523 §3 client assertion is used once', { client_id: clientId })
}

function checkAudience(aud: unknown, { audiences, isIssuerOnly }: AssertionExpectations): Refusal | undefined {
  const accepted = isIssuerOnly ? audiences.slice(0, 1) : audiences
  const named: readonly unknown[] = Array.isArray(aud) && !isIssuerOnly ? aud : [aud]
  // RFC 7523 §3: aud identifies us. One that names others beside us could be used by them, so it is not taken.
  if (named.length > 0 && named.every(name => typeof name === 'string' && accepted.includes(name))) return undefined
  const sent = Array.isArray(aud) ? aud.map(jsonText).join(' ') : textOf(aud)
  return bad('RFC 7523 §3 client assertion: aud is this server', { audience: sent?.slice(0, 300) ?? null, accepted })
}

function checkTimes({ exp, nbf, iat }: JsonMembers, now: number): Refusal | undefined {
  if (!isTime(exp)) return bad('RFC 7523 §3 client assertion: exp is required')
  const facts = { exp: Math.trunc(exp), now }
  if (exp + LEEWAY <= now) return bad('RFC 7523 §3 client assertion: exp has not passed', facts)
  if (exp > now + LONGEST_LIFE + LEEWAY)
    return bad('RFC 7523 §3 client assertion: exp is not unreasonably far in the future', facts)
  if (nbf !== undefined && !(isTime(nbf) && nbf <= now + LEEWAY))
    return bad('RFC 7523 §3 client assertion: nbf has passed', { nbf: timeOf(nbf), now })
  if (iat !== undefined && !(isTime(iat) && iat <= now + LEEWAY && iat >= now - LONGEST_LIFE - LEEWAY))
    return bad('RFC 7523 §3 client assertion: iat is not unreasonably far away', { iat: timeOf(iat), now })
  return undefined
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function timeOf(value: unknown): number | null {
  return isTime(value) ? Math.trunc(value) : null
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value.slice(0, 300) : null
}

function bad(rule: string, facts: Facts = {}): Refusal {
  return refuse('invalid_client', 'client authentication failed', rule, facts)
}
