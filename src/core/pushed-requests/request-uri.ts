/** The `request_uri` of a pushed authorization request (RFC 9126 §2.2): nobody but us can make one. */

import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Handles } from '../handles/handles.ts'
import type { PushedRequestId } from './pushed-request.ts'

const PREFIX = 'urn:ietf:params:oauth:request_uri:'
const ID_BYTES = 16

export function sealRequestUri(handles: Handles, id: PushedRequestId): string {
  return `${PREFIX}${handles.seal('pushed-request', idToBytes(id))}`
}

export function isPushedRequestUri(requestUri: string): boolean {
  return requestUri.startsWith(PREFIX)
}

export function openRequestUri(handles: Handles, requestUri: string): PushedRequestId | undefined {
  const payload = handles.open('pushed-request', requestUri.slice(PREFIX.length))
  return payload?.length === ID_BYTES ? idFromBytes(payload) : undefined
}
