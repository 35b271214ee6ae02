/** The claims of an ID token (OIDC Core §3.1.3.7) and of other JWTs of an upstream (RFC 7519 §4.1). Pure. */

import { timingSafeEqual } from 'node:crypto'
import type { JsonObject } from '../core/clients/client.ts'
import type { Attempt } from '../core/upstreams/attempt.ts'
import { isIssuer, isTemplate } from '../core/upstreams/issuer.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import { secondsOf } from '../lib/clock.ts'
import { halfHash, type SigningAlgorithm } from '../spec/jws.ts'
import { jsonText, printable } from '../spec/params.ts'
import { firstRefusal, type Refusal, refuse } from '../spec/refusal.ts'

export interface ExpectedClaims {
  readonly what: string
  readonly issuer: string | undefined
  readonly upstream: Pick<Upstream, 'clientId' | 'audience' | 'clockSkewSeconds' | 'validateIssuer'>
  readonly now: Date
}

export interface ExpectedIdToken extends ExpectedClaims {
  /** A demanded fresh sign-in only counts with an `auth_time`. */
  readonly isAuthTimeRequired: boolean
  readonly alg: SigningAlgorithm | undefined
  /** Absent: none was sent. */
  readonly nonce: string | undefined
  readonly accessToken: string
  readonly maxAgeSeconds: number | undefined
  readonly askedAt: Date
}

/** OIDC Core §2: `sub` has at most 255 ASCII characters. */
const MAX_SUBJECT = 255

export function checkIdTokenClaims(claims: JsonObject, expected: ExpectedIdToken): Refusal | undefined {
  return firstRefusal(
    checkIssuer(claims, expected),
    checkSubject(claims),
    checkAudience(claims, expected),
    checkTimes(claims, expected, ['exp', 'iat']),
    checkNonce(claims, expected),
    checkAccessTokenHash(claims, expected),
    checkAuthTime(claims, expected),
  )
}

/** OIDC Core §3.1.3.7 (2). */
export function checkIssuer(claims: JsonObject, { issuer, upstream, what }: ExpectedClaims): Refusal | undefined {
  if (!upstream.validateIssuer) return undefined
  // Entra: the issuer has a place for the tenant that the token names.
  const tid = issuer !== undefined && isTemplate(issuer) ? (claims.tid ?? null) : undefined
  if (issuer !== undefined && isIssuer(claims.iss, issuer, tid)) return undefined
  return refuse('server_error', `the ${what} is from another issuer`, 'OIDC Core §3.1.3.7 iss of the upstream', {
    what,
    iss: shown(claims.iss),
    expected: printable(issuer ?? '', 200),
  })
}

function checkSubject({ sub }: JsonObject): Refusal | undefined {
  if (typeof sub === 'string' && sub !== '' && sub.length <= MAX_SUBJECT && !sub.includes('\0')) return undefined
  return refuse('server_error', 'the ID token does not say who signed in', 'OIDC Core §2 sub of the upstream', {
    sub_type: sub === null ? 'null' : typeof sub,
  })
}

/** OIDC Core §3.1.3.7 (3) to (5). */
export function checkAudience(claims: JsonObject, { upstream, what }: ExpectedClaims): Refusal | undefined {
  const { clientId, audience } = upstream
  const accepted = audience.length > 0 ? audience : [clientId]
  const named: readonly unknown[] = Array.isArray(claims.aud) ? claims.aud : [claims.aud]
  const refusal = (): Refusal =>
    refuse('server_error', `the ${what} is for somebody else`, 'OIDC Core §3.1.3.7 aud of the upstream', {
      what,
      aud: named.slice(0, 10).map(shown),
      expected: accepted,
      ...(claims.azp === undefined ? {} : { azp: shown(claims.azp) }),
    })
  if (!named.some(name => typeof name === 'string' && accepted.includes(name))) return refusal()
  const isAlone = named.every(name => typeof name === 'string' && accepted.includes(name))
  // For others as well as for us: then it has to say that it was us who asked for it.
  if (claims.azp === undefined) return isAlone ? undefined : refusal()
  return claims.azp === clientId || (typeof claims.azp === 'string' && audience.includes(claims.azp))
    ? undefined
    : refusal()
}

