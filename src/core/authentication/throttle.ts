/** Throttling of password guesses: buckets that fill with failures and leak with time. Slows guessing, never locks the owner out. */

import type { Write } from '../unit-of-work.ts'

export interface Bucket {
  /** `account:<login key hash>`, `address:<prefix>`, `device:<id>`. */
  readonly key: string
  /** Failures that have not leaked away yet, as of `at`. */
  readonly level: number
  readonly at: Date
}

export interface ThrottleRepository {
  find(keys: readonly string[]): Promise<readonly Bucket[]>
  /**
   * One more failure: the level leaks by `leakPerSecond` since it was last touched, then grows by one. Atomic. Never lost.
   */
  add(key: string, now: Date, leakPerSecond: number): Write
  /** As `add`, for what must not happen too often however many ask at once: lost (`throttle.addWithin`) when the level would be above `capacity`. */
  addWithin(key: string, now: Date, rule: { readonly capacity: number; readonly leakPerSecond: number }): Write
  clear(key: string): Write
}
