/** Key management and content encryption algorithms (RFC 7518 §4.1, §5.1; RFC 9864 for what they are called). */

/** In the order of discovery. */
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
