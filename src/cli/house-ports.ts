/** The house as the rules want it: chance, time, and a hasher that answers with a hash or not at all. */

import type { SecretPorts } from '../core/clients/client-secrets.ts'
import type { SecretHasher } from '../core/secret-hasher.ts'
import type { House } from '../house.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'

export function secretPorts({ random, clock, hasher, openSealer }: House): SecretPorts {
  return { random, now: clock.now(), hasher: patient(hasher), sealer: openSealer }
}

function patient(hasher: House['hasher']): SecretHasher {
  return {
    async hash(text) {
      const hashed = await hasher.hash(text)
      // The queue is this process's own, and it hashes one secret.
      if (hashed === 'busy') throw new CommandFailure(EXIT.failure, 'hashing the secret did not get its turn')
      return hashed
    },
  }
}
