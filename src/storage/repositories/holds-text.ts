/** Text within text: both databases look for it, and each has a word of its own for that. */

import { type RawBuilder, sql } from 'kysely'
import type { Dialect } from '../engine.ts'

/** `within`: a column, or SQL by hand. Case counts. */
export function holdsText(within: string, text: unknown, dialect: Dialect): RawBuilder<boolean> {
  const position = sql.raw(dialect === 'sqlite' ? 'instr' : 'strpos')
  return sql<boolean>`${position}(${sql.raw(within)}, ${text}) > 0`
}
