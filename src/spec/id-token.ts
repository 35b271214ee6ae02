/** The ID token's claims (OIDC Core §2), with those of Authelia's table (`rat`, `jti`, `scope`, `scp`, `aud` as a list). */

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
  readonly sessionId: string
  readonly amr: readonly string[]
  readonly scopes: readonly string[]
  readonly accessToken: string | undefined
  readonly alg: SigningAlgorithm
}

export function idTokenClaims(facts: IdTokenFacts): Record<string, unknown> {
  const claims: Record<string, unknown> = {
    iss: facts.issuer,
    sub: facts.subject,
    aud: [facts.clientId],
    azp: facts.clientId,
    exp: facts.expiresAt,
    iat: facts.issuedAt,
    auth_time: facts.authTime,
    rat: facts.requestedAt,
    jti: facts.tokenId,
    sid: facts.sessionId,
    // RFC 8176: how the person proved who they are.
    amr: facts.amr,
    scope: facts.scopes.join(' '),
    scp: facts.scopes,
  }
  // OIDC Core §3.1.3.7 (11): the nonce is echoed exactly, and absent when none was sent.
  if (facts.nonce !== undefined) claims.nonce = facts.nonce
  if (facts.accessToken !== undefined) claims.at_hash = halfHash(facts.alg, facts.accessToken)
  return claims
}
