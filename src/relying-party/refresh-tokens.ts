/** Fresh tokens for stored ones (RFC 6749 §6). */

import type { StoredTokens } from '../core/upstreams/identity.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import { isRefusal, type Refusal } from '../spec/refusal.ts'
import { verifyRefreshedIdToken } from './refreshed-id-token.ts'
import type { RelyingPartyRoom } from './room.ts'
import { requestTokens } from './token-request.ts'

export async function refreshTokens(
  asked: Upstream,
  before: { readonly refreshToken: string; readonly idToken: string | undefined },
  room: RelyingPartyRoom,
): Promise<StoredTokens | Refusal> {
  const ready = await room.metadata.ready(asked)
  if (isRefusal(ready)) return ready
  const tokens = await requestTokens(ready, 'refresh_token', { refresh_token: before.refreshToken }, room)
  if (isRefusal(tokens)) return tokens
  const idToken = await verifyRefreshedIdToken(ready, tokens, before.idToken, room)
  if (isRefusal(idToken)) return idToken
  const { accessToken, tokenType, scope, expiresAt } = tokens
  return {
    accessToken,
    // RFC 6749 §6: without a new one the old one stays good.
    refreshToken: tokens.refreshToken ?? before.refreshToken,
    ...(idToken === undefined ? {} : { idToken }),
    ...(tokenType === undefined ? {} : { tokenType }),
    ...(scope === undefined ? {} : { scope }),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt.toISOString() }),
  }
}
