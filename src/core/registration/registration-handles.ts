/** Tokens around a registration: who may register, and who may change what was registered. All integers big-endian. */

import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Client, ClientUid } from '../clients/client.ts'
import type { InitialAccessTokenId } from '../clients/initial-access-token.ts'
import type { Handles } from '../handles/handles.ts'

const ID = 16

/** registration access token (RFC 7592 §1.2) := client uid (16), generation (4); only the client's current generation counts */
export function sealRegistrationToken(handles: Handles, client: Client): string {
  const payload = Buffer.allocUnsafe(ID + 4)
  payload.write(client.uid, 0, 'hex')
  payload.writeUInt32BE(generationOf(client), ID)
  return handles.seal('registration', payload)
}

export interface RegistrationToken {
  readonly clientUid: ClientUid
  readonly generation: number
}

export function openRegistrationToken(handles: Handles, text: string): RegistrationToken | undefined {
  const payload = handles.open('registration', text)
  if (payload?.length !== ID + 4) return undefined
  return { clientUid: idFromBytes(payload.subarray(0, ID)), generation: payload.readUInt32BE(ID) }
}

export function generationOf({ registrationGeneration = 0 }: Client): number {
  return registrationGeneration
}

/** initial access token (RFC 7591 §1.2) := its id (16) */
export function sealInitialAccessToken(handles: Handles, id: InitialAccessTokenId): string {
  return handles.seal('initial-access', idToBytes(id))
}

export function openInitialAccessToken(handles: Handles, text: string): InitialAccessTokenId | undefined {
  const payload = handles.open('initial-access', text)
  return payload?.length === ID ? idFromBytes(payload) : undefined
}
