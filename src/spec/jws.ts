/**
 * Compact JWS (RFC 7515 §7.1) by hand: one concatenation and one signature. A general library costs about 45 µs more per token, which is
 * a quarter of a code exchange; everything that verifies tokens uses the library.
 */

import {
  constants,
  createHmac,
  createPublicKey,
  hash,
  type KeyObject,
  type SignKeyObjectInput,
  sign,
} from 'node:crypto'

export type SigningAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'HS256'
  | 'HS384'
  | 'HS512'
  | 'ML-DSA-44'
  | 'ML-DSA-65'
  | 'ML-DSA-87'

export type MacAlgorithm = Extract<SigningAlgorithm, `HS${string}`>
export type AsymmetricSigningAlgorithm = Exclude<SigningAlgorithm, MacAlgorithm>

type Family = 'rsa' | 'rsa-pss' | 'ecdsa' | 'edwards' | 'ml-dsa' | 'hmac'

interface AlgorithmRow {
  readonly family: Family
  /** RFC 7518 §3.1: the digest. None is named for EdDSA (RFC 8037 §3.1) and ML-DSA (FIPS 204), which hash inside. */
  readonly digest: 'sha256' | 'sha384' | 'sha512' | null
  /** Signs in the thread pool: RSA's 680 µs, or the larger curves' 400, would stall every other request. */
  readonly inThreadPool: boolean
}

/** In the order of discovery. OIDC Core §15.1: RS256 is always there. The one table of what each algorithm is made of. */
export const ALGORITHMS: Readonly<Record<SigningAlgorithm, AlgorithmRow>> = {
  RS256: { family: 'rsa', digest: 'sha256', inThreadPool: true },
  PS256: { family: 'rsa-pss', digest: 'sha256', inThreadPool: true },
  ES256: { family: 'ecdsa', digest: 'sha256', inThreadPool: false },
  EdDSA: { family: 'edwards', digest: null, inThreadPool: false },
  RS384: { family: 'rsa', digest: 'sha384', inThreadPool: true },
  RS512: { family: 'rsa', digest: 'sha512', inThreadPool: true },
  PS384: { family: 'rsa-pss', digest: 'sha384', inThreadPool: true },
  PS512: { family: 'rsa-pss', digest: 'sha512', inThreadPool: true },
  ES384: { family: 'ecdsa', digest: 'sha384', inThreadPool: true },
  ES512: { family: 'ecdsa', digest: 'sha512', inThreadPool: true },
  HS256: { family: 'hmac', digest: 'sha256', inThreadPool: false },
  HS384: { family: 'hmac', digest: 'sha384', inThreadPool: false },
  HS512: { family: 'hmac', digest: 'sha512', inThreadPool: false },
  'ML-DSA-44': { family: 'ml-dsa', digest: null, inThreadPool: true },
  'ML-DSA-65': { family: 'ml-dsa', digest: null, inThreadPool: true },
  'ML-DSA-87': { family: 'ml-dsa', digest: null, inThreadPool: true },
}

/** All that this runtime can do, in the order of discovery. */
export const SIGNING_ALGORITHMS: readonly SigningAlgorithm[] = algorithmsHere()

/** Those that sign with a key of ours and verify with a key that is published. */
export const ASYMMETRIC_SIGNING_ALGORITHMS: readonly AsymmetricSigningAlgorithm[] =
  SIGNING_ALGORITHMS.filter(isAsymmetric)

export function isAsymmetric(alg: SigningAlgorithm): alg is AsymmetricSigningAlgorithm {
  return ALGORITHMS[alg].family !== 'hmac'
}

/**
 * RFC 7518 §3.2: a key of a MAC is at least as long as the hash's output. OIDC Core §16.19: so many octets has a client secret.
 * 0 for algorithms that sign with a key pair.
 */
export function minSecretOctets(alg: SigningAlgorithm): number {
  const { family, digest } = ALGORITHMS[alg]
  return family !== 'hmac' ? 0 : digest === 'sha512' ? 64 : digest === 'sha384' ? 48 : 32
}

export interface JwsSigner {
  readonly alg: SigningAlgorithm
  readonly kid: string
  /** `typ`: what kind of token it is (RFC 8725 §3.11); `JWT` when absent. */
  sign(payload: object, typ?: string): Promise<string> | string
}

