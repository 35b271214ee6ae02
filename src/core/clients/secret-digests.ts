/** Client secrets as other systems kept them: digests that verify as they are, and `$plaintext$…`, which is the secret itself. */

import { isDigestProblem, parseDigest } from '../../lib/digests/digest.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import type { ClientSecret } from './client.ts'
import {
  checkChosenSecret,
  keepDigest,
  makeSecret,
  needsReadableSecret,
  type SecretNeeds,
  type SecretPorts,
} from './client-secrets.ts'

const PLAIN = '$plaintext$'
const MEMBER = 'client_secret_hash'

/** Authelia writes a secret that it needs in the clear behind `$plaintext$`. */
export function plainTextOf(text: string): string | undefined {
  return text.startsWith(PLAIN) ? text.slice(PLAIN.length) : undefined
}

/** `uses`: a digest is no key. */
export function checkSecretDigest(text: string, uses: SecretNeeds = {}): readonly SettingsMistake[] {
  const plain = plainTextOf(text)
  if (plain !== undefined) return checkChosenSecret(plain, uses).map(mistake => ({ ...mistake, member: MEMBER }))
  const digest = parseDigest(text)
  const unknown = isDigestProblem(digest) ? [{ member: MEMBER, rule: 'known digest', message: digest.problem }] : []
  return [...unknown, ...(needsReadableSecret(uses) ? [IS_NO_KEY] : [])]
}

const IS_NO_KEY: SettingsMistake = {
  member: MEMBER,
  rule: 'OIDC Core §10.1 symmetric keys',
  message:
    'is a digest, and this client needs the secret itself, which is a key (HS*, client_secret_jwt): say client_secret',
}

export function digestWarnings(text: string): readonly string[] {
  return plainTextOf(text) === undefined
    ? []
    : ['client_secret_hash holds the secret itself: it is kept hashed here, or sealed where it is a key.']
}

/** After `checkSecretDigest` found nothing. */
export async function keepSecretDigest(text: string, uses: SecretNeeds, ports: SecretPorts): Promise<ClientSecret> {
  const plain = plainTextOf(text)
  return plain === undefined ? keepDigest(text, ports) : (await makeSecret(uses, plain, ports)).stored
}
