/** Authorization responses (RFC 6749 §4.1.2, RFC 9207): what goes back to the app, and where in the URI it stands. */

import { encodeParams, printable } from './params.ts'
import type { VerifiedRedirectUri } from './redirect-uri.ts'
import type { Refusal } from './refusal.ts'

export interface ResponseTarget {
  readonly redirectUri: VerifiedRedirectUri
  readonly state: string | undefined
  readonly issuer: string
}

export function codeResponse(target: ResponseTarget, code: string): string {
  return redirectTo(target, [['code', code]])
}

export function errorResponse(target: ResponseTarget, refusal: Pick<Refusal, 'error' | 'description'>): string {
  return redirectTo(target, [
    ['error', refusal.error],
    ['error_description', printable(refusal.description, 300)],
  ])
}

function redirectTo(target: ResponseTarget, params: readonly (readonly [string, string])[]): string {
  // RFC 9207 §2: every response names its issuer, so that an app with several providers cannot mix them up.
  const query = encodeParams([...params, ['state', target.state], ['iss', target.issuer]])
  // RFC 6749 §3.1.2: a query of the registered URI is kept; ours is added to it.
  return `${target.redirectUri}${target.redirectUri.includes('?') ? (target.redirectUri.endsWith('?') ? '' : '&') : '?'}${query}`
}
