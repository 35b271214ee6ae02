/** The claims of a JWT access token (RFC 9068 §2.2). Pure. */

import type { AuthorizationDetail } from './authorization-details.ts'
import type { Confirmation } from './confirmation.ts'

/** RFC 9068 §2.1: what tells an access token from every other JWT of ours. */
export const ACCESS_TOKEN_TYPE = 'at+jwt'

/** RFC 8693 §4.1: who acts, the current actor outermost. */
export interface ActorClaim {
  readonly sub: string
  readonly client_id?: string
  readonly act?: ActorClaim
}

export interface AccessTokenFacts {
  readonly issuer: string
  readonly audience: readonly string[]
  readonly subject: string
  readonly clientId: string
  /** Seconds since the epoch, as are all times here. */
  readonly issuedAt: number
  readonly expiresAt: number
  readonly tokenId: string
  readonly scopes: readonly string[]
  /** Absent for a client's own token. */
  readonly authentication?: {
    readonly authTime: number
    readonly amr: readonly string[]
    readonly acr?: string | undefined
    readonly sessionId?: string | undefined
  }
  readonly groups?: readonly string[] | string | undefined
  readonly cnf?: Confirmation | undefined
  readonly actor?: ActorClaim | undefined
  readonly details?: readonly AuthorizationDetail[] | undefined
}

export function accessTokenClaims(facts: AccessTokenFacts): Record<string, unknown> {
  const { authentication } = facts
  const claims: Record<string, unknown> = {
    iss: facts.issuer,
    sub: facts.subject,
    aud: facts.audience,
    client_id: facts.clientId,
    exp: facts.expiresAt,
    iat: facts.issuedAt,
    jti: facts.tokenId,
  }
  // RFC 9068 §2.2.3: scope is there when the request had one.
  if (facts.scopes.length > 0) claims.scope = facts.scopes.join(' ')
  // RFC 9068 §2.2.1: how and when the person signed in, as the API may ask for more.
  if (authentication !== undefined) {
    claims.auth_time = authentication.authTime
    claims.amr = authentication.amr
    if (authentication.acr !== undefined) claims.acr = authentication.acr
    if (authentication.sessionId !== undefined) claims.sid = authentication.sessionId
  }
  if (facts.groups !== undefined) claims.groups = facts.groups
  if (facts.cnf !== undefined) claims.cnf = facts.cnf
  if (facts.actor !== undefined) claims.act = facts.actor
  // RFC 9396 §9.1.
  if (facts.details !== undefined) claims.authorization_details = facts.details
  return claims
}
