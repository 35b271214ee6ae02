/** What an app polls with: the device code (RFC 8628 §3.2) and the authentication request id (CIBA Core §7.3), 256 bits each. */

import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Handles } from '../handles/handles.ts'
import type { DeferredGrant, DeferredGrantId } from './deferred-grant.ts'

const KINDS = { device: 'device-code', backchannel: 'auth-req-id' } as const

/** deferred grant id (16) */
export function sealDeferred(handles: Handles, { id, kind }: Pick<DeferredGrant, 'id' | 'kind'>): string {
  return handles.seal(KINDS[kind], idToBytes(id))
}

export function openDeferred(handles: Handles, kind: DeferredGrant['kind'], text: string): DeferredGrantId | undefined {
  const payload = handles.open(KINDS[kind], text)
  return payload?.length === 16 ? idFromBytes(payload) : undefined
}
