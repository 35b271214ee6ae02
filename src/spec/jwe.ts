/** Compact JWE (RFC 7516 §7.1): key management and content encryption (RFC 7518 §4.1, §5.1), done by the library. */

import { hash, type KeyObject } from 'node:crypto'
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose'

/** In the order of discovery. Never with a password (PBES2): whoever sends the message would choose how long we compute. */
export const ENCRYPTION_ALGORITHMS = [
  'RSA-OAEP-256',
  'RSA-OAEP',
  'RSA-OAEP-384',
  'RSA-OAEP-512',
  'ECDH-ES',
  'ECDH-ES+A128KW',
  'ECDH-ES+A192KW',
  'ECDH-ES+A256KW',
  'A128KW',
  'A192KW',
  'A256KW',
  'A128GCMKW',
  'A192GCMKW',
  'A256GCMKW',
  'dir',
] as const

export const ENCRYPTION_ENCS = [
  'A128CBC-HS256',
  'A192CBC-HS384',
  'A256CBC-HS512',
  'A128GCM',
  'A192GCM',
  'A256GCM',
] as const

export type EncryptionAlgorithm = (typeof ENCRYPTION_ALGORITHMS)[number]
export type EncryptionEnc = (typeof ENCRYPTION_ENCS)[number]

/** Whose key it is: a key pair of the reader, or a secret that both share. */
export type KeyManagement = 'RSA-OAEP' | 'ECDH-ES' | 'secret'

export function keyManagementOf(alg: EncryptionAlgorithm): KeyManagement {
  if (alg.startsWith('RSA-OAEP')) return 'RSA-OAEP'
  return alg.startsWith('ECDH-ES') ? 'ECDH-ES' : 'secret'
}

/** RFC 7518 §5.1: AES-CBC with HMAC takes two keys, one after the other. */
const ENC_BITS: Readonly<Record<EncryptionEnc, number>> = {
  'A128CBC-HS256': 256,
  'A192CBC-HS384': 384,
  'A256CBC-HS512': 512,
  A128GCM: 128,
  A192GCM: 192,
  A256GCM: 256,
}

/** OIDC Core §10.2: the key that a client secret stands for: its SHA-2 hash, cut to as many bits as the algorithm takes. */
export function secretEncryptionKey(secret: string, alg: EncryptionAlgorithm, enc: EncryptionEnc): Uint8Array {
  const bits = alg === 'dir' ? ENC_BITS[enc] : Number(alg.slice(1, 4))
  const digest = bits <= 256 ? 'sha256' : bits <= 384 ? 'sha384' : 'sha512'
  return hash(digest, secret, 'buffer').subarray(0, bits / 8)
}

export interface EncryptionHeader {
  readonly alg: EncryptionAlgorithm
  readonly enc: EncryptionEnc
  /** Which key of the reader; absent for a shared secret. */
  readonly kid?: string
  /** RFC 7519 §5.2: `JWT` when a signed token is inside. */
  readonly cty?: string
  readonly typ?: string
}

export function encryptJwe(plaintext: string, header: EncryptionHeader, key: KeyObject | Uint8Array): Promise<string> {
  return new CompactEncrypt(Buffer.from(plaintext)).setProtectedHeader({ ...header }).encrypt(key)
}

export interface DecryptedJwe {
  readonly plaintext: Buffer
  readonly alg: EncryptionAlgorithm
  readonly enc: EncryptionEnc
}

/** A request object of `request_uri` may have 100 kB; in base64url, encrypted, a third more. */
const MAX_JWE_LENGTH = 150_000

/** What a JWE says of itself; nothing of it is proven. `undefined` when it is no JWE of an algorithm that we take. */
export function readJweHeader(
  jwe: string,
): { readonly alg: EncryptionAlgorithm; readonly enc: EncryptionEnc; readonly kid?: string } | undefined {
  if (jwe.length > MAX_JWE_LENGTH || jwe.split('.', 6).length !== 5) return undefined
  try {
    const { alg, enc, kid, zip, crit } = decodeProtectedHeader(jwe)
    // RFC 8725 §3.6: what is small when it comes may be huge once it is unpacked. RFC 7516 §4.1.13: no extension is understood.
    if (zip !== undefined || crit !== undefined) return undefined
    if (!isOneOf(ENCRYPTION_ALGORITHMS, alg) || !isOneOf(ENCRYPTION_ENCS, enc)) return undefined
    return { alg, enc, ...(typeof kid === 'string' ? { kid } : {}) }
  } catch {
    return undefined
  }
}

/** `undefined` for whatever is wrong with it: RFC 7516 §11.5, an answer that tells more makes an oracle. */
export async function decryptJwe(jwe: string, key: KeyObject | Uint8Array): Promise<DecryptedJwe | undefined> {
  const header = readJweHeader(jwe)
  if (header === undefined) return undefined
  const { alg, enc } = header
  try {
    const { plaintext } = await compactDecrypt(jwe, key, {
      keyManagementAlgorithms: [alg],
      contentEncryptionAlgorithms: [enc],
    })
    return { plaintext: Buffer.from(plaintext), alg, enc }
  } catch {
    return undefined
  }
}

function isOneOf<T extends string>(list: readonly T[], value: unknown): value is T {
  return (list as readonly unknown[]).includes(value)
}
