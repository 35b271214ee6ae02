/** The `state` of a sign-out at an upstream (RP-Initiated Logout §2): which sign-out it belongs to (16), and whose session it ended (16). */

import { idFromBytes, idToBytes } from '../../../lib/id.ts'
import type { FlowId } from '../../flow/flow.ts'
import type { Handles } from '../../handles/handles.ts'
import type { SessionId } from '../../sessions/session.ts'

export interface LogoutState {
  readonly flowId: FlowId
  readonly sessionId: SessionId
}

export function sealLogoutState(handles: Handles, { flowId, sessionId }: LogoutState): string {
  return handles.seal('logout-state', Buffer.concat([idToBytes(flowId), idToBytes(sessionId)]))
}

export function openLogoutState(handles: Handles, text: string): LogoutState | undefined {
  const payload = handles.open('logout-state', text)
  if (payload?.length !== 32) return undefined
  return { flowId: idFromBytes(payload.subarray(0, 16)), sessionId: idFromBytes(payload.subarray(16)) }
}
