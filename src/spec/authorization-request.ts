/** An authorization request (RFC 6749 §4.1.1, OIDC Core §3.1.2.1) after its rules held. Plain data: it is stored with the flow. */

import type { AuthorizationDetail } from './authorization-details.ts'
import type { ClaimsRequest } from './claims-request.ts'
import type { ResponseMode, ResponseType } from './response-types.ts'

export type Prompt = 'none' | 'login' | 'consent' | 'select_account'

export interface AuthorizationRequest {
  readonly clientId: string
  /** One of the client's registered URIs, verbatim. */
  readonly redirectUri: string
  readonly responseType: ResponseType
  /** Resolved: never absent, never the short form `jwt`. */
  readonly responseMode: ResponseMode
  readonly scopes: readonly string[]
  readonly state?: string
  readonly nonce?: string
  readonly prompt: readonly Prompt[]
  readonly maxAgeSeconds?: number
  readonly loginHint?: string
  /** The `sub` of a verified `id_token_hint`, as this client knows it. */
  readonly hintedSubject?: string
  /** BCP 47 tags in order of preference. */
  readonly uiLocales: readonly string[]
  readonly claimsLocales?: readonly string[]
  /** `acr_values`, in order of preference (a voluntary wish, OIDC Core §3.1.2.1). */
  readonly acrValues?: readonly string[]
  /** OIDC Core §5.5. */
  readonly claims?: ClaimsRequest
  /** RFC 8707 §2. */
  readonly resources?: readonly string[]
  /** RFC 9396 §2. */
  readonly authorizationDetails?: readonly AuthorizationDetail[]
  readonly codeChallenge?: string
  readonly codeChallengeMethod?: 'S256' | 'plain'
  /** RFC 9449 §10: the thumbprint of the key that the code must be exchanged with. */
  readonly dpopJkt?: string
  /** RFC 9126: the pushed request this came from; it is used up when the answer is given. */
  readonly pushedRequestId?: string
  /** What an upstream may want to know of the app's request, by name; kept only while a person is under way. */
  readonly forwardable?: readonly (readonly [name: string, value: string])[]
  /** The query as it arrived: a stale page starts again at exactly this request. */
  readonly query: string
}
