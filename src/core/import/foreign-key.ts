/** Keys as other systems write them, as JWKs: a private key of theirs, or the public key of an app. */

import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { JsonObject } from '../clients/client.ts'
import type { WrittenThing } from '../declarations/plan.ts'

export interface ForeignKey {
  /** PKCS #8. */
  readonly pem: string
  readonly publicJwk: JsonObject
  /** RFC 7638, base64url. */
  readonly thumbprint: string
  /** The algorithms that such a key can sign with; the first is meant when nothing is said. */
  readonly algorithms: readonly string[]
}

/** PKCS #1, PKCS #8 or SEC 1, PEM; Keycloak leaves out the lines around it. Nothing when it is no private key. */
export function readPrivateKey(text: string): ForeignKey | undefined {
  const key = text.includes('-----BEGIN')
    ? attempt(() => createPrivateKey(text))
    : (attempt(() => createPrivateKey(der(text, 'pkcs1'))) ?? attempt(() => createPrivateKey(der(text, 'pkcs8'))))
  if (key === undefined) return undefined
  const publicJwk = createPublicKey(key).export({ format: 'jwk' }) as JsonObject
  return {
    pem: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicJwk,
    thumbprint: thumbprintOf(publicJwk).toString('base64url'),
    algorithms: algorithmsOf(key),
  }
}

/** A public key or a certificate, PEM; its JWK. */
export function readPublicKey(text: string): JsonObject | undefined {
  return attempt(() => createPublicKey(text).export({ format: 'jwk' }) as JsonObject)
}

function der(base64: string, type: 'pkcs1' | 'pkcs8') {
  return { key: Buffer.from(base64, 'base64'), format: 'der', type } as const
}

/** RFC 7638 §3: the required members in the order of their names. */
export function thumbprintOf(jwk: JsonObject): Buffer {
  const names =
    jwk.kty === 'RSA' ? ['e', 'kty', 'n'] : jwk.kty === 'EC' ? ['crv', 'kty', 'x', 'y'] : ['crv', 'kty', 'x']
  const text = JSON.stringify(Object.fromEntries(names.map(name => [name, jwk[name]])))
  return createHash('sha256').update(text).digest()
}

function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): readonly string[] {
  if (asymmetricKeyType === 'rsa') return ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
  if (asymmetricKeyType === 'ed25519') return ['EdDSA']
  const curve = asymmetricKeyDetails?.namedCurve ?? ''
  return { prime256v1: ['ES256'], secp384r1: ['ES384'], secp521r1: ['ES512'] }[curve] ?? []
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

export interface ImportedKey {
  readonly kid: string
  readonly alg: string
  readonly pem: string
  readonly source: string
}

export function keyThing({ kid, alg, pem, source }: ImportedKey): WrittenThing {
  return { resource: 'keys', key: kid, source, document: { alg, pem } }
}
