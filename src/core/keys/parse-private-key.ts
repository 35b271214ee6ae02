/** A private key as another server kept it (PEM or JWK) → the key, held against the rules for what it is to do. */

import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { JsonObject } from '../clients/client.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import { KEY_PAIRS } from './key-names.ts'
import type { KeyPairName } from './signing-key.ts'

export interface SaidKey {
  /** PKCS#1 or PKCS#8 (RFC 7468 §10), or SEC 1. */
  readonly pem?: string
  /** RFC 7517. */
  readonly jwk?: JsonObject
  /** What it is for; else what its JWK says, or the usual of its type. */
  readonly alg?: string
}

export interface ParsedKey {
  readonly key: KeyObject
  readonly alg: KeyPairName
}

type Mistakes = { readonly mistakes: readonly SettingsMistake[] }

/** The largest that is worth its time: each signature of a larger one holds up a thread for everybody. */
const MOST_BITS = 8192
const LONGEST_PEM = 20_000

export function parsePrivateKey({ pem, jwk, alg }: SaidKey): ParsedKey | Mistakes {
  if ((pem === undefined) === (jwk === undefined)) return wrong('pem', 'one of both', 'say either pem or jwk')
  const member = pem === undefined ? 'jwk' : 'pem'
  const key = pem === undefined ? keyOfJwk(jwk ?? {}) : keyOfPem(pem)
  if (typeof key === 'string') return wrong(member, 'private key', key)
  const weak = weaknessOf(key)
  if (weak !== undefined) return wrong(member, 'strong key', weak)
  const fitting = fittingAlgorithms(key)
  const said = alg ?? (typeof jwk?.alg === 'string' ? jwk.alg : fitting[0])
  const name = fitting.find(each => each === said)
  if (name === undefined) {
    return wrong('alg', 'fits the key', `"${said ?? ''}" does not go with this key: ${fitting.join(', ')}`)
  }
  return { key, alg: name }
}

function wrong(member: string, rule: string, message: string): Mistakes {
  return { mistakes: [{ member, rule, message }] }
}

function keyOfPem(pem: string): KeyObject | string {
  if (pem.length > LONGEST_PEM) return `is longer than ${LONGEST_PEM} characters`
  if (/ENCRYPTED/.test(pem)) return 'is encrypted: take its passphrase away first (openssl pkey -in FILE)'
  if (!/-----BEGIN (?:RSA |EC )?PRIVATE KEY-----/.test(pem)) {
    return 'is no private key in PEM: it begins with -----BEGIN PRIVATE KEY-----, RSA PRIVATE KEY or EC PRIVATE KEY'
  }
  return opened(() => createPrivateKey({ key: pem, format: 'pem' }))
}

function keyOfJwk(jwk: JsonObject): KeyObject | string {
  if (JSON.stringify(jwk).length > LONGEST_PEM) return `is longer than ${LONGEST_PEM} characters`
  // RFC 7518 §6.2.2, §6.3.2: what makes a key a private one.
  if (typeof jwk.d !== 'string' && typeof jwk.priv !== 'string') return 'has no private part (RFC 7518 §6.2.2, §6.3.2)'
  return opened(() => createPrivateKey({ key: { ...jwk }, format: 'jwk' }))
}

/** What OpenSSL says of a key may repeat a part of it, so nobody hears it. */
function opened(open: () => KeyObject): KeyObject | string {
  try {
    const key = open()
    return isWhole(key) ? key : 'is broken: its public part does not verify what its private part signs'
  } catch {
    return 'cannot be read as a private key'
  }
}

const PROBE = Buffer.from('sallyport')

function isWhole(key: KeyObject): boolean {
  // Ed25519 and ML-DSA bring their own digest.
  const digest = key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'ec' ? 'sha256' : null
  return verify(digest, PROBE, createPublicKey(key), sign(digest, PROBE, key))
}

function weaknessOf({ asymmetricKeyType, asymmetricKeyDetails: details = {} }: KeyObject): string | undefined {
  if (asymmetricKeyType !== 'rsa') return undefined
  const { modulusLength = 0, publicExponent = 0n } = details
  // RFC 7518 §3.3, §3.5: "A key of size 2048 bits or larger MUST be used".
  if (modulusLength < 2048) return `has ${modulusLength} bits: RSA keys have 2048 or more (RFC 7518 §3.3)`
  if (modulusLength > MOST_BITS) return `has ${modulusLength} bits: more than ${MOST_BITS} take too long to sign`
  // NIST SP 800-56B: smaller exponents have been broken where padding was careless.
  return publicExponent < 65_537n ? 'has a public exponent below 65537' : undefined
}

const OF_CURVE: Readonly<Record<string, readonly KeyPairName[]>> = {
  prime256v1: ['ES256', 'ECDH-ES'],
  secp384r1: ['ES384'],
  secp521r1: ['ES512'],
}
const OF_RSA: readonly KeyPairName[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'RSA-OAEP']

/** The usual one first. */
function fittingAlgorithms({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject) {
  switch (type) {
    case 'rsa':
      return OF_RSA
    case 'ec':
      return OF_CURVE[details?.namedCurve ?? ''] ?? []
    case 'ed25519':
      return ['EdDSA'] as const
    default:
      return KEY_PAIRS.filter(name => name.toLowerCase() === type)
  }
}
