/** A rule of lint: what it looks for, why it matters and what to write instead. */

import type { Found, Severity } from './finding.ts'
import type { LintFacts } from './lint-facts.ts'

export interface LintRule {
  /** In settings and SARIF: it never changes its meaning. */
  readonly id: string
  readonly severity: Severity
  readonly title: string
  /** Why it is dangerous, or does not do what it seems to. */
  readonly why: string
  /** What to write. */
  readonly fix: string
  check(facts: LintFacts): readonly Found[]
}
