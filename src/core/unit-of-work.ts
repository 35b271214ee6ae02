/**
 * Writes as values. A decision collects the writes that make it true; `commit` makes all of them durable in one transaction, or none.
 * Single use is a conditional write (`… where generation = ?`): a write that changes no row loses the whole unit, which is an outcome, not an exception.
 */

export interface Write {
  /** Which repository and which act, for the outcome and for people: `grants.redeem`. */
  readonly name: string
}

export type CommitOutcome =
  | { readonly committed: true }
  /** Nothing was written. `lost` names the write whose condition did not hold: somebody else was first, or the thing is gone. */
  | { readonly committed: false; readonly lost: string }

/** Resolves after the writes are on disk. At most one call per request. */
export type Commit = (writes: readonly Write[]) => Promise<CommitOutcome>
