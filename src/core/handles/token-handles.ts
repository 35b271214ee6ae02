/** The layouts of codes, access and refresh tokens. All integers big-endian; times in seconds since the epoch. */

import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Random } from '../../lib/random.ts'
import type { ClientUid } from '../clients/client.ts'
import type { GrantId } from '../grants/grant.ts'
import type { Handles } from './handles.ts'

const ID = 16
const TIME = 5
const NONCE = 8
const ACCESS_HEAD = ID + TIME + TIME + NONCE

/** code := grant id (16) */
export function sealCode(handles: Handles, grantId: GrantId): string {
  return handles.seal('code', idToBytes(grantId))
}

export function openCode(handles: Handles, text: string): GrantId | undefined {
  const payload = handles.open('code', text)
  return payload?.length === ID ? idFromBytes(payload) : undefined
}

export interface RefreshToken {
  readonly grantId: GrantId
  readonly generation: number
}

/** refresh token := grant id (16), generation (4) */
export function sealRefreshToken(handles: Handles, token: RefreshToken): string {
  const payload = Buffer.allocUnsafe(ID + 4)
  payload.write(token.grantId, 0, 'hex')
  payload.writeUInt32BE(token.generation, ID)
  return handles.seal('refresh', payload)
}

export function openRefreshToken(handles: Handles, text: string): RefreshToken | undefined {
  const payload = handles.open('refresh', text)
  if (payload?.length !== ID + 4) return undefined
  return { grantId: idFromBytes(payload.subarray(0, ID)), generation: payload.readUInt32BE(ID) }
}

interface AccessTokenTimes {
  readonly issuedAt: number
  readonly expiresAt: number
}

export interface GrantAccessToken extends AccessTokenTimes {
  readonly kind: 'access'
  readonly grantId: GrantId
  /** Narrower than the grant's (RFC 6749 §6); absent: all of them. */
  readonly scopes?: readonly string[]
}

/** A client's own token (RFC 6749 §4.4): no row stands behind it, so its scopes are in it. */
export interface ClientAccessToken extends AccessTokenTimes {
  readonly kind: 'client-access'
  readonly clientUid: ClientUid
  readonly scopes: readonly string[]
}

export type AccessToken = GrantAccessToken | ClientAccessToken

/** access token := grant id or client uid (16), issued at (5), expires at (5), nonce (8), scopes (UTF-8, the rest) */
export function sealAccessToken(handles: Handles, token: AccessToken, random: Random): string {
  const scopes = token.scopes === undefined ? '' : token.scopes.join(' ')
  const payload = Buffer.allocUnsafe(ACCESS_HEAD + Buffer.byteLength(scopes))
  payload.write(token.kind === 'access' ? token.grantId : token.clientUid, 0, 'hex')
  payload.writeUIntBE(token.issuedAt, ID, TIME)
  payload.writeUIntBE(token.expiresAt, ID + TIME, TIME)
  random.bytes(NONCE).copy(payload, ID + TIME + TIME)
  payload.write(scopes, ACCESS_HEAD, 'utf8')
  return handles.seal(token.kind, payload)
}

export function openAccessToken(handles: Handles, text: string): AccessToken | undefined {
  const grantPayload = handles.open('access', text)
  const payload = grantPayload ?? handles.open('client-access', text)
  if (payload === undefined || payload.length < ACCESS_HEAD) return undefined
  const times = { issuedAt: payload.readUIntBE(ID, TIME), expiresAt: payload.readUIntBE(ID + TIME, TIME) }
  const id = payload.subarray(0, ID)
  const scopes = payload.toString('utf8', ACCESS_HEAD)
  if (grantPayload === undefined) {
    return {
      kind: 'client-access',
      clientUid: idFromBytes(id),
      scopes: scopes === '' ? [] : scopes.split(' '),
      ...times,
    }
  }
  return { kind: 'access', grantId: idFromBytes(id), ...(scopes === '' ? {} : { scopes: scopes.split(' ') }), ...times }
}
