/** The claims of an assertion that is a grant (RFC 7523 §3): somebody else's word about a person, once the signature is known to be theirs. */

import type { JsonMembers } from './compact-jws.ts'
import { type Facts, firstRefusal, type Refusal, refuse } from './refusal.ts'

export interface GrantAssertionExpectations {
  /** Our names, each of which may stand in `aud`. */
  readonly audiences: readonly string[]
  readonly maxLifetimeSeconds: number
  /** Seconds since the epoch. */
  readonly now: number
}

export interface CheckedGrantAssertion {
  readonly subject: string
  readonly jti: string
  /** Seconds since the epoch: when the person signed in there, or the assertion was made. */
  readonly authTime: number
  /** When it is no longer accepted anyway. */
  readonly usableUntil: number
}

/** Clocks differ. Seconds. */
const LEEWAY = 30
const MAX_TEXT = 500

/** RFC 8725 §3.11, §3.12: what the issuer signs for another purpose, an access token for us among it, names that purpose in its `typ`. */
export function checkGrantAssertionType({ typ }: JsonMembers): Refusal | undefined {
  return typ === undefined || (typeof typ === 'string' && typ.toUpperCase() === 'JWT')
    ? undefined
    : bad('the assertion is a JWT of another kind', 'RFC 8725 §3.12 typ of a grant assertion is JWT or absent')
}

export function checkGrantAssertion(
  claims: JsonMembers,
  expected: GrantAssertionExpectations,
): CheckedGrantAssertion | Refusal {
  const { sub, jti, exp, iat, auth_time } = claims
  const refusal = firstRefusal(checkAudience(claims.aud, expected), checkTimes(claims, expected))
  if (refusal !== undefined) return refusal
  if (!isText(sub)) return bad('sub is missing', 'RFC 7523 §3 sub is required')
  // RFC 7523 §3: a jti makes replay impossible, so here it has to be there.
  if (!isText(jti)) return bad('jti is missing', 'RFC 7523 §3 jti makes an assertion count once')
  const made = typeof auth_time === 'number' ? auth_time : typeof iat === 'number' ? iat : expected.now
  return {
    subject: sub,
    jti,
    authTime: Math.min(Math.trunc(made), expected.now),
    usableUntil: Math.ceil(Number(exp)) + LEEWAY,
  }
}

function checkAudience(aud: unknown, { audiences }: GrantAssertionExpectations): Refusal | undefined {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  // RFC 7523 §3: aud identifies us. One that names others beside us could be used by them, so it is not taken.
  return named.length > 0 && named.every(name => typeof name === 'string' && audiences.includes(name))
    ? undefined
    : bad('aud is not this server', 'RFC 7523 §3 aud is this server', { accepted: audiences })
}

function checkTimes(
  { exp, nbf, iat, auth_time: authTime }: JsonMembers,
  { now, maxLifetimeSeconds }: GrantAssertionExpectations,
) {
  if (!isTime(exp)) return bad('exp is missing', 'RFC 7523 §3 exp is required')
  const facts = { exp: Math.trunc(exp), now }
  if (exp + LEEWAY <= now) return bad('the assertion has expired', 'RFC 7523 §3 exp has not passed', facts)
  const born = isTime(iat) ? iat : now
  if (exp > now + maxLifetimeSeconds + LEEWAY || exp - born > maxLifetimeSeconds + LEEWAY) {
    return bad(
      'the assertion is good for too long',
      'RFC 7523 §3 exp is not unreasonably far in the future (assertion_issuers max_lifetime)',
      facts,
    )
  }
  if (iat !== undefined && !(isTime(iat) && iat <= now + LEEWAY))
    return bad('iat lies in the future', 'RFC 7523 §3 iat has passed', { now })
  if (nbf !== undefined && !(isTime(nbf) && nbf <= now + LEEWAY))
    return bad('nbf has not come yet', 'RFC 7523 §3 nbf has passed', { now })
  if (authTime !== undefined && !(isTime(authTime) && authTime >= 0 && authTime <= now + LEEWAY))
    return bad('auth_time is no time that has passed', 'OIDC Core §2 auth_time is when the person signed in', { now })
  return undefined
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT
}

/** RFC 7523 §3.1: whatever is wrong with the assertion is `invalid_grant`. */
function bad(description: string, rule: string, facts: Facts = {}): Refusal {
  return refuse('invalid_grant', description, rule, facts)
}
