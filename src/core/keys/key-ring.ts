/** The key ring: the signing keys in use, opened once, and the key set that apps fetch (RFC 7517). */

import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { calculateJwkThumbprint } from 'jose'
import type { Random } from '../../lib/random.ts'
import { createJwsSigner, type JwsSigner, SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../spec/jws.ts'
import { createHandles, type Handles } from '../handles/handles.ts'
import type { Commit } from '../unit-of-work.ts'
import type { KeyRepository, PublicJwk, SealedKey } from './signing-key.ts'

export interface KeyRing {
  /** Throws for HS*, which sign with the client's own secret. */
  signer(alg: SigningAlgorithm): Promise<JwsSigner>
  /** The public key of a `kid`, retired ones included. */
  publicKey(kid: string): { readonly key: KeyObject; readonly alg: SigningAlgorithm } | undefined
  readonly jwks: { readonly keys: readonly PublicJwk[] }
  readonly handles: Handles
}

/** AES-256-GCM under the master key; `context` names the row, so that sealed keys cannot be swapped. */
export interface KeySealer {
  readonly masterKeyId: string
  seal(plain: Buffer, context: string): Buffer
  /** Throws when the box was sealed under another master key or for another row. */
  open(box: Buffer, context: string): Buffer
}

export interface KeyRingPorts {
  readonly keys: KeyRepository
  readonly commit: Commit
  readonly sealer: KeySealer
  readonly random: Random
}

/** The keys of this database were sealed under another master key. */
export class WrongMasterKey extends Error {
  override readonly name = 'WrongMasterKey'
}

/** Opens the stored keys; makes those that are missing first. */
export async function openKeyRing(ports: KeyRingPorts, now: Date): Promise<KeyRing> {
  const stored = await ports.keys.list()
  const missing = ([...SIGNING_ALGORITHMS, 'handle'] as const).filter(
    alg => !stored.some(key => key.alg === alg && key.retiredAt === undefined),
  )
  if (missing.length > 0) {
    const made = await Promise.all(missing.map(alg => makeKey(alg, ports, now)))
    // Two nodes that start at once both make keys; the first one's are kept, so each is committed alone and losing is fine.
    await Promise.all(made.map(key => ports.commit([ports.keys.insertFirst(key)])))
  }
  return assemble(missing.length > 0 ? await ports.keys.list() : stored, ports.sealer)
}

function assemble(keys: readonly SealedKey[], sealer: KeySealer): KeyRing {
  const signers = new Map<SigningAlgorithm, JwsSigner>()
  const publicKeys = new Map<string, { key: KeyObject; alg: SigningAlgorithm }>()
  const published: PublicJwk[] = []
  let handles: Handles | undefined
  for (const sealed of keys) {
    const opened = openKey(sealed, sealer)
    if (sealed.alg === 'handle') {
      if (sealed.retiredAt === undefined) handles = createHandles(opened)
      continue
    }
    const jwk = JSON.parse(sealed.publicJwk) as PublicJwk
    published.push(jwk)
    publicKeys.set(sealed.kid, { key: createPublicKey({ key: { ...jwk }, format: 'jwk' }), alg: sealed.alg })
    if (sealed.retiredAt === undefined) {
      const privateKey = createPrivateKey({ key: opened, format: 'der', type: 'pkcs8' })
      signers.set(sealed.alg, createJwsSigner(sealed.alg, sealed.kid, privateKey))
    }
  }
  if (handles === undefined) throw new Error('the database has no key for handles')
  const order = (jwk: PublicJwk): number => SIGNING_ALGORITHMS.indexOf(jwk.alg as SigningAlgorithm)
  return {
    handles,
    jwks: { keys: published.sort((a, b) => order(a) - order(b)) },
    publicKey: kid => publicKeys.get(kid),
    async signer(alg) {
      const signer = signers.get(alg)
      if (signer === undefined) throw new Error(`the database has no ${alg} key`)
      return signer
    },
  }
}

function openKey(sealed: SealedKey, sealer: KeySealer): Buffer {
  if (sealed.masterKeyId !== sealer.masterKeyId) {
    throw new WrongMasterKey(
      `the keys in the database were sealed under master key ${sealed.masterKeyId}, but this server has master key ${sealer.masterKeyId}`,
    )
  }
  return sealer.open(sealed.sealedPrivateKey, contextOf(sealed))
}

function contextOf({ kid, alg }: Pick<SealedKey, 'kid' | 'alg'>): string {
  return `signing-key:${alg}:${kid}`
}

const generate = promisify(generateKeyPair)

async function makeKey(alg: SealedKey['alg'], { sealer, random }: KeyRingPorts, now: Date): Promise<SealedKey> {
  const masterKeyId = sealer.masterKeyId
  if (alg === 'handle') {
    const kid = random.bytes(16).toString('hex')
    return {
      kid,
      alg,
      publicJwk: '{}',
      sealedPrivateKey: sealer.seal(random.bytes(32), contextOf({ kid, alg })),
      masterKeyId,
      createdAt: now,
    }
  }
  const { publicKey, privateKey } = await generatePair(alg)
  const { kty, crv, x, y, n, e } = publicKey.export({ format: 'jwk' }) as Record<string, string>
  const members = Object.entries({ kty, crv, x, y, n, e }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  const jwk = Object.fromEntries(members)
  const kid = await calculateJwkThumbprint(jwk)
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' })
  return {
    kid,
    alg,
    publicJwk: JSON.stringify({ ...jwk, kid, alg, use: 'sig' }),
    sealedPrivateKey: sealer.seal(pkcs8, contextOf({ kid, alg })),
    masterKeyId,
    createdAt: now,
  }
}

function generatePair(alg: SigningAlgorithm): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  switch (alg) {
    case 'RS256':
      return generate('rsa', { modulusLength: 2048 })
    case 'ES256':
      return generate('ec', { namedCurve: 'P-256' })
    case 'EdDSA':
      return generate('ed25519', {})
    default:
      throw new Error(`no ${alg} keys yet`)
  }
}
