/** What came with a request and counts once: an assertion, a proof. It is used up before the request is answered. */

import type { Refusal } from '../../spec/refusal.ts'
import type { Commit, Write } from '../unit-of-work.ts'

export interface SingleUse {
  /** Goes first in the unit of the request: when it is lost, nothing else has happened. */
  readonly write: Write
  /** For whoever comes second. */
  readonly refusal: Refusal
}

/** `CommitOutcome.lost` of a unit in which something was used before. */
export const USED_BEFORE = 'usedOnce.use'

export function writesOf(uses: readonly SingleUse[]): readonly Write[] {
  return uses.map(({ write }) => write)
}

/** Uses them up, in a commit of their own. The refusal of the first that was used before. */
export function useUp(uses: readonly SingleUse[], commit: Commit): undefined | Promise<Refusal | undefined> {
  const [first, ...others] = uses
  return first === undefined ? undefined : useUpAll(uses, first, others, commit)
}

async function useUpAll(
  uses: readonly SingleUse[],
  first: SingleUse,
  others: readonly SingleUse[],
  commit: Commit,
): Promise<Refusal | undefined> {
  const outcome = await commit(writesOf(uses))
  if (outcome.committed) return undefined
  if (others.length === 0) return first.refusal
  // Both were lost with one of them: each alone tells which it was.
  const alone = await commit([first.write])
  return alone.committed ? useUp(others, commit) : first.refusal
}
