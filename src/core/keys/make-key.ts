/** New keys, sealed as they are made. */

import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { calculateJwkThumbprint } from 'jose'
import type { Random } from '../../lib/random.ts'
import { isEncryptionKey, isHouseKey } from './key-names.ts'
import type { KeySealer } from './key-sealer.ts'
import type { KeyPairName, PublicJwk, SealedKey } from './signing-key.ts'

export interface KeyMaking {
  readonly sealer: KeySealer
  readonly random: Random
}

export async function makeKey(alg: SealedKey['alg'], { sealer, random }: KeyMaking, now: Date): Promise<SealedKey> {
  const made = isHouseKey(alg)
    ? { kid: random.bytes(16).toString('hex'), publicJwk: '{}', secret: random.bytes(32) }
    : await makePair(alg)
  return sealKeyPair({ ...made, alg }, sealer, now)
}

/** `secret`: the private half, PKCS#8 in DER. */
export function sealKeyPair(
  { kid, alg, publicJwk, secret }: MadePair & Pick<SealedKey, 'alg'>,
  sealer: KeySealer,
  now: Date,
): SealedKey {
  return {
    kid,
    alg,
    publicJwk,
    sealedPrivateKey: sealer.seal(secret, sealContext({ kid, alg })),
    masterKeyId: sealer.masterKeyId,
    createdAt: now,
  }
}

export function sealContext({ kid, alg }: Pick<SealedKey, 'kid' | 'alg'>): string {
  return `signing-key:${alg}:${kid}`
}

interface MadePair {
  readonly kid: string
  readonly publicJwk: string
  readonly secret: Buffer
}

/** People paste a `kid` into commands, where one that begins with a dash (one of 64 does) would be an option. */
async function makePair(alg: KeyPairName): Promise<MadePair> {
  const made = await makeAnyPair(alg)
  return made.kid.startsWith('-') ? makePair(alg) : made
}

async function makeAnyPair(alg: KeyPairName): Promise<MadePair> {
  const { publicKey, privateKey } = await generatePair(alg)
  return { ...(await publicJwkOf(publicKey, alg)), secret: privateKey.export({ format: 'der', type: 'pkcs8' }) }
}

/** `kidElsewhere`: of a key that others know by another `kid` than its thumbprint. */
export async function publicJwkOf(
  publicKey: KeyObject,
  alg: KeyPairName,
  kidElsewhere?: string,
): Promise<Omit<MadePair, 'secret'>> {
  const { kty, crv, x, y, n, e, pub } = publicKey.export({ format: 'jwk' }) as Record<string, string>
  // RFC 7638 §3.2, and for ML-DSA its own `alg`: the members that make the key what it is.
  const named = { kty, ...(kty === 'AKP' ? { alg } : {}), crv, x, y, n, e, pub }
  const members = Object.entries(named).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const jwk: PublicJwk = Object.fromEntries(members)
  const kid = kidElsewhere ?? (await calculateJwkThumbprint({ ...jwk }))
  // RFC 7517 §4.4: `alg` is the one algorithm of a key. A key that is encrypted to serves several, so it names none.
  const usage = isEncryptionKey(alg) ? { use: 'enc' } : { alg, use: 'sig' }
  return { kid, publicJwk: JSON.stringify({ ...jwk, kid, ...usage }) }
}

const generate = promisify(generateKeyPair)

function generatePair(alg: KeyPairName): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  switch (alg) {
    case 'ES256':
    case 'ECDH-ES':
      return generate('ec', { namedCurve: 'P-256' })
    case 'ES384':
      return generate('ec', { namedCurve: 'P-384' })
    case 'ES512':
      return generate('ec', { namedCurve: 'P-521' })
    case 'EdDSA':
      return generate('ed25519', {})
    case 'ML-DSA-44':
      return generate('ml-dsa-44', {})
    case 'ML-DSA-65':
      return generate('ml-dsa-65', {})
    case 'ML-DSA-87':
      return generate('ml-dsa-87', {})
    default:
      // RFC 7518 §3.3: 2048 bits or more. Twice as many sign six times slower.
      return generate('rsa', { modulusLength: 2048 })
  }
}
