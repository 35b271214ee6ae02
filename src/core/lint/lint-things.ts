/** What lint says about things that are about to be applied. */

import type { Acting } from '../administration/ports.ts'
import type { WrittenThing } from '../declarations/plan.ts'
import type { Finding, Severity } from './finding.ts'
import { lint } from './lint.ts'
import { nameOf } from './lint-facts.ts'
import { loadLintFacts } from './load-lint-facts.ts'

/** About these things and no others; nothing is refused because of it. */
export async function lintThings(
  things: readonly WrittenThing[],
  acting: Acting,
  least: Severity = 'warning',
): Promise<readonly Finding[]> {
  if (things.length === 0) return []
  const meant = new Set(things.map(nameOf))
  const facts = await loadLintFacts(acting, things, { withHouse: false })
  return lint(facts, { least }).filter(({ resource = '', key = '' }) => meant.has(nameOf({ resource, key })))
}
