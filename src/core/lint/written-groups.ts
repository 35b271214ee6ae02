/** The groups that files make: those that they declare, and those that declared accounts are in, which are made with them. */

import type { WrittenThing } from '../declarations/plan.ts'
import { textsOf } from './lint-facts.ts'

export function groupsWrittenIn(written: readonly WrittenThing[]): readonly string[] {
  return written.flatMap(({ resource, key, document }) => {
    if (resource === 'groups') return [key]
    return resource === 'accounts' && Array.isArray(document.groups) ? textsOf(document.groups) : []
  })
}
