/** Groups that exist: names that accounts may carry and mappings may give. */

import type { Write } from '../unit-of-work.ts'

export interface Group {
  /** Exact spelling; unique. */
  readonly name: string
  readonly createdAt: Date
}

export interface GroupRepository {
  /** By name. */
  list(): Promise<readonly Group[]>
  /** Never lost: a group that is there stays as it is. */
  ensure(group: Group): Write
  /** Lost (`groups.delete`) when there is none. Accounts keep nothing of it: whoever deletes it takes it from them in the same unit. */
  delete(name: string): Write
}
