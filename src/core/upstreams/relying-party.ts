/** We as the relying party of an upstream (OIDC Core §1.2): every word we say to it, and every check of what it answers. */

import type { Params } from '../../spec/params.ts'
import type { Refusal } from '../../spec/refusal.ts'
import type { JsonObject } from '../clients/client.ts'
import type { TraceEntry } from '../flow/flow.ts'
import type { Attempt, UpstreamAnswer } from './attempt.ts'
import type { StoredTokens } from './identity.ts'
import type { Upstream, UpstreamEndpoints } from './upstream.ts'

/** One line for the trace of a flow; the flow adds the time. */
export type TraceLine = Omit<TraceEntry, 'at'>

/** What the app behind it asked for, as far as the upstream lets it through. */
export interface AuthorizationWishes {
  readonly loginHint?: string
  readonly maxAgeSeconds?: number
  readonly uiLocales?: readonly string[]
  readonly acrValues?: readonly string[]
  /** The app wants a fresh proof, or the person chose so: sent whatever the upstream's `prompt` says. */
  readonly prompt?: 'none' | 'login' | 'select_account'
  /** Forwarded and persisted parameters, already chosen by name; never one that we set ourselves. */
  readonly further: readonly (readonly [name: string, value: string])[]
}

export interface Received {
  readonly lines: readonly TraceLine[]
  /** The answer as far as it came, also beside a refusal: what can be replayed. */
  readonly answer?: UpstreamAnswer
  readonly refusal?: Refusal
}

export interface LogoutClaims {
  readonly sub?: string
  readonly sid?: string
  readonly jti: string
  /** When the token itself is no longer accepted. */
  readonly expiresAt: Date
}

/** One line of `sallyport upstream test`. */
export interface CheckLine {
  readonly what: string
  readonly outcome: 'good' | 'warning' | 'bad'
  /** A sentence. */
  readonly detail: string
}

export interface RelyingParty {
  /** Discovered where needed (and stored), typed by hand first. A refusal when what a sign-in needs is missing or contradicts itself. */
  endpoints(upstream: Upstream): Promise<UpstreamEndpoints | Refusal>
  /** OIDC Core §3.1.2.1. `attempt` gives state, nonce and code verifier. */
  authorizationUrl(upstream: Upstream, attempt: Attempt, wishes: AuthorizationWishes): Promise<string | Refusal>
  /** The whole way from the authorization response to verified claims (OIDC Core §3.1.2.5 to §5.3.4); the attempt is claimed already. */
  receive(upstream: Upstream, attempt: Attempt, response: Params): Promise<Received>
  /** RFC 6749 §6: fresh tokens for the stored ones. A new ID token is held against the one from before (OIDC Core §12.2), or left out. */
  refresh(upstream: Upstream, refreshToken: string, idToken?: string): Promise<StoredTokens | Refusal>
  /** OIDC Back-Channel Logout §2.6. */
  verifyLogoutToken(upstream: Upstream, token: string): Promise<LogoutClaims | Refusal>
  /** RP-Initiated Logout §2, Aurora's RP URL: one call from us to the upstream; a refusal when it did not take it. */
  callLogout(upstream: Upstream, call: LogoutCall): Promise<Refusal | undefined>
  /** RP-Initiated Logout §2 by the browser; nothing when the upstream has no place for it. */
  logoutUrl(upstream: Upstream, logout: LogoutRedirect): Promise<string | undefined>
  /** Reads the discovery document again and stores it when it changed; a refusal says why it could not be taken. */
  refreshMetadata(upstream: Upstream): Promise<Upstream | Refusal>
  /** For `upstream test`: discovery, keys, endpoints, our credentials, without signing anybody in. */
  check(upstream: Upstream): Promise<readonly CheckLine[]>
  /** The claims of a JWT without any check, for dry runs. */
  readUnverified(jwt: string): JsonObject | undefined
}

export interface LogoutCall {
  readonly idToken?: string
  readonly accessToken?: string
  readonly refreshToken?: string
  /** Of the app's own sign-out request, when the upstream wants them. */
  readonly further: readonly (readonly [name: string, value: string])[]
}

export interface LogoutRedirect {
  readonly idToken?: string
  /** Ours, where the browser comes back to; replaced by the upstream's own setting. */
  readonly returnUri: string
  readonly state: string
  readonly further: readonly (readonly [name: string, value: string])[]
}

/** Where the upstream sends the browser back to; Keycloak's path, so that what is registered there may stay. */
export function redirectUriOf(
  issuer: string,
  { alias, redirectUriOverride }: Pick<Upstream, 'alias' | 'redirectUriOverride'>,
): string {
  return redirectUriOverride ?? `${issuer}/broker/${alias}/endpoint`
}
