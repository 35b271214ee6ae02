/** The tokens of a session at an upstream: sealed with its row, opened when somebody signs out. */

import type { KeySealer } from '../../keys/key-sealer.ts'
import { type SessionTokens, type UpstreamSession, upstreamSessionContext } from '../upstream-session.ts'

type SessionKey = Pick<UpstreamSession, 'sessionId' | 'upstreamUid'>

export function sealSessionTokens(key: SessionKey, tokens: SessionTokens, sealer: Pick<KeySealer, 'seal'>): Uint8Array {
  return sealer.seal(Buffer.from(JSON.stringify(tokens)), upstreamSessionContext(key))
}

export function openSessionTokens(
  session: SessionKey & Pick<UpstreamSession, 'sealedTokens'>,
  sealer: Pick<KeySealer, 'open'>,
): SessionTokens {
  if (session.sealedTokens === undefined) return {}
  const plain = sealer.open(Buffer.from(session.sealedTokens), upstreamSessionContext(session))
  return JSON.parse(plain.toString('utf8')) as SessionTokens
}
