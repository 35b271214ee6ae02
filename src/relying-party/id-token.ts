/** The ID token of an upstream (OIDC Core §3.1.3.7): opened, then its claims. Before anything else is asked with the access token. */

import type { JsonObject } from '../core/clients/client.ts'
import { type Attempt, attemptSecrets } from '../core/upstreams/attempt.ts'
import { type Facts, isRefusal, type Refusal, refuse } from '../spec/refusal.ts'
import { said } from './answer-facts.ts'
import { checkIdTokenClaims, needsAuthTime } from './check-claims.ts'
import { checkType } from './check-type.ts'
import type { RelyingPartyRoom } from './room.ts'
import { idTokenAlgorithms } from './signing-algorithms.ts'
import type { TokenResponse } from './token-request.ts'
import type { ReadyUpstream } from './upstream-metadata.ts'
import { type OpenedJwt, openJwt } from './verify-jwt.ts'

export interface VerifiedIdToken {
  readonly claims: JsonObject
  readonly facts: Facts
}

export async function verifyIdToken(
  ready: ReadyUpstream,
  attempt: Attempt,
  { idToken, accessToken }: Pick<TokenResponse, 'idToken' | 'accessToken'>,
  room: RelyingPartyRoom,
): Promise<VerifiedIdToken | Refusal> {
  const { upstream, endpoints } = ready
  if (idToken === undefined)
    return refuse('server_error', 'the upstream sent no ID token', 'OIDC Core §3.1.3.3 ID token of the upstream', {
      scopes: attempt.terms.scopes,
    })
  const opened = await openIdToken(ready, idToken, room)
  if (isRefusal(opened)) return opened
  const { claims, header, alg, encrypted, unchecked } = opened
  const facts: Facts = {
    ...(alg === undefined ? {} : { alg }),
    ...(said(header.kid) === undefined ? {} : { kid: said(header.kid) ?? '' }),
    encrypted,
    ...(unchecked ? { not_validated: true } : {}),
  }
  if (unchecked) return { claims, facts }
  const refusal = checkIdTokenClaims(claims, {
    what: 'ID token',
    issuer: endpoints.issuer,
    upstream,
    now: room.clock.now(),
    alg,
    nonce: upstream.nonce ? attemptSecrets(room.keys.handles, attempt.id).nonce : undefined,
    accessToken,
    maxAgeSeconds: attempt.terms.maxAgeSeconds,
    isAuthTimeRequired: needsAuthTime(upstream, attempt),
    askedAt: attempt.createdAt,
  })
  return refusal ?? { claims, facts }
}

/** Everything but the claims: by whom it is, and that it is an ID token. */
export async function openIdToken(
  ready: ReadyUpstream,
  idToken: string,
  room: RelyingPartyRoom,
): Promise<OpenedJwt | Refusal> {
  const { upstream } = ready
  const wishes = {
    what: 'ID token',
    algs: idTokenAlgorithms(upstream),
    mustBeEncrypted: upstream.requireEncryptedIdToken,
  }
  const opened = await openJwt(ready, idToken, wishes, room)
  if (isRefusal(opened) || opened.unchecked) return opened
  return checkType(upstream, opened.header, 'ID token', ['jwt']) ?? opened
}
