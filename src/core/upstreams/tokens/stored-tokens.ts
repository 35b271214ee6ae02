/** Tokens of an upstream as they are kept with an identity: sealed, and looked at before they are handed out. Pure. */

import type { KeySealer } from '../../keys/key-sealer.ts'
import { type Identity, type IdentityId, identityContext, type StoredTokens } from '../identity.ts'

export function sealTokens(sealer: Pick<KeySealer, 'seal'>, id: IdentityId, tokens: StoredTokens): Buffer {
  return sealer.seal(Buffer.from(JSON.stringify(tokens)), identityContext(id))
}

export function openTokens(sealer: Pick<KeySealer, 'open'>, id: IdentityId, sealed: Uint8Array): StoredTokens {
  return JSON.parse(sealer.open(Buffer.from(sealed), identityContext(id)).toString('utf8')) as StoredTokens
}

/** `wait`: another node is refreshing them. */
export type TokenUse = 'use' | 'refresh' | 'wait' | 'expired'

export function decideUse(tokens: StoredTokens, minValiditySeconds: number, now: Date): TokenUse {
  const left = secondsLeft(tokens, now)
  if (left > 0 && left >= minValiditySeconds) return 'use'
  if (tokens.refreshToken === undefined) return left > 0 ? 'use' : 'expired'
  return tokens.refreshingUntil !== undefined && Date.parse(tokens.refreshingUntil) > now.getTime() ? 'wait' : 'refresh'
}

/** Infinite when the upstream did not say. */
export function secondsLeft({ expiresAt }: Pick<StoredTokens, 'expiresAt'>, now: Date): number {
  return expiresAt === undefined ? Number.POSITIVE_INFINITY : (Date.parse(expiresAt) - now.getTime()) / 1000
}

/**
 * RFC 6749 §5.1, §6: what a refresh does not say stays as it was, the scope and a refresh token that was not rotated among it. When the
 * new access token expires is never taken from the old one.
 */
export function refreshedTokens(before: StoredTokens, answer: StoredTokens): StoredTokens {
  const refreshToken = answer.refreshToken ?? before.refreshToken
  const idToken = answer.idToken ?? before.idToken
  const tokenType = answer.tokenType ?? before.tokenType
  const scope = answer.scope ?? before.scope
  return {
    accessToken: answer.accessToken,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(idToken === undefined ? {} : { idToken }),
    ...(tokenType === undefined ? {} : { tokenType }),
    ...(scope === undefined ? {} : { scope }),
    ...(answer.expiresAt === undefined ? {} : { expiresAt: answer.expiresAt }),
  }
}

/** One with tokens in it. */
export type IdentityWithTokens = Identity & Required<Pick<Identity, 'sealedTokens'>>

export function hasTokens(identity: Identity): identity is IdentityWithTokens {
  return identity.sealedTokens !== undefined
}
