/** Keys as they are kept: what our tokens are signed with, what others encrypt to, and what only we know. */

import type { AsymmetricSigningAlgorithm } from '../../spec/jws.ts'
import type { Write } from '../unit-of-work.ts'

/** Public members only (RFC 7517 §4, RFC 7518 §6). */
export type PublicJwk = Readonly<Record<string, string>>

/** Key pairs that others encrypt to, by what they are for; one key serves all algorithms that begin with its name (RFC 7518 §4.1). */
export type EncryptionKeyName = 'RSA-OAEP' | 'ECDH-ES'
/** Key pairs, as operators call them. */
export type KeyPairName = AsymmetricSigningAlgorithm | EncryptionKeyName
/** Symmetric keys that never leave the house and never change: handles, and the subjects of OIDC Core §8.1. */
export type HouseKeyName = 'handle' | 'pairwise'

/** A key as it is kept: the private half sealed under the master key. */
export interface SealedKey {
  /** RFC 7638 thumbprint of the public key. */
  readonly kid: string
  /** What it is for. One key of each name is live. */
  readonly alg: KeyPairName | HouseKeyName
  /** JSON text; `{}` for symmetric keys. */
  readonly publicJwk: string
  readonly sealedPrivateKey: Buffer
  /** Which master key sealed it. */
  readonly masterKeyId: string
  readonly createdAt: Date
  /** Another key took its place; it still verifies. */
  readonly retiredAt?: Date
  /** From then on the key set leaves it out. */
  readonly unpublishAt?: Date
}

export interface KeyRepository {
  /** All keys, oldest first. */
  list(): Promise<readonly SealedKey[]>
  /** Lost (`keys.insertFirst`) when a live key of that `alg` exists: two nodes that start at once agree on one. */
  insertFirst(key: SealedKey): Write
  /** Lost (`keys.retire`) unless the key is live. */
  retire(kid: string, retiredAt: Date, unpublishAt: Date): Write
  /** Lost (`keys.remove`) unless the key is there and retired. */
  remove(kid: string): Write
}
