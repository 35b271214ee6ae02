/** The ID token's claims (OIDC Core §2), with those of Authelia's table (`rat`, `jti`, `scope`, `scp`, `aud` as a list). */

import type { ActorClaim } from './access-token.ts'
import { halfHash, type SigningAlgorithm } from './jws.ts'

export interface IdTokenFacts {
  readonly issuer: string
  readonly subject: string
  readonly clientId: string
  /** Seconds since the epoch, as are all times here. */
  readonly issuedAt: number
  readonly expiresAt: number
  readonly authTime: number
  readonly requestedAt: number
  readonly tokenId: string
  readonly nonce: string | undefined
  /** Absent when there never was a session. */
  readonly sessionId: string | undefined
  readonly amr: readonly string[]
  readonly acr?: string | undefined
  /** RFC 8693 §4.1. */
  readonly actor?: ActorClaim | undefined
  readonly scopes: readonly string[]
  readonly accessToken: string | undefined
  /** What else goes out with it through the browser (OIDC Core §3.3.2.11, FAPI 1.0 Part 2 §5.1.1). */
  readonly code?: string | undefined
  readonly state?: string | undefined
  readonly alg: SigningAlgorithm
  readonly shape?: IdTokenShape
}

/** For apps that expect something else than the rest of the world. */
export interface IdTokenShape {
  /** Absent: a list. */
  readonly scp?: 'list' | 'string' | 'none'
  /** Absent: it is there. */
  readonly withRequestedAt?: boolean
}

export function idTokenClaims(facts: IdTokenFacts): Record<string, unknown> {
  const { shape } = facts
  const claims: Record<string, unknown> = {
    iss: facts.issuer,
    sub: facts.subject,
    aud: [facts.clientId],
    azp: facts.clientId,
    exp: facts.expiresAt,
    iat: facts.issuedAt,
    auth_time: facts.authTime,
  }
  if (shape?.withRequestedAt !== false) claims.rat = facts.requestedAt
  claims.jti = facts.tokenId
  if (facts.sessionId !== undefined) claims.sid = facts.sessionId
  // RFC 8176: how the person proved who they are.
  claims.amr = facts.amr
  claims.scope = facts.scopes.join(' ')
  if (shape?.scp !== 'none') claims.scp = shape?.scp === 'string' ? claims.scope : facts.scopes
  // OIDC Core §2: which of the authentication context classes was reached.
  if (facts.acr !== undefined) claims.acr = facts.acr
  if (facts.actor !== undefined) claims.act = facts.actor
  // OIDC Core §3.1.3.7 (11): the nonce is echoed exactly, and absent when none was sent.
  if (facts.nonce !== undefined) claims.nonce = facts.nonce
  if (facts.accessToken !== undefined) claims.at_hash = halfHash(facts.alg, facts.accessToken)
  if (facts.code !== undefined) claims.c_hash = halfHash(facts.alg, facts.code)
  // FAPI 1.0 Part 2 §5.1.1: the ID token as a detached signature covers the state.
  if (facts.state !== undefined) claims.s_hash = halfHash(facts.alg, facts.state)
  return claims
}
