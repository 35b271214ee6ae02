/** An access token of an upstream that is a JWT (RFC 9068 §4), for its claims. It is for other servers, so its audience is not ours. */

import type { JsonObject } from '../core/clients/client.ts'
import { isRefusal, type Refusal } from '../spec/refusal.ts'
import { checkIssuer, checkTimes } from './check-claims.ts'
import { checkAccessTokenType } from './check-type.ts'
import type { RelyingPartyRoom } from './room.ts'
import { otherAlgorithms } from './signing-algorithms.ts'
import type { ReadyUpstream } from './upstream-metadata.ts'
import { openJwt } from './verify-jwt.ts'

export async function verifyAccessToken(
  ready: ReadyUpstream,
  accessToken: string,
  room: RelyingPartyRoom,
): Promise<JsonObject | Refusal> {
  const { upstream, endpoints } = ready
  const what = 'access token'
  const opened = await openJwt(ready, accessToken, { what, algs: otherAlgorithms(upstream) }, room)
  if (isRefusal(opened)) return opened
  if (opened.unchecked) return opened.claims
  const expected = { what, issuer: endpoints.issuer, upstream, now: room.clock.now() }
  return (
    checkAccessTokenType(upstream, opened.header, opened.claims) ??
    checkIssuer(opened.claims, expected) ??
    checkTimes(opened.claims, expected, ['exp']) ??
    opened.claims
  )
}
