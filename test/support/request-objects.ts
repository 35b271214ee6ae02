/** A client's own keys, and the request objects it makes with them (RFC 9101). */

import * as jose from 'jose'
import type { JsonObject } from '../../src/core/clients/client.ts'

export interface SigningKeys {
  readonly alg: string
  readonly privateKey: CryptoKey
  /** For the `jwks` of a registration. */
  readonly jwks: { readonly keys: readonly JsonObject[] }
}

export async function makeKeys(alg: string, kid = alg): Promise<SigningKeys> {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true })
  return { alg, privateKey, jwks: { keys: [{ ...(await jose.exportJWK(publicKey)), kid, alg, use: 'sig' }] } }
}

export interface RequestObjectHow {
  readonly typ?: string
  readonly kid?: string
}

export function signedObject(
  { alg, privateKey, jwks }: SigningKeys,
  claims: Readonly<Record<string, unknown>>,
  { typ, kid }: RequestObjectHow = {},
): Promise<string> {
  const header = { alg, kid: kid ?? String(jwks.keys[0]?.kid), ...(typ === undefined ? {} : { typ }) }
  return new jose.CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader(header).sign(privateKey)
}

/** RFC 7519 §6.1. */
export function unsignedObject(claims: Readonly<Record<string, unknown>>): string {
  return `${encode({ alg: 'none' })}.${encode(claims)}.`
}

/** To the server's own key for that algorithm, as it is published. */
export async function encryptedObject(
  issuer: string,
  content: string,
  { alg, enc, cty = 'JWT' }: { readonly alg: string; readonly enc: string; readonly cty?: string },
): Promise<string> {
  const { keys } = (await (await fetch(`${issuer}/jwks`)).json()) as { keys: readonly jose.JWK[] }
  const kty = alg.startsWith('RSA') ? 'RSA' : 'EC'
  const jwk = keys.find(key => key.use === 'enc' && key.kty === kty)
  if (jwk === undefined) throw new Error(`no ${kty} key to encrypt to`)
  return new jose.CompactEncrypt(Buffer.from(content))
    .setProtectedHeader({ alg, enc, cty, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) })
    .encrypt(await jose.importJWK({ ...jwk, alg }))
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
