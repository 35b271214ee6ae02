/** Encryption of answers and requests: `alg` and `enc` belong together (OIDC Registration §2, JARM §3, RFC 9701 §6). */

import type { EncryptionEnc } from '../../../spec/jwe.ts'
import type { SettingsMistake } from '../../settings-mistake.ts'
import type { ClientSettings } from '../client-settings.ts'

// OIDC Registration §2, JARM §3, RFC 9701 §6: the default of enc when an alg is there.
const STANDARD_ENC: EncryptionEnc = 'A128CBC-HS256'

const PAIRS = [
  ['id_token_encrypted_response', 'idTokenEncryptedResponseAlg', 'idTokenEncryptedResponseEnc'],
  ['userinfo_encrypted_response', 'userinfoEncryptedResponseAlg', 'userinfoEncryptedResponseEnc'],
  ['introspection_encrypted_response', 'introspectionEncryptedResponseAlg', 'introspectionEncryptedResponseEnc'],
  ['authorization_encrypted_response', 'authorizationEncryptedResponseAlg', 'authorizationEncryptedResponseEnc'],
  ['request_object_encryption', 'requestObjectEncryptionAlg', 'requestObjectEncryptionEnc'],
] as const

type EncMember = (typeof PAIRS)[number][2]

/** OIDC Registration §2: when enc is included, alg MUST also be provided. */
export function checkEncryptionPairs(settings: ClientSettings): readonly SettingsMistake[] {
  return PAIRS.filter(([, alg, enc]) => settings[enc] !== undefined && settings[alg] === undefined).map(([name]) => ({
    member: `${name}_enc`,
    rule: 'OIDC Registration §2 enc goes with alg',
    message: `needs ${name}_alg beside it`,
  }))
}

/** The `enc` of every pair that names only its `alg`. */
export function standardEncs(settings: ClientSettings): { readonly [Member in EncMember]?: EncryptionEnc } {
  const missing = PAIRS.filter(([, alg, enc]) => settings[alg] !== undefined && settings[enc] === undefined)
  return Object.fromEntries(missing.map(([, , enc]) => [enc, STANDARD_ENC]))
}
