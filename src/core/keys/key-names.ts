/** Which keys there are. */

import { ASYMMETRIC_SIGNING_ALGORITHMS } from '../../spec/jws.ts'
import type { EncryptionKeyName, HouseKeyName, KeyPairName, SealedKey } from './signing-key.ts'

const ENCRYPTION_KEYS: readonly EncryptionKeyName[] = ['RSA-OAEP', 'ECDH-ES']
const HOUSE_KEYS: readonly HouseKeyName[] = ['handle', 'pairwise']

/** In the order of the key set: RS256 first, for apps that take the first key whatever it is. */
export const KEY_PAIRS: readonly KeyPairName[] = [...ASYMMETRIC_SIGNING_ALGORITHMS, ...ENCRYPTION_KEYS]

/** Made at the first start; the others when somebody needs them first. What others encrypt to must be there before they ask. */
export const FIRST_KEYS: readonly SealedKey['alg'][] = ['RS256', 'ES256', 'EdDSA', ...ENCRYPTION_KEYS, ...HOUSE_KEYS]

export function isHouseKey(alg: SealedKey['alg']): alg is HouseKeyName {
  return (HOUSE_KEYS as readonly string[]).includes(alg)
}

export function isEncryptionKey(alg: SealedKey['alg']): alg is EncryptionKeyName {
  return (ENCRYPTION_KEYS as readonly string[]).includes(alg)
}
