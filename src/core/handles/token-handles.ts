/** The layouts of codes, access and refresh tokens. All integers big-endian; times in seconds since the epoch. */

import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Random } from '../../lib/random.ts'
import type { AuthorizationDetail } from '../../spec/authorization-details.ts'
import type { Confirmation } from '../../spec/confirmation.ts'
import type { ClientUid } from '../clients/client.ts'
import type { Actor, GrantId } from '../grants/grant.ts'
import type { Handles } from './handles.ts'

const ID = 16
const TIME = 5
const NONCE = 8
const THUMBPRINT = 32
const JKT = 1
const X5T = 2
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
  /** RFC 9449 §5, RFC 8705 §4: a public client's refresh token is bound to the key or certificate it was issued to. */
  readonly cnf?: Confirmation
}

/** refresh token := grant id (16), generation (4), and, when it is bound, kind of confirmation (1), thumbprint (32) */
export function sealRefreshToken(handles: Handles, token: RefreshToken): string {
  const payload = Buffer.allocUnsafe(ID + 4 + (token.cnf === undefined ? 0 : 1 + THUMBPRINT))
  payload.write(token.grantId, 0, 'hex')
  payload.writeUInt32BE(token.generation, ID)
  if (token.cnf !== undefined) {
    const [kind, thumbprint] = 'jkt' in token.cnf ? [JKT, token.cnf.jkt] : [X5T, token.cnf['x5t#S256']]
    payload.writeUInt8(kind, ID + 4)
    payload.write(thumbprint, ID + 5, 'base64url')
  }
  return handles.seal('refresh', payload)
}

export function openRefreshToken(handles: Handles, text: string): RefreshToken | undefined {
  const payload = handles.open('refresh', text)
  if (payload?.length !== ID + 4 && payload?.length !== ID + 5 + THUMBPRINT) return undefined
  const token = { grantId: idFromBytes<'grant'>(payload.subarray(0, ID)), generation: payload.readUInt32BE(ID) }
  if (payload.length === ID + 4) return token
  const thumbprint = payload.toString('base64url', ID + 5)
  return { ...token, cnf: payload[ID + 4] === JKT ? { jkt: thumbprint } : { 'x5t#S256': thumbprint } }
}

interface AccessTokenTimes {
  readonly issuedAt: number
  readonly expiresAt: number
}

/** What is in the token itself, because it can differ from one token of a grant to the next. */
export interface AccessTokenTerms {
  /** Sender-constrained (RFC 9449 §6, RFC 8705 §3). */
  readonly cnf?: Confirmation
  /** The resource servers it is for (RFC 8707 §2.2); absent: only our own endpoints and the client. */
  readonly audience?: readonly string[]
  /** RFC 9396 §6: narrower than the grant's; absent: all of them. */
  readonly details?: readonly AuthorizationDetail[]
  /** RFC 8693 §4.1: who acts with this token. */
  readonly actor?: Actor
  /** RFC 8693: the client that got it for another client's token; absent: whose grant it is. */
  readonly issuedTo?: ClientUid
}

export interface GrantAccessToken extends AccessTokenTimes, AccessTokenTerms {
  readonly kind: 'access'
  readonly grantId: GrantId
  /** Narrower than the grant's (RFC 6749 §6); absent: all of them. */
  readonly scopes?: readonly string[]
}

/** A client's own token (RFC 6749 §4.4): no row stands behind it, so its scopes are in it. */
export interface ClientAccessToken extends AccessTokenTimes, AccessTokenTerms {
  readonly kind: 'client-access'
  readonly clientUid: ClientUid
  readonly scopes: readonly string[]
}

export type AccessToken = GrantAccessToken | ClientAccessToken

/**
 * access token := grant id or client uid (16), issued at (5), expires at (5), nonce (8), and then the rest:
 * nothing; scopes (UTF-8); or, with terms, a zero byte and JSON. `as`: `jwt-access` for the `jti` of a JWT access token, which says
 * the same and opens nothing by itself.
 */
export function sealAccessToken(
  handles: Handles,
  token: AccessToken,
  random: Random,
  as: 'token' | 'jti' = 'token',
): string {
  const rest = encodeRest(token)
  const payload = Buffer.allocUnsafe(ACCESS_HEAD + rest.length)
  payload.write(token.kind === 'access' ? token.grantId : token.clientUid, 0, 'hex')
  payload.writeUIntBE(token.issuedAt, ID, TIME)
  payload.writeUIntBE(token.expiresAt, ID + TIME, TIME)
  random.bytes(NONCE).copy(payload, ID + TIME + TIME)
  rest.copy(payload, ACCESS_HEAD)
  if (as === 'token') return handles.seal(token.kind, payload)
  return handles.seal('jwt-access', Buffer.concat([Buffer.from([token.kind === 'access' ? 0 : 1]), payload]))
}

export function openAccessToken(handles: Handles, text: string): AccessToken | undefined {
  const grantPayload = handles.open('access', text)
  if (grantPayload !== undefined) return decode('access', grantPayload)
  const payload = handles.open('client-access', text)
  return payload === undefined ? undefined : decode('client-access', payload)
}

/** The `jti` of a JWT access token whose signature was verified. */
export function openJwtAccessTokenId(handles: Handles, jti: string): AccessToken | undefined {
  const payload = handles.open('jwt-access', jti)
  if (payload === undefined || payload.length === 0) return undefined
  return decode(payload[0] === 0 ? 'access' : 'client-access', payload.subarray(1))
}

interface Rest extends AccessTokenTerms {
  readonly scopes?: readonly string[]
}

function encodeRest({ scopes, cnf, audience, details, actor, issuedTo }: AccessToken): Buffer {
  const isPlain =
    cnf === undefined &&
    audience === undefined &&
    details === undefined &&
    actor === undefined &&
    issuedTo === undefined
  // No scope at all is not the same as all scopes, so an empty list takes the form that can say so.
  if (isPlain && scopes?.length !== 0) return Buffer.from(scopes === undefined ? '' : scopes.join(' '))
  return Buffer.from(`\0${JSON.stringify({ scopes, cnf, audience, details, actor, issuedTo })}`)
}

function decodeRest(bytes: Buffer): Rest {
  if (bytes.length === 0) return {}
  // RFC 6749 §3.3: no scope token holds a zero byte.
  if (bytes[0] !== 0) return { scopes: bytes.toString('utf8').split(' ') }
  return JSON.parse(bytes.toString('utf8', 1)) as Rest
}

function decode(kind: AccessToken['kind'], payload: Buffer): AccessToken | undefined {
  if (payload.length < ACCESS_HEAD) return undefined
  const times = { issuedAt: payload.readUIntBE(ID, TIME), expiresAt: payload.readUIntBE(ID + TIME, TIME) }
  const id = payload.subarray(0, ID)
  const rest = decodeRest(payload.subarray(ACCESS_HEAD))
  return kind === 'access'
    ? { kind, grantId: idFromBytes(id), ...rest, ...times }
    : { kind, clientUid: idFromBytes(id), ...rest, scopes: rest.scopes ?? [], ...times }
}
