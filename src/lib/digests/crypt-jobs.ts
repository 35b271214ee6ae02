/** What only JavaScript computes: bcrypt and SHA-crypt, as jobs for a thread of their own. */

import { eksBlowfish } from './blowfish.ts'
import { fromBcryptBase64 } from './crypt-base64.ts'
import { type ShaCryptHash, shaCrypt } from './sha-crypt.ts'

export type CryptJob =
  | { readonly kind: 'bcrypt'; readonly password: string; readonly salt: string; readonly cost: number }
  | {
      readonly kind: 'sha-crypt'
      readonly hash: ShaCryptHash
      readonly password: string
      readonly salt: string
      readonly rounds: number
    }

/** bcrypt looks at 72 octets, of which the last is a zero where the password is shorter. */
const BCRYPT_OCTETS = 72
/** It has thrown away the last of its 24 octets ever since. */
const BCRYPT_KEPT = 23

export function runCryptJob(job: CryptJob): Uint8Array {
  if (job.kind === 'sha-crypt') return Buffer.from(shaCrypt(job.hash, job.password, job.salt, job.rounds))
  const key = Buffer.concat([Buffer.from(job.password), Buffer.alloc(1)]).subarray(0, BCRYPT_OCTETS)
  return eksBlowfish(key, fromBcryptBase64(job.salt).subarray(0, 16), job.cost).subarray(0, BCRYPT_KEPT)
}
