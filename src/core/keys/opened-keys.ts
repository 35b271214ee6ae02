/** The stored keys of one moment, opened: who signs, who verifies, what is published. */

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { type AsymmetricSigningAlgorithm, createJwsSigner, type JwsSigner } from '../../spec/jws.ts'
import { createHandles, type Handles } from '../handles/handles.ts'
import { isEncryptionKey, KEY_PAIRS } from './key-names.ts'
import { checkMasterKey, type KeySealer } from './key-sealer.ts'
import { sealContext } from './make-key.ts'
import type { EncryptionKeyName, KeyPairName, PublicJwk, SealedKey } from './signing-key.ts'

export interface PublicKey {
  readonly key: KeyObject
  readonly alg: AsymmetricSigningAlgorithm
}

export interface DecryptionKey {
  readonly kid: string
  readonly name: EncryptionKeyName
  readonly key: KeyObject
  readonly unpublishAt?: Date
}

export interface PublishedKey {
  readonly jwk: PublicJwk
  readonly unpublishAt?: Date
}

export interface OpenedKeys {
  readonly handles: Handles
  readonly pairwise: Buffer
  readonly signers: ReadonlyMap<AsymmetricSigningAlgorithm, JwsSigner>
  readonly publicKeys: ReadonlyMap<string, PublicKey>
  /** Live ones first. */
  readonly decryptionKeys: readonly DecryptionKey[]
  /** In the order of the key set. */
  readonly published: readonly PublishedKey[]
}

/** Throws `WrongMasterKey`. */
export function openKeys(stored: readonly SealedKey[], sealer: KeySealer): OpenedKeys {
  checkMasterKey(
    stored.find(({ masterKeyId }) => masterKeyId !== sealer.masterKeyId),
    sealer,
  )
  const pairs = stored.filter(({ alg }) => isKeyPair(alg)).sort(inOrder)
  const signing = pairs.filter(({ alg }) => !isEncryptionKey(alg))
  return {
    handles: createHandles(houseKey('handle', stored, sealer)),
    pairwise: houseKey('pairwise', stored, sealer),
    signers: new Map(
      signing
        .filter(isLive)
        .map(key => [signingAlg(key), createJwsSigner(signingAlg(key), key.kid, privateKeyOf(key, sealer))]),
    ),
    publicKeys: new Map(signing.map(key => [key.kid, { key: publicKeyOf(key), alg: signingAlg(key) }])),
    decryptionKeys: pairs.flatMap(sealed =>
      isEncryptionKey(sealed.alg)
        ? [{ kid: sealed.kid, name: sealed.alg, key: privateKeyOf(sealed, sealer), ...leaving(sealed) }]
        : [],
    ),
    published: pairs.map(sealed => ({ jwk: JSON.parse(sealed.publicJwk) as PublicJwk, ...leaving(sealed) })),
  }
}

function leaving({ unpublishAt }: SealedKey): { readonly unpublishAt?: Date } {
  return unpublishAt === undefined ? {} : { unpublishAt }
}

function isLive({ retiredAt }: SealedKey): boolean {
  return retiredAt === undefined
}

function isKeyPair(alg: SealedKey['alg']): alg is KeyPairName {
  return (KEY_PAIRS as readonly string[]).includes(alg)
}

function signingAlg({ alg }: SealedKey): AsymmetricSigningAlgorithm {
  return alg as AsymmetricSigningAlgorithm
}

/** By name, the live one before the retired ones, the youngest of those first. */
function inOrder(a: SealedKey, b: SealedKey): number {
  const names: readonly string[] = KEY_PAIRS
  const byName = names.indexOf(a.alg) - names.indexOf(b.alg)
  if (byName !== 0) return byName
  return isLive(a) === isLive(b) ? b.createdAt.getTime() - a.createdAt.getTime() : isLive(a) ? -1 : 1
}

function houseKey(name: 'handle' | 'pairwise', stored: readonly SealedKey[], sealer: KeySealer): Buffer {
  const sealed = stored.find(key => key.alg === name && isLive(key))
  if (sealed === undefined) throw new Error(`the database has no key of the kind "${name}"`)
  return sealer.open(sealed.sealedPrivateKey, sealContext(sealed))
}

function privateKeyOf(sealed: SealedKey, sealer: KeySealer): KeyObject {
  return createPrivateKey({
    key: sealer.open(sealed.sealedPrivateKey, sealContext(sealed)),
    format: 'der',
    type: 'pkcs8',
  })
}

function publicKeyOf({ publicJwk }: SealedKey): KeyObject {
  return createPublicKey({ key: JSON.parse(publicJwk) as Record<string, string>, format: 'jwk' })
}
