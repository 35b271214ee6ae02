/** Lint on files alone: no database, no secret. */

import type { Finding } from './finding.ts'
import { type LintChoice, lint } from './lint.ts'
import { type FileFacts, fileLintFacts } from './load-lint-facts.ts'

export function fileFindings(files: FileFacts, now: Date, choice: LintChoice): readonly Finding[] {
  return lint(fileLintFacts(files, now), choice)
}