/** For a MAC the key is a client's secret, which has no name: `kid` is left out of the header when it is empty. */
export function createJwsSigner(alg: SigningAlgorithm, kid: string, key: KeyObject): JwsSigner {
  const { inThreadPool } = ALGORITHMS[alg]
  const headerFor = (typ: string): string => base64url(JSON.stringify({ alg, typ, ...(kid === '' ? {} : { kid }) }))
  const usual = headerFor('JWT')
  // The kinds of tokens are written in the code, so there are few.
  const others = new Map<string, string>()
  const encodedHeader = (typ: string): string => {
    const known = others.get(typ)
    if (known !== undefined) return known
    const made = headerFor(typ)
    others.set(typ, made)
    return made
  }
  const signBytes = createSignature(alg, key)
  return {
    alg,
    kid,
    sign(payload, typ = 'JWT') {
      const header = typ === 'JWT' ? usual : encodedHeader(typ)
      const input = `${header}.${base64url(JSON.stringify(payload))}`
      const bytes = Buffer.from(input, 'latin1')
      if (!inThreadPool) return `${input}.${signBytes.now(bytes).toString('base64url')}`
      return new Promise((resolve, reject) => {
        signBytes.inThreadPool(bytes, (error, signature) => {
          if (error === null) resolve(`${input}.${signature.toString('base64url')}`)
          else reject(error)
        })
      })
    },
  }
}

interface Signature {
  now(bytes: Buffer): Buffer
  inThreadPool(bytes: Buffer, done: (error: Error | null, signature: Buffer) => void): void
}

function createSignature(alg: SigningAlgorithm, key: KeyObject): Signature {
  const { family, digest } = ALGORITHMS[alg]
  if (family === 'hmac') {
    const mac = (bytes: Buffer): Buffer =>
      createHmac(digest ?? 'sha256', key)
        .update(bytes)
        .digest()
    return { now: mac, inThreadPool: (bytes, done) => done(null, mac(bytes)) }
  }
  const input = signatureInput(family, key)
  return {
    now: bytes => sign(digest, bytes, input),
    inThreadPool: (bytes, done) => sign(digest, bytes, input, done),
  }
}

function signatureInput(family: Family, key: KeyObject): KeyObject | SignKeyObjectInput {
  // RFC 7518 §3.4: an ECDSA signature is R and S side by side, not DER.
  if (family === 'ecdsa') return { key, dsaEncoding: 'ieee-p1363' }
  // RFC 7518 §3.5: MGF1 with the same hash, and a salt as long as its output.
  if (family === 'rsa-pss') {
    return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  }
  return key
}

/**
 * OIDC Core §3.1.3.6: the left half of the hash of the ASCII token, by the hash of the ID token's `alg`.
 * EdDSA and ML-DSA name none; implementations agree on the one inside the signature: SHA-512 (RFC 8032 §5.1), SHAKE256 (FIPS 204 §3.7).
 */
export function halfHash(alg: SigningAlgorithm, token: string): string {
  const { family, digest } = ALGORITHMS[alg]
  const whole =
    family === 'ml-dsa'
      ? hash('shake256', token, { outputEncoding: 'buffer', outputLength: 64 })
      : hash(digest ?? 'sha512', token, 'buffer')
  return whole.subarray(0, whole.length / 2).toString('base64url')
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}

function algorithmsHere(): readonly SigningAlgorithm[] {
  const all = Object.keys(ALGORITHMS) as SigningAlgorithm[]
  return hasMlDsa() ? all : all.filter(alg => ALGORITHMS[alg].family !== 'ml-dsa')
}

/** OpenSSL has it since 3.5, and a runtime may be built on an older one. */
function hasMlDsa(): boolean {
  // FIPS 204 table 2: a public key of ML-DSA-44 has 1312 bytes, and any 1312 bytes are one.
  const pub = Buffer.alloc(1312).toString('base64url')
  try {
    const key: Record<string, string> = { kty: 'AKP', alg: 'ML-DSA-44', pub }
    createPublicKey({ key, format: 'jwk' })
    return true
  } catch {
    return false
  }
}
