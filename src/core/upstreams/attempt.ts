/** An attempt: one way out to an upstream and back, of one flow in one browser. */

import { idToBytes } from '../../lib/id.ts'
import type { TraceCode } from '../audit/audit-event.ts'
import type { FlowId } from '../flow/flow.ts'
import type { Handles } from '../handles/handles.ts'
import type { Write } from '../unit-of-work.ts'
import type { AttemptId } from './attempt-id.ts'
import type { ClaimSources } from './mapping/mapping.ts'
import type { UpstreamUid } from './upstream.ts'

/**
 * `started`: the browser is away. `claimed`: it came back, and nobody else can come back with the same `state`. `answered`: what the
 * upstream said is verified and kept sealed. `settled`: it was used. `failed`: kept a while for `sallyport upstream dry-run --code`.
 */
export type AttemptState = 'started' | 'claimed' | 'answered' | 'settled' | 'failed'

/** How the upstream was asked, for the checks of its answer. */
export interface AttemptTerms {
  /** As it was sent; the token request repeats it (RFC 6749 §4.1.3). */
  readonly redirectUri: string
  readonly scopes: readonly string[]
  /** OIDC Core §3.1.2.1: asked with `prompt=none`, for an app that wants no page. */
  readonly silent: boolean
  /** A fresh proof was asked for (`prompt=login`, `max_age`): the upstream's `auth_time` is held to it. */
  readonly maxAgeSeconds?: number
  /** It came by the registration URL. */
  readonly registration: boolean
}

export interface Attempt {
  readonly id: AttemptId
  readonly flowId: FlowId
  readonly upstreamUid: UpstreamUid
  readonly traceCode: TraceCode
  readonly state: AttemptState
  readonly terms: AttemptTerms
  /** `UpstreamAnswer` as JSON, sealed under `attemptContext(id)`. */
  readonly sealedAnswer?: Uint8Array
  readonly createdAt: Date
  readonly expiresAt: Date
}

export interface UpstreamAnswer {
  readonly sources: ClaimSources
  /** The ID token as it came (inside its encryption), for `id_token_hint`. */
  readonly idToken?: string
  readonly accessToken?: string
  readonly refreshToken?: string
  /** ISO 8601. */
  readonly accessTokenExpiresAt?: string
  /** ISO 8601. */
  readonly receivedAt: string
}

export interface AttemptRepository {
  find(id: AttemptId): Promise<Attempt | undefined>
  /** The newest with an answer. */
  findByTraceCode(code: TraceCode): Promise<Attempt | undefined>
  /** Whoever they are about has not arrived yet; what expired may be among them. */
  listAnswered(upstreamUid: UpstreamUid): Promise<readonly Attempt[]>
  insert(attempt: Attempt): Write
  /** `state`, `sealedAnswer` and `expiresAt` change. Lost (`attempts.advance`) when the stored state is no longer `from`. */
  advance(attempt: Attempt, from: AttemptState): Write
}

export function attemptContext(id: AttemptId): string {
  return `upstream_attempt:${id}:answer`
}

/** What is derived from an attempt's id under our own key, so that none of it is stored. Each has 66 characters of base64url. */
export function attemptSecrets(
  handles: Handles,
  id: AttemptId,
): {
  /** RFC 6749 §10.12. */
  readonly state: string
  /** OIDC Core §3.1.2.1. */
  readonly nonce: string
  /** RFC 7636 §4.1. */
  readonly codeVerifier: string
} {
  const bytes = idToBytes(id)
  return {
    state: handles.seal('upstream-state', bytes),
    nonce: handles.seal('upstream-nonce', bytes),
    codeVerifier: handles.seal('upstream-verifier', bytes),
  }
}
