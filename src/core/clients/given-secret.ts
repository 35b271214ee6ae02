/** The secret that somebody gives a client: the secret itself, a digest that another system kept of it, or nothing, and one is made. */

import type { SettingsMistake } from '../settings-mistake.ts'
import type { ClientSecret } from './client.ts'
import { checkChosenSecret, makeSecret, type SecretNeeds, type SecretPorts } from './client-secrets.ts'
import { checkSecretDigest, digestWarnings, keepSecretDigest } from './secret-digests.ts'

export interface GivenSecret {
  readonly clientSecret?: string | undefined
  /** `secret-digests.ts` */
  readonly clientSecretHash?: string | undefined
}

export interface KeptSecret {
  readonly stored: ClientSecret
  /** In plain text; absent when nobody here knows it. */
  readonly plain?: string
  /** Made up: whoever asked has to be told. */
  readonly isMade: boolean
}

export function isSecretGiven({ clientSecret, clientSecretHash }: GivenSecret): boolean {
  return clientSecret !== undefined || clientSecretHash !== undefined
}

export function checkGivenSecret(given: GivenSecret, uses: SecretNeeds): readonly SettingsMistake[] {
  const { clientSecret, clientSecretHash: digest } = given
  if (clientSecret !== undefined && digest !== undefined) {
    const message = 'stands beside client_secret: keep one of the two'
    return [{ member: 'client_secret_hash', rule: 'one secret', message }]
  }
  if (clientSecret !== undefined) return checkChosenSecret(clientSecret, uses)
  return digest === undefined ? [] : checkSecretDigest(digest, uses)
}

/** After `checkGivenSecret` found nothing. */
export async function keepGivenSecret(given: GivenSecret, uses: SecretNeeds, ports: SecretPorts): Promise<KeptSecret> {
  const { clientSecret, clientSecretHash: digest } = given
  if (clientSecret === undefined && digest !== undefined) {
    return { stored: await keepSecretDigest(digest, uses, ports), isMade: false }
  }
  return { ...(await makeSecret(uses, clientSecret, ports)), isMade: clientSecret === undefined }
}

export function givenWarnings({ clientSecretHash }: GivenSecret): readonly string[] {
  return clientSecretHash === undefined ? [] : digestWarnings(clientSecretHash)
}
