/**
 * Compact JWS (RFC 7515 §7.1) as somebody else made it: read apart, and verified with one key of the JWK that is held against it. For proofs
 * of possession, which come with every request: the one signature is all that it may cost.
 */

import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { ALGORITHMS, type SigningAlgorithm } from './jws.ts'

/** RFC 9449 §4.2, RFC 7518 §3.1: signatures with a key pair. In the order of discovery. */
export const PROOF_ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
] as const satisfies readonly SigningAlgorithm[]

export type ProofAlgorithm = (typeof PROOF_ALGORITHMS)[number]
export type JsonMembers = Readonly<Record<string, unknown>>

export interface CompactJws {
  readonly header: JsonMembers
  readonly payload: JsonMembers
  /** What is signed: ASCII of the first two parts. */
  readonly signingInput: string
  readonly signature: string
}

const SHAPE = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/
/** Above any honest proof or assertion, and far below what costs time to read. */
const MAX_LENGTH = 10_000

/** Its parts, nothing of them verified. Nothing when it is no compact JWS with JSON in it. */
export function parseCompactJws(text: string): CompactJws | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const [, head, body, signature] = SHAPE.exec(text) ?? []
  if (head === undefined || body === undefined || signature === undefined) return undefined
  const header = jsonObject(head)
  const payload = jsonObject(body)
  // RFC 7515 §4.1.11: no extension is understood here, so one that is critical makes the JWS invalid.
  if (header === undefined || payload === undefined || header.crit !== undefined) return undefined
  return { header, payload, signingInput: `${head}.${body}`, signature }
}

function jsonObject(part: string): JsonMembers | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMembers) : undefined
  } catch {
    return undefined
  }
}

/** RFC 7518 §6.1, RFC 8037 §2: the kind of JWK that an algorithm signs with. */
const KEY_TYPES = { rsa: 'RSA', 'rsa-pss': 'RSA', ecdsa: 'EC', edwards: 'OKP', 'ml-dsa': 'AKP', hmac: 'oct' } as const

/** RFC 7518 §3.4: each ECDSA algorithm has one curve. */
const CURVES: Readonly<Partial<Record<ProofAlgorithm, string>>> = {
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
  EdDSA: 'Ed25519',
}

/** The `alg` of a header as one of ours; never `none`, never a MAC. */
export function proofAlgorithmOf(alg: unknown): ProofAlgorithm | undefined {
  return PROOF_ALGORITHMS.find(candidate => candidate === alg)
}

/** The JWK is of the kind that the algorithm signs with: an `alg` never makes one kind of key pass for another. */
export function fitsAlgorithm(jwk: JsonMembers, alg: ProofAlgorithm): boolean {
  const curve = CURVES[alg]
  return (
    jwk.kty === KEY_TYPES[ALGORITHMS[alg].family] &&
    (curve === undefined || jwk.crv === curve) &&
    (jwk.alg === undefined || jwk.alg === alg) &&
    (jwk.use === undefined || jwk.use === 'sig')
  )
}

/** RFC 7518 §3.3: RSA keys have 2048 bits or more. A larger one than this only costs time. */
const RSA_BITS = { least: 2048, most: 8192 }

/** The public key in a JWK; nothing when there is none, or when it is too small to trust. */
export function publicKeyOf(jwk: JsonMembers): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: { ...jwk } as Record<string, string>, format: 'jwk' })
    const bits = key.asymmetricKeyDetails?.modulusLength
    return bits === undefined || (bits >= RSA_BITS.least && bits <= RSA_BITS.most) ? key : undefined
  } catch {
    return undefined
  }
}

export function verifySignature(
  { signingInput, signature }: CompactJws,
  alg: ProofAlgorithm,
  publicKey: KeyObject,
): boolean {
  const { digest, family } = ALGORITHMS[alg]
  const input = Buffer.from(signingInput, 'latin1')
  const bytes = Buffer.from(signature, 'base64url')
  // RFC 7518 §3.4: an ECDSA signature is R and S side by side, not DER. §3.5: the salt is as long as the digest.
  if (family === 'ecdsa') return verify(digest, input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes)
  if (family !== 'rsa-pss') return verify(digest, input, publicKey, bytes)
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants
  return verify(digest, input, { key: publicKey, padding, saltLength }, bytes)
}
