/** Bearer tokens in requests (RFC 6750 §2): from the header or from a form body, never from a query. */

import type { Params } from './params.ts'
import { type Refusal, refuse } from './refusal.ts'

export function parseBearerToken(
  authorization: string | undefined,
  body: Params | undefined,
): string | Refusal | undefined {
  const inBody = body?.get('access_token')
  const match = authorization === undefined ? null : /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(authorization)
  if (authorization !== undefined && match === null) {
    return refuse(
      'invalid_request',
      'the Authorization header is not a Bearer token',
      'RFC 6750 §2.1 Authorization header',
    )
  }
  // RFC 6750 §2: clients MUST NOT use more than one method to transmit the token.
  if (match !== null && inBody !== undefined) {
    return refuse('invalid_request', 'the access token was sent twice', 'RFC 6750 §2 one method')
  }
  return match?.[1] ?? inBody
}

export interface PresentedAccessToken {
  readonly scheme: 'Bearer' | 'DPoP'
  readonly token: string
}

/** RFC 9449 §7.1: an access token by either scheme; the DPoP scheme only in the header. Nothing when none was sent. */
export function parseAccessToken(
  authorization: string | undefined,
  body: Params | undefined,
): PresentedAccessToken | Refusal | undefined {
  const match = isDpopScheme(authorization) ? DPOP_TOKEN.exec(authorization ?? '') : null
  if (match === null) {
    const token = parseBearerToken(authorization, body)
    return typeof token === 'string' ? { scheme: 'Bearer', token } : token
  }
  if (body?.get('access_token') !== undefined)
    return refuse('invalid_request', 'the access token was sent twice', 'RFC 6750 §2 one method')
  return { scheme: 'DPoP', token: match[1] ?? '' }
}

const DPOP_TOKEN = /^DPoP +([A-Za-z0-9\-._~+/]+=*) *$/i

/** RFC 9110 §11.1: the scheme is compared without regard to case. */
export function isDpopScheme(authorization: string | undefined): boolean {
  return authorization !== undefined && /^DPoP /i.test(authorization)
}

/** RFC 9449 §7.1: the challenge of a request that came, or should have come, with a proof. */
export function dpopChallenge({ error, description }: Refusal, algorithms: readonly string[]): string {
  return `DPoP error="${error}", error_description="${description}", algs="${algorithms.join(' ')}"`
}

/** RFC 6750 §3: the challenge of a refused request; without an error when no token was sent (§3.1). */
export function bearerChallenge(refusal: Refusal | undefined, scope?: string): string {
  if (refusal === undefined) return 'Bearer'
  const parts = [`error="${refusal.error}"`, `error_description="${refusal.description}"`]
  if (scope !== undefined) parts.push(`scope="${scope}"`)
  return `Bearer ${parts.join(', ')}`
}
