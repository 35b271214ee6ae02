/** Secrets of confidential clients: made, chosen, rotated. Only their hashes are kept. */

import { hash } from 'node:crypto'
import { addSeconds } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import type { Random } from '../../lib/random.ts'
import type { SecretHasher } from '../secret-hasher.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import type { Client, ClientSecret } from './client.ts'

export interface SecretPorts {
  readonly random: Random
  readonly hasher: SecretHasher
  readonly now: Date
}

export interface NewSecret {
  readonly stored: ClientSecret
  /** The secret itself, to be shown once. */
  readonly plain: string
}

/** 256 random bits need no slow hash: nobody guesses them, and the token endpoint stays fast. */
export function generateSecret({ random, now }: Pick<SecretPorts, 'random' | 'now'>): NewSecret {
  const plain = random.bytes(32).toString('base64url')
  return {
    plain,
    stored: { id: newId(now, random), hash: `sha256:${hash('sha256', plain, 'base64url')}`, createdAt: now },
  }
}

/** A secret that a person chose may be a weak one, so its hash is argon2id. */
export async function keepChosenSecret(plain: string, { random, hasher, now }: SecretPorts): Promise<NewSecret> {
  return { plain, stored: { id: newId(now, random), hash: await hasher.hash(plain), createdAt: now } }
}

export function checkChosenSecret(secret: string): readonly SettingsMistake[] {
  if (secret === '') {
    return [{ member: 'client_secret', rule: 'not empty', message: 'is empty: leave it out to have one made' }]
  }
  // RFC 6749 appendix A.2: VSCHAR, which every client can send.
  return /^[\x20-\x7e]{1,256}$/.test(secret)
    ? []
    : [
        {
          member: 'client_secret',
          rule: 'RFC 6749 appendix A.2',
          message: 'must be at most 256 visible ASCII characters',
        },
      ]
}

/**
 * The new secret counts at once. With an overlap of 0 the old ones end now; otherwise each lives on for at most that long,
 * so that the app can be changed over without a gap.
 */
export function rotateSecret(client: Client, secret: ClientSecret, overlapSeconds: number, now: Date): Client {
  const end = addSeconds(now, overlapSeconds)
  const old = client.secrets
    .map(kept => (kept.expiresAt !== undefined && kept.expiresAt <= end ? kept : { ...kept, expiresAt: end }))
    .filter(({ expiresAt }) => expiresAt !== undefined && expiresAt > now)
  return { ...client, secrets: [secret, ...old], updatedAt: now }
}
