/** Making groups: by name, and with the accounts that are given one that does not exist yet. */

import type { AuditEventType } from '../audit/audit-event.ts'
import type { Write } from '../unit-of-work.ts'
import type { GroupRepository } from './group.ts'

export interface MadeGroups {
  readonly writes: readonly Write[]
  /** One for each that is new. */
  readonly events: ReadonlyArray<{ readonly type: AuditEventType; readonly detail: { readonly group: string } }>
}

/** For the same unit as what needs them: whoever is in a group is in one that exists. */
export async function makeGroups(
  names: readonly string[],
  groups: GroupRepository,
  now: Date,
  by?: string,
): Promise<MadeGroups> {
  if (names.length === 0) return { writes: [], events: [] }
  const existing = new Set((await groups.list()).map(({ name }) => name))
  const missing = [...new Set(names)].filter(name => !existing.has(name))
  return {
    // Those that exist as well: one may be deleted in this moment.
    writes: [...new Set(names)].map(name =>
      groups.ensure({ name, createdAt: now, ...(by === undefined ? {} : { createdBy: by }) }),
    ),
    events: missing.map(group => ({ type: 'group.created', detail: { group } })),
  }
}
