/** Authorization responses (RFC 6749 §4.1.2, RFC 9207): what goes back to the app, and the way it travels. */

import { encodeParams, printable } from './params.ts'
import type { VerifiedRedirectUri } from './redirect-uri.ts'
import type { Refusal } from './refusal.ts'
import type { PlainResponseMode } from './response-types.ts'

/** Parameters in the order they are sent; an absent value leaves the parameter out. */
export type ResponseParams = readonly (readonly [name: string, value: string | undefined])[]

/** How the browser brings the answer to the app. Doors turn it into HTTP (`http/authorization-reply.ts`). */
export type AuthorizationResponse =
  | { readonly kind: 'redirect'; readonly location: string }
  /** OAuth 2.0 Form Post Response Mode §2. */
  | { readonly kind: 'form-post'; readonly action: VerifiedRedirectUri; readonly params: ResponseParams }
  /** To the window that opened ours, at the origin of the redirect URI and nowhere else. */
  | { readonly kind: 'web-message'; readonly redirectUri: VerifiedRedirectUri; readonly params: ResponseParams }

export function authorizationResponse(
  redirectUri: VerifiedRedirectUri,
  mode: PlainResponseMode,
  params: ResponseParams,
): AuthorizationResponse {
  switch (mode) {
    case 'query':
      return { kind: 'redirect', location: withQuery(redirectUri, encodeParams(params)) }
    case 'fragment':
      return { kind: 'redirect', location: `${redirectUri}#${encodeParams(params)}` }
    case 'form_post':
      return { kind: 'form-post', action: redirectUri, params: params.filter(([, value]) => value !== undefined) }
    case 'web_message':
      return { kind: 'web-message', redirectUri, params: params.filter(([, value]) => value !== undefined) }
  }
}

export function errorParams(refusal: Pick<Refusal, 'error' | 'description'>): ResponseParams {
  return [
    ['error', refusal.error],
    ['error_description', printable(refusal.description, 300)],
  ]
}

// RFC 6749 §3.1.2: a query of the registered URI is kept; ours is added to it.
function withQuery(redirectUri: VerifiedRedirectUri, query: string): string {
  return `${redirectUri}${redirectUri.includes('?') ? (redirectUri.endsWith('?') ? '' : '&') : '?'}${query}`
}
