/** Groups that exist: names that accounts may carry and mappings may give. */

import type { Write } from '../unit-of-work.ts'

export interface Group {
  /** Exact spelling; unique. */
  readonly name: string
  /** For people who give it. */
  readonly description?: string
  readonly createdAt: Date
  /** Absent: as it was made. */
  readonly updatedAt?: Date
  readonly createdBy?: string
  readonly updatedBy?: string
}

export interface GroupRepository {
  find(name: string): Promise<Group | undefined>
  /** By name. */
  list(): Promise<readonly Group[]>
  /** How many accounts are in each; groups without members are left out. */
  countMembers(): Promise<ReadonlyMap<string, number>>
  /** Lost (`groups.insert`) when there is one of that name. */
  insert(group: Group): Write
  /** Lost (`groups.replace`) when it is gone or was changed since `seen`. The name stays. */
  replace(group: Group, seen: Group): Write
  /** Never lost: a group that is there stays as it is. */
  ensure(group: Group): Write
  /** Lost (`groups.delete`) when there is none. Accounts keep nothing of it: whoever deletes it takes it from them in the same unit. */
  delete(name: string): Write
}
