/** What apps sign to prove who they are and what they hold: assertions, DPoP proofs, attestations. Any part can be got wrong. */

import { generateKeyPairSync, hash, type KeyObject } from 'node:crypto'
import { CompactSign } from 'jose'
import type { JsonMembers } from '../../src/spec/compact-jws.ts'
import { jwkThumbprint } from '../../src/spec/jwk-thumbprint.ts'

export interface AppKey {
  readonly alg: string
  readonly privateKey: KeyObject
  /** The public key. */
  readonly jwk: JsonMembers & { readonly kid: string }
  readonly jkt: string
}

export function makeAppKey(alg = 'ES256'): AppKey {
  const { publicKey, privateKey } = pairFor(alg)
  const members = publicKey.export({ format: 'jwk' }) as JsonMembers
  const jkt = jwkThumbprint(members) ?? ''
  return { alg, privateKey, jwk: { ...members, kid: jkt.slice(0, 8), alg, use: 'sig' }, jkt }
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

function pairFor(alg: string): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  const namedCurve = CURVES[alg]
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve })
  return alg === 'EdDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('rsa', { modulusLength: 2048 })
}

/** `undefined` leaves a member out. */
export type Changes = Readonly<Record<string, unknown>>

export function signJws(key: KeyObject | Uint8Array, header: Changes, payload: Changes): Promise<string> {
  const bytes = Buffer.from(JSON.stringify(payload))
  const defined = JSON.parse(JSON.stringify(header)) as { alg: string }
  return new CompactSign(bytes).setProtectedHeader(defined).sign(key)
}

/** A JWS that nobody signed (RFC 7515 §6). */
export function unsignedJws(header: Changes, payload: Changes): string {
  const encode = (part: Changes): string => Buffer.from(JSON.stringify(part)).toString('base64url')
  return `${encode({ ...header, alg: 'none' })}.${encode(payload)}.`
}

let made = 0
/** An identifier that nothing else in this run has. */
export function freshId(): string {
  made += 1
  return `id-${process.pid}-${made}`
}

export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000)
}

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export function assertionClaims(clientId: string, audience: unknown, changes: Changes = {}): Changes {
  const iat = nowInSeconds()
  return { iss: clientId, sub: clientId, aud: audience, jti: freshId(), iat, exp: iat + 60, ...changes }
}

/** The parameters of a client that authenticates with `private_key_jwt`. */
export async function assertedBy(
  { alg, privateKey, jwk }: AppKey,
  clientId: string,
  audience: unknown,
  changes: Changes = {},
): Promise<{ client_assertion_type: string; client_assertion: string }> {
  const client_assertion = await signJws(
    privateKey,
    { alg, kid: jwk.kid },
    assertionClaims(clientId, audience, changes),
  )
  return { client_assertion_type: ASSERTION_TYPE, client_assertion }
}

export interface ProofChanges {
  readonly header?: Changes
  readonly payload?: Changes
}

/** A DPoP proof (RFC 9449 §4.2). `accessToken`: where it is used. */
export function dpopProof(
  { alg, privateKey, jwk }: AppKey,
  htm: string,
  htu: string,
  { header = {}, payload = {}, accessToken }: ProofChanges & { readonly accessToken?: string | undefined } = {},
): Promise<string> {
  const ath = accessToken === undefined ? undefined : hash('sha256', accessToken, 'base64url')
  const { kty, crv, x, y, n, e } = jwk
  return signJws(
    privateKey,
    { typ: 'dpop+jwt', alg, jwk: { kty, crv, x, y, n, e }, ...header },
    { jti: freshId(), htm, htu, iat: nowInSeconds(), ath, ...payload },
  )
}
