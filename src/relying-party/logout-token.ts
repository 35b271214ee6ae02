/** Logout tokens (OIDC Back-Channel Logout §2.4, §2.6): anybody may send one, so no setting spares it its signature. */

import type { JsonObject } from '../core/clients/client.ts'
import { isStorable } from '../core/upstreams/mapping/claim-value.ts'
import type { LogoutClaims } from '../core/upstreams/relying-party.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import { secondsOf } from '../lib/clock.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from '../spec/refusal.ts'
import { checkAudience, checkIssuer, checkTimes } from './check-claims.ts'
import { checkType } from './check-type.ts'
import { isObject } from './normalise-answer.ts'
import type { RelyingPartyRoom } from './room.ts'
import { idTokenAlgorithms } from './signing-algorithms.ts'
import { openJwt } from './verify-jwt.ts'

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
const RULE = 'OIDC Back-Channel Logout §2.6 logout token of the upstream'
/** §2.6 leaves it to us; an old token that somebody kept must not sign out anybody. */
const MAX_AGE_SECONDS = 300
const MAX_TEXT = 255

export async function verifyLogoutToken(
  asked: Upstream,
  token: string,
  room: RelyingPartyRoom,
): Promise<LogoutClaims | Refusal> {
  const ready = await room.metadata.ready(asked)
  if (isRefusal(ready)) return ready
  const { upstream, endpoints } = ready
  const what = 'logout token'
  const opened = await openJwt(ready, token, { what, algs: idTokenAlgorithms(upstream), fromAnybody: true }, room)
  if (isRefusal(opened)) return asInvalid(opened)
  const { claims, header } = opened
  const now = room.clock.now()
  const expected = { what, issuer: endpoints.issuer, upstream, now }
  const refusal = firstRefusal(
    checkType(upstream, header, what, ['jwt', 'logout+jwt']),
    checkIssuer(claims, expected),
    checkAudience(claims, expected),
    // exp is required since the final version, and left out by servers that were there before.
    checkTimes(claims, expected, ['iat']),
    checkAge(claims, now, upstream),
    checkEvent(claims),
    checkNoNonce(claims),
  )
  if (refusal !== undefined) return asInvalid(refusal)
  return readWho(claims, upstream)
}

function asInvalid({ description, rule, facts }: Refusal): Refusal {
  return refuse('invalid_request', description, rule, facts)
}

function checkAge({ iat }: JsonObject, now: Date, { clockSkewSeconds }: Upstream): Refusal | undefined {
  const age = secondsOf(now) - Number(iat)
  return age <= MAX_AGE_SECONDS + clockSkewSeconds
    ? undefined
    : refuse('invalid_request', 'the logout token is too old', RULE, { age_seconds: age })
}

function checkEvent({ events }: JsonObject): Refusal | undefined {
  const event = isObject(events) && Object.hasOwn(events, EVENT) ? events[EVENT] : undefined
  return isObject(event) ? undefined : refuse('invalid_request', 'the logout token is about something else', RULE)
}

/** §2.4: otherwise an ID token would do. */
function checkNoNonce(claims: JsonObject): Refusal | undefined {
  return claims.nonce === undefined ? undefined : refuse('invalid_request', 'the logout token has a nonce', RULE)
}

function readWho({ sub, sid, jti, iat }: JsonObject, { clockSkewSeconds }: Upstream): LogoutClaims | Refusal {
  if (!isText(jti)) return refuse('invalid_request', 'the logout token has no jti', RULE)
  if ((sub !== undefined && !isText(sub)) || (sid !== undefined && !isText(sid)) || (sub ?? sid) === undefined)
    return refuse('invalid_request', 'the logout token does not say who is signed out', RULE)
  return {
    jti,
    expiresAt: new Date((Math.floor(Number(iat)) + MAX_AGE_SECONDS + clockSkewSeconds + 1) * 1000),
    ...(isText(sub) ? { sub } : {}),
    ...(isText(sid) ? { sid } : {}),
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT && isStorable(value)
}