/** OIDC Core §3.1.3.7 (9), (10), RFC 7519 §4.1.4 to §4.1.6. */
export function checkTimes(
  claims: JsonObject,
  { upstream: { clockSkewSeconds: skew }, now, what }: ExpectedClaims,
  required: readonly ('exp' | 'iat')[],
): Refusal | undefined {
  const at = secondsOf(now)
  const broken = (claim: string, problem: string): Refusal =>
    refuse('server_error', `the ${what} is not valid now`, 'OIDC Core §3.1.3.7 times of the upstream', {
      what,
      claim,
      problem,
      value: shown(claims[claim]),
      now: at,
      clock_skew_seconds: skew,
    })
  for (const claim of ['exp', 'iat', 'nbf'] as const) {
    const value = claims[claim]
    if (value === undefined) {
      if ((required as readonly string[]).includes(claim)) return broken(claim, 'is missing')
    } else if (typeof value !== 'number' || !Number.isFinite(value)) return broken(claim, 'is no number')
    else if (claim === 'exp' && value + skew <= at) return broken(claim, 'is over')
    else if (claim !== 'exp' && value - skew > at) return broken(claim, 'is in the future')
  }
  return undefined
}

/** OIDC Core §3.1.3.7 (11): otherwise an ID token of another sign-in would do. */
function checkNonce({ nonce }: JsonObject, expected: ExpectedIdToken): Refusal | undefined {
  if (expected.nonce === undefined) return undefined
  if (typeof nonce === 'string' && isSameText(nonce, expected.nonce)) return undefined
  return refuse('server_error', 'the ID token is for another sign-in', 'OIDC Core §3.1.3.7 nonce of the upstream', {
    nonce: nonce === undefined ? 'missing' : 'another',
  })
}

function isSameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** OIDC Core §3.1.3.8: optional, but never wrong. */
function checkAccessTokenHash({ at_hash }: JsonObject, { alg, accessToken }: ExpectedIdToken): Refusal | undefined {
  if (at_hash === undefined || at_hash === null || alg === undefined) return undefined
  if (at_hash === halfHash(alg, accessToken)) return undefined
  return refuse(
    'server_error',
    'the access token is not the one of the ID token',
    'OIDC Core §3.1.3.8 at_hash of the upstream',
  )
}

/** OIDC Core §3.1.3.7 (13): what was demanded is held against what they say; whoever says nothing has not met it. */
function checkAuthTime(
  { auth_time }: JsonObject,
  { maxAgeSeconds, askedAt, isAuthTimeRequired, now, upstream: { clockSkewSeconds: skew } }: ExpectedIdToken,
): Refusal | undefined {
  if (maxAgeSeconds === undefined) return undefined
  // `auth_time_required`: some never say when, but do ask. What is said is held to it all the same.
  if (!isAuthTimeRequired && auth_time === undefined) return undefined
  const isRecent = typeof auth_time === 'number' && auth_time + maxAgeSeconds + skew >= secondsOf(askedAt)
  // A proof that is still to come would count as fresh for ever.
  if (isRecent && auth_time - skew <= secondsOf(now)) return undefined
  return refuse(
    'server_error',
    'the upstream did not ask for a fresh proof',
    'OIDC Core §3.1.3.7 auth_time of the upstream',
    { auth_time: shown(auth_time), asked_at: secondsOf(askedAt), max_age: maxAgeSeconds },
  )
}

/** Asked without a page, nobody can have proven anything just now: only `auth_time` could say that it was lately. */
export function needsAuthTime(
  { authTimeRequired }: Pick<Upstream, 'authTimeRequired'>,
  { terms }: Pick<Attempt, 'terms'>,
): boolean {
  return authTimeRequired || terms.silent
}

function shown(value: unknown): string {
  return printable(jsonText(value), 200)
}
