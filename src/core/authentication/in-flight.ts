/** Attempts that are being checked right now: they count as failures until they are known, or a thousand at once would all be the first. */

import type { ThrottleKey } from './throttle-rules.ts'

export interface InFlight {
  of(key: string): number
  /** Counts the attempt under all of its keys while `work` is under way. */
  during<T>(keys: readonly ThrottleKey[], work: () => Promise<T>): Promise<T>
}

export function createInFlight(): InFlight {
  const counts = new Map<string, number>()
  const count = (keys: readonly ThrottleKey[], by: 1 | -1): void => {
    for (const { key } of keys) {
      const next = (counts.get(key) ?? 0) + by
      if (next > 0) counts.set(key, next)
      else counts.delete(key)
    }
  }
  return {
    of: key => counts.get(key) ?? 0,
    async during(keys, work) {
      count(keys, 1)
      try {
        return await work()
      } finally {
        count(keys, -1)
      }
    },
  }
}
