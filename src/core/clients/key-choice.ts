/** Which keys of a client's key set (RFC 7517) fit a signature or an encryption. */

import { createPublicKey, type KeyObject } from 'node:crypto'
import { type EncryptionAlgorithm, keyManagementOf } from '../../spec/jwe.ts'
import type { AsymmetricSigningAlgorithm } from '../../spec/jws.ts'
import type { JsonObject } from './client.ts'

/** Whoever leaves out the `kid` has few keys; more are not tried, for every one costs a signature check. */
const MAX_CANDIDATES = 10
/** RFC 7518 §3.3, §4.2. Above, one check would take as long as a sign-in. */
const RSA_BITS = { min: 2048, max: 8192 }

interface KeyShape {
  readonly kty: 'RSA' | 'EC' | 'OKP' | 'AKP'
  /** Absent: `crv` is not looked at. */
  readonly curves?: readonly string[]
}

const SIGNING_SHAPES: Readonly<Record<AsymmetricSigningAlgorithm, KeyShape>> = {
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  PS384: { kty: 'RSA' },
  PS512: { kty: 'RSA' },
  ES256: { kty: 'EC', curves: ['P-256'] },
  ES384: { kty: 'EC', curves: ['P-384'] },
  ES512: { kty: 'EC', curves: ['P-521'] },
  EdDSA: { kty: 'OKP', curves: ['Ed25519'] },
  'ML-DSA-44': { kty: 'AKP' },
  'ML-DSA-65': { kty: 'AKP' },
  'ML-DSA-87': { kty: 'AKP' },
}

/** The keys that may have made a signature: those of the `kid`, or else all that name none; without a `kid`, all that fit. */
export function verificationKeys(
  keys: readonly JsonObject[],
  alg: AsymmetricSigningAlgorithm,
  kid: string | undefined,
): readonly KeyObject[] {
  const fitting = keys.filter(
    jwk => hasShape(jwk, SIGNING_SHAPES[alg]) && isFor(jwk, 'sig', ['verify']) && namesAlgorithm(jwk, alg),
  )
  const named = fitting.filter(jwk => jwk.kid === kid)
  const chosen = kid === undefined ? fitting : named.length > 0 ? named : fitting.filter(jwk => jwk.kid === undefined)
  return opened(chosen.slice(0, MAX_CANDIDATES))
}

export interface EncryptionKey {
  readonly key: KeyObject
  readonly kid?: string
}

/** The first key that fits, and rather one that says it is for encryption, and for this algorithm (OIDC Core §10.2). */
export function encryptionKey(keys: readonly JsonObject[], alg: EncryptionAlgorithm): EncryptionKey | undefined {
  const isRsa = keyManagementOf(alg) === 'RSA-OAEP'
  const rank = (jwk: JsonObject): number => (jwk.use === 'enc' ? 0 : 2) + (jwk.alg === alg ? 0 : 1)
  const operations = ['encrypt', 'wrapKey', 'deriveKey', 'deriveBits']
  const fitting = keys
    .filter(jwk => (isRsa ? hasShape(jwk, { kty: 'RSA' }) : isAgreementKey(jwk)))
    .filter(jwk => isFor(jwk, 'enc', operations) && (jwk.alg === undefined || jwk.alg === alg))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, MAX_CANDIDATES)
  for (const jwk of fitting) {
    const key = open(jwk)
    if (key !== undefined) return { key, ...(typeof jwk.kid === 'string' ? { kid: jwk.kid } : {}) }
  }
  return undefined
}

/** RFC 7518 §6.2.1, RFC 8037 §2. */
function isAgreementKey(jwk: JsonObject): boolean {
  return (
    hasShape(jwk, { kty: 'EC', curves: ['P-256', 'P-384', 'P-521'] }) ||
    hasShape(jwk, { kty: 'OKP', curves: ['X25519'] })
  )
}

function hasShape({ kty, crv }: JsonObject, shape: KeyShape): boolean {
  return kty === shape.kty && (shape.curves === undefined || (shape.curves as readonly unknown[]).includes(crv))
}

/** RFC 7517 §4.2, §4.3. */
function isFor({ use, key_ops: operations }: JsonObject, wanted: 'sig' | 'enc', verbs: readonly string[]): boolean {
  if (use !== undefined && use !== wanted) return false
  return operations === undefined || (Array.isArray(operations) && operations.some(verb => verbs.includes(verb)))
}

function namesAlgorithm({ alg: named, kty }: JsonObject, alg: AsymmetricSigningAlgorithm): boolean {
  if (kty === 'AKP') return named === alg
  // RFC 9864 §2.2 calls EdDSA with this curve by the curve's name.
  return named === undefined || named === alg || (alg === 'EdDSA' && named === 'Ed25519')
}

function opened(keys: readonly JsonObject[]): readonly KeyObject[] {
  return keys.flatMap(jwk => open(jwk) ?? [])
}

/** Key sets stay in memory, so each of their keys is read once. */
const known = new WeakMap<JsonObject, { readonly key: KeyObject | undefined }>()

function open(jwk: JsonObject): KeyObject | undefined {
  const before = known.get(jwk)
  if (before !== undefined) return before.key
  const key = readPublicKey(jwk)
  known.set(jwk, { key })
  return key
}

function readPublicKey({ kty, crv, x, y, n, e, alg, pub }: JsonObject): KeyObject | undefined {
  try {
    // Public members alone: a private key that somebody published by mistake is no secret of ours.
    const members = { kty, crv, x, y, n, e, ...(kty === 'AKP' ? { alg, pub } : {}) }
    const given = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
    const key = createPublicKey({ key: given, format: 'jwk' })
    const bits = key.asymmetricKeyDetails?.modulusLength
    return bits !== undefined && (bits < RSA_BITS.min || bits > RSA_BITS.max) ? undefined : key
  } catch {
    return undefined
  }
}
