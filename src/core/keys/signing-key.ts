/** Signing keys: what our tokens are signed with and what the JWKS publishes. */

import type { KeyObject } from 'node:crypto'
import type { SigningAlgorithm } from '../../spec/jws.ts'
import type { Write } from '../unit-of-work.ts'

/** Public members only (RFC 7517 §4, RFC 7518 §6). */
export type PublicJwk = Readonly<Record<string, string>>

export interface SigningKey {
  /** RFC 7638 thumbprint of the public key. */
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly publicJwk: PublicJwk
  readonly privateKey: KeyObject
  readonly createdAt: Date
  /** Signs no more, is still published. */
  readonly retiredAt?: Date
}

/** A key as it is kept: the private half sealed under the master key. */
export interface SealedKey {
  readonly kid: string
  readonly alg: SigningAlgorithm | 'handle'
  /** JSON text; `{}` for symmetric keys. */
  readonly publicJwk: string
  readonly sealedPrivateKey: Buffer
  /** Which master key sealed it. */
  readonly masterKeyId: string
  readonly createdAt: Date
  readonly retiredAt?: Date
}

export interface KeyRepository {
  /** All keys, oldest first. */
  list(): Promise<readonly SealedKey[]>
  /** Lost (`keys.insertFirst`) when a live key of that `alg` exists: two nodes that start at once agree on one. */
  insertFirst(key: SealedKey): Write
}
