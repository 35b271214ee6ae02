/**
 * An `id_token_hint` as a flow keeps it. The request is stored so that a stale page can start it again; the ID token in it, with all
 * that it says about a person, is not: a handle that only says whom it named takes its place.
 */

import { decodeName } from '../../spec/params.ts'
import type { ClientUid } from '../clients/client.ts'
import type { Handles } from '../handles/handles.ts'

/** hint := client uid, a space, the subject as this client knows it */
export function sealKeptHint(handles: Handles, clientUid: ClientUid, subject: string): string {
  return handles.seal('hint', Buffer.from(`${clientUid} ${subject}`))
}

/** The subject, when the text is a hint that a flow of this client kept. */
export function openKeptHint(handles: Handles, clientUid: ClientUid, text: string): string | undefined {
  const payload = handles.open('hint', text)?.toString('utf8')
  return payload?.startsWith(`${clientUid} `) ? payload.slice(clientUid.length + 1) : undefined
}

/** The query with the kept hint instead of the ID token; everything else as it came. */
export function withKeptHint(query: string, kept: string): string {
  return query
    .split('&')
    .map(pair => (decodeName(pair) === 'id_token_hint' ? `id_token_hint=${kept}` : pair))
    .join('&')
}
