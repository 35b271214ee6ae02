/** Nonces that say when we handed them out (RFC 9449 §8). They carry the time themselves, so no node has to remember any. */

import { secondsOf } from '../../lib/clock.ts'
import type { Handles } from '../handles/handles.ts'

export interface ServerNonces {
  issue(now: Date): string
  /** For how long a nonce of ours is still taken; nothing when it is not, or when it is none of ours. */
  secondsLeft(nonce: string, now: Date): number | undefined
}

/** What the nonce is for: one never passes for the other. */
const PURPOSES = { dpop: 0, attestation: 1 } as const

/** Long enough for a slow device, short enough that nobody makes proofs in stock. */
export const NONCE_SECONDS = 300
const TIME = 5

/** nonce := purpose (1), issued at (5), under the MAC of the handles */
export function createServerNonces(handles: () => Handles, purpose: keyof typeof PURPOSES): ServerNonces {
  return {
    issue(now) {
      const payload = Buffer.alloc(1 + TIME)
      payload[0] = PURPOSES[purpose]
      payload.writeUIntBE(secondsOf(now), 1, TIME)
      return handles().seal('dpop-nonce', payload)
    },
    secondsLeft(nonce, now) {
      const payload = handles().open('dpop-nonce', nonce)
      if (payload?.length !== 1 + TIME || payload[0] !== PURPOSES[purpose]) return undefined
      const left = payload.readUIntBE(1, TIME) + NONCE_SECONDS - secondsOf(now)
      // Nodes' clocks differ by less than a nonce lives, so one from the future is taken as one of now.
      return left <= 0 ? undefined : left
    },
  }
}
