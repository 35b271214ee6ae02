/** Hashing of what people choose (passwords, client secrets): argon2id by the OWASP minimum, in a bounded queue so that sign-ins never stall tokens. */

import type { ComputeArgon2 } from './argon2.ts'
import { type Argon2Phc, formatArgon2Phc, parseArgon2Phc } from './argon2-phc.ts'
import { type BoundedQueueSettings, createBoundedQueue } from './bounded-queue.ts'
import { createCryptThread } from './digests/crypt-thread.ts'
import { isDigestProblem, parseDigest } from './digests/digest.ts'
import { verifyDigest } from './digests/verify-digest.ts'
import type { Random } from './random.ts'

/** OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane. */
const COSTS = { variant: 'argon2id', version: 19, memoryKib: 19_456, passes: 2, parallelism: 1 } as const
const SALT_BYTES = 16
const HASH_BYTES = 32

export interface PasswordHashing {
  /** A PHC string. `busy`: too many are waiting, nothing was computed. */
  hash(password: string): Promise<string | 'busy'>
  /**
   * A digest of any kind that `digests/digest.ts` knows is checked by its own costs, and never for less than a hash of ours. `undefined`
   * costs as much and is always false, so that an unknown user takes as long as a wrong password. Throws when `phc` is no such digest.
   */
  verify(phc: string | undefined, password: string): Promise<boolean | 'busy'>
  /** Made in another way or with other costs than today's: hash the password again when it is next at hand. */
  needsRehash(phc: string): boolean
}

export interface PasswordHashingPorts extends BoundedQueueSettings {
  readonly compute: ComputeArgon2
  readonly random: Random
}

export function createPasswordHashing({ compute, random, ...limits }: PasswordHashingPorts): PasswordHashing {
  const queue = createBoundedQueue(limits)
  const ports = { compute, crypt: createCryptThread() }
  const dummy: Argon2Phc = { ...COSTS, salt: random.bytes(SALT_BYTES), hash: random.bytes(HASH_BYTES) }

  const spend = (password: string): Promise<boolean> => verifyDigest({ scheme: 'argon2', phc: dummy }, password, ports)

  const needsRehash = (phc: string): boolean => {
    const parsed = parseArgon2Phc(phc)
    if (parsed === undefined) return true
    const { variant, version, memoryKib, passes, parallelism, hash } = parsed
    return (
      variant !== COSTS.variant ||
      version !== COSTS.version ||
      memoryKib !== COSTS.memoryKib ||
      passes !== COSTS.passes ||
      parallelism !== COSTS.parallelism ||
      hash.length !== HASH_BYTES
    )
  }

  return {
    hash(password) {
      return queue.run(async () => {
        const salt = random.bytes(SALT_BYTES)
        const hash = await compute(password, { ...COSTS, salt, hashBytes: HASH_BYTES })
        return formatArgon2Phc({ ...COSTS, salt, hash })
      })
    },
    async verify(phc, password) {
      if (phc === undefined) {
        const answer = await queue.run(() => spend(password))
        return answer === 'busy' ? answer : false
      }
      const digest = parseDigest(phc)
      if (isDigestProblem(digest)) throw new Error(`a stored password hash ${digest.problem}`)
      return queue.run(async () => {
        // A quick answer would tell that this name is known here. A slower one still does, until the next sign-in hashes the password anew.
        const [isRight] = await Promise.all([
          verifyDigest(digest, password, ports),
          needsRehash(phc) ? spend(password) : undefined,
        ])
        return isRight
      })
    },
    needsRehash,
  }
}
