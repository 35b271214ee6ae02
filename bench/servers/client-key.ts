/** The key of the client that proves itself with signatures: made once per run, the same on every server. */

import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const PUBLIC_JWK = publicKey.export({ format: 'jwk' })

/** Registered as `jwks`. */
export const CLIENT_JWKS = { keys: [{ ...PUBLIC_JWK, kid: 'bench', alg: 'ES256', use: 'sig' }] }

/** RFC 7523 §3. */
export function clientAssertion(clientId: string, audience: string): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: clientId, sub: clientId, aud: audience, iat: now, exp: now + 60, jti: newJti() }
  return signed({ alg: 'ES256', kid: 'bench' }, claims, privateKey)
}

/** RFC 9449 §4.2. */
export function dpopProof(url: string): string {
  const claims = { htm: 'POST', htu: url, iat: Math.floor(Date.now() / 1000), jti: newJti() }
  return signed({ typ: 'dpop+jwt', alg: 'ES256', jwk: PUBLIC_JWK }, claims, privateKey)
}

function signed(header: object, claims: object, key: KeyObject): string {
  const input = [header, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

function newJti(): string {
  return randomBytes(16).toString('base64url')
}
