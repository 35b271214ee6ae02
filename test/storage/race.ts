/** A race for something that is single use, as the suite runs it. */

import type { Write } from '../../src/core/unit-of-work.ts'
import type { Store } from '../../src/storage/store.ts'

export interface Race {
  /** The write that losers lose. */
  readonly name: string
  /** Prepares the thing; returns what the runners of either store try. */
  prepare(store: Store): Promise<(store: Store, runner: number) => readonly Write[]>
}
