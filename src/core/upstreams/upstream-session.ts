/** What a session of ours knows of the session at the upstream it came from: for sign-out, in both directions. */

import type { SessionId } from '../sessions/session.ts'
import type { Write } from '../unit-of-work.ts'
import type { UpstreamUid } from './upstream.ts'

export interface UpstreamSession {
  readonly sessionId: SessionId
  readonly upstreamUid: UpstreamUid
  /** `ssoid`: the subject of the identity. */
  readonly subject: string
  /** `sub` and `sid` as the ID token has them (OIDC Back-Channel Logout §2.4); `sub` differs from `subject` where another claim is mapped. */
  readonly sub?: string
  readonly sid?: string
  /** `SessionTokens` as JSON, sealed under `upstreamSessionContext`. */
  readonly sealedTokens?: Uint8Array
  readonly createdAt: Date
  /** With the session. */
  readonly expiresAt: Date
}

export interface SessionTokens {
  /** For `id_token_hint`. */
  readonly idToken?: string
  /** For the back-channel call. */
  readonly accessToken?: string
  readonly refreshToken?: string
}

export function upstreamSessionContext({
  sessionId,
  upstreamUid,
}: Pick<UpstreamSession, 'sessionId' | 'upstreamUid'>): string {
  return `upstream_session:${sessionId}:${upstreamUid}`
}

export interface UpstreamSessionRepository {
  listOfSession(sessionId: SessionId): Promise<readonly UpstreamSession[]>
  listBySid(upstreamUid: UpstreamUid, sid: string): Promise<readonly UpstreamSession[]>
  listBySub(upstreamUid: UpstreamUid, sub: string): Promise<readonly UpstreamSession[]>
  listBySubject(upstreamUid: UpstreamUid, subject: string): Promise<readonly UpstreamSession[]>
  /** Inserts or replaces. Never lost. */
  put(session: UpstreamSession): Write
  /** All that a session knows of upstreams lives as long as it does. Never lost. */
  prolong(sessionId: SessionId, expiresAt: Date): Write
  /** Lost (`upstreamSessions.delete`) when it is gone already: whoever deletes it tells the upstream, and nobody twice. */
  delete(sessionId: SessionId, upstreamUid: UpstreamUid): Write
}
