/** The session cookie's value: session id (16), generation (4). A cookie from before the last change of authentication opens nothing. */

import { idFromBytes } from '../../lib/id.ts'
import type { Handles } from '../handles/handles.ts'
import type { Session, SessionId } from './session.ts'

export function sealSession(handles: Handles, session: Pick<Session, 'id' | 'generation'>): string {
  const payload = Buffer.allocUnsafe(20)
  payload.write(session.id, 0, 'hex')
  payload.writeUInt32BE(session.generation, 16)
  return handles.seal('session', payload)
}

export function openSession(
  handles: Handles,
  text: string,
): { readonly id: SessionId; readonly generation: number } | undefined {
  const payload = handles.open('session', text)
  if (payload?.length !== 20) return undefined
  return { id: idFromBytes(payload.subarray(0, 16)), generation: payload.readUInt32BE(16) }
}
