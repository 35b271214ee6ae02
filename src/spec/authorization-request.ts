/** An authorization request (RFC 6749 §4.1.1, OIDC Core §3.1.2.1) after its rules held. Plain data: it is stored with the flow. */

export type Prompt = 'none' | 'login' | 'consent' | 'select_account'

export interface AuthorizationRequest {
  readonly clientId: string
  /** One of the client's registered URIs, verbatim. */
  readonly redirectUri: string
  readonly responseType: 'code'
  readonly scopes: readonly string[]
  readonly state?: string
  readonly nonce?: string
  readonly prompt: readonly Prompt[]
  readonly maxAgeSeconds?: number
  readonly loginHint?: string
  /** The `sub` of a verified `id_token_hint`. */
  readonly hintedSubject?: string
  /** BCP 47 tags in order of preference. */
  readonly uiLocales: readonly string[]
  readonly codeChallenge?: string
  readonly codeChallengeMethod?: 'S256' | 'plain'
  /** The query as it arrived: a stale page starts again at exactly this request. */
  readonly query: string
}
