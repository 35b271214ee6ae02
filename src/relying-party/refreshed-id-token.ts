/** The ID token that a refresh brings (OIDC Core §12.2): of the same person as the one from before, or nothing of the answer counts. */

import { isRefusal, type Refusal, refuse } from '../spec/refusal.ts'
import { checkIdTokenClaims } from './check-claims.ts'
import { openIdToken } from './id-token.ts'
import type { RelyingPartyRoom } from './room.ts'
import type { TokenResponse } from './token-request.ts'
import type { ReadyUpstream } from './upstream-metadata.ts'
import { readJwt } from './verify-jwt.ts'

/** Nothing where there is none that can be kept: the one from before stays then. */
export async function verifyRefreshedIdToken(
  ready: ReadyUpstream,
  { idToken, accessToken }: Pick<TokenResponse, 'idToken' | 'accessToken'>,
  before: string | undefined,
  room: RelyingPartyRoom,
): Promise<string | undefined | Refusal> {
  const { upstream, endpoints } = ready
  if (idToken === undefined || before === undefined || upstream.kind !== 'oidc') return undefined
  const [claims, first] = await Promise.all([idToken, before].map(jwt => readJwt(ready, jwt, 'ID token', room)))
  if (claims === undefined || first === undefined) return undefined
  // Verified or not: whatever came beside it is then of somebody else, too.
  if (claims.sub !== first.sub)
    return refuse(
      'login_required',
      'the upstream answered with the tokens of somebody else',
      'OIDC Core §12.2 sub of the upstream',
    )
  const opened = await openIdToken(ready, idToken, room)
  if (isRefusal(opened)) return notKept(ready, opened, room)
  if (opened.unchecked) return idToken
  const refusal = checkIdTokenClaims(opened.claims, {
    what: 'ID token',
    issuer: endpoints.issuer,
    upstream,
    now: room.clock.now(),
    alg: opened.alg,
    // §12.2: none, or the same.
    nonce: claims.nonce !== undefined && typeof first.nonce === 'string' ? first.nonce : undefined,
    accessToken,
    maxAgeSeconds: undefined,
    isAuthTimeRequired: false,
    askedAt: room.clock.now(),
  })
  return refusal === undefined ? idToken : notKept(ready, refusal, room)
}

function notKept({ upstream }: ReadyUpstream, { rule, facts }: Refusal, { logger }: RelyingPartyRoom): undefined {
  logger.warn({ upstream: upstream.alias, rule, ...facts }, 'the ID token of a refresh was not kept')
}
