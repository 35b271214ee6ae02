/** Hashing of what people choose (passwords, client secrets): argon2id by the OWASP minimum, in a bounded queue so that sign-ins never stall tokens. */

import { timingSafeEqual } from 'node:crypto'
import type { ComputeArgon2 } from './argon2.ts'
import { type Argon2Phc, formatArgon2Phc, parseArgon2Phc } from './argon2-phc.ts'
import { type BoundedQueueSettings, createBoundedQueue } from './bounded-queue.ts'
import type { Random } from './random.ts'

/** OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane. */
const COSTS = { variant: 'argon2id', version: 19, memoryKib: 19_456, passes: 2, parallelism: 1 } as const
const SALT_BYTES = 16
const HASH_BYTES = 32

export interface PasswordHashing {
  /** A PHC string. `busy`: too many are waiting, nothing was computed. */
  hash(password: string): Promise<string | 'busy'>
  /**
   * Any argon2 PHC string is checked by its own costs. `undefined` costs as much as a hash of ours and is always false, so that an
   * unknown user takes as long as a wrong password. Throws when `phc` is no argon2 PHC string.
   */
  verify(phc: string | undefined, password: string): Promise<boolean | 'busy'>
  /** Made with other costs than today's: hash the password again when it is next at hand. */
  needsRehash(phc: string): boolean
}

export interface PasswordHashingPorts extends BoundedQueueSettings {
  readonly compute: ComputeArgon2
  readonly random: Random
}

export function createPasswordHashing({ compute, random, ...limits }: PasswordHashingPorts): PasswordHashing {
  const queue = createBoundedQueue(limits)
  const dummy: Argon2Phc = { ...COSTS, salt: random.bytes(SALT_BYTES), hash: random.bytes(HASH_BYTES) }

  async function matches({ hash, ...input }: Argon2Phc, password: string): Promise<boolean> {
    const computed = await compute(password, { ...input, hashBytes: hash.length })
    return timingSafeEqual(computed, hash)
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
        const answer = await queue.run(() => matches(dummy, password))
        return answer === 'busy' ? answer : false
      }
      const parsed = parseArgon2Phc(phc)
      if (parsed === undefined) throw new Error('a stored password hash is no argon2 PHC string')
      return queue.run(() => matches(parsed, password))
    },
    needsRehash(phc) {
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
    },
  }
}
