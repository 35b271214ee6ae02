/** A write of this store: compiled statements with their values, and which of them must change a row. */

import type { Write } from '../core/unit-of-work.ts'
import type { CompiledSql, SqlValue, Statement } from './statement.ts'

export interface Step {
  readonly statement: CompiledSql
  readonly values: SqlValue[]
  /**
   * The whole unit is lost when this step changes no row, or would break a unique rule.
   * Other steps may change any number of rows.
   */
  readonly conditional: boolean
}

export interface SqlWrite extends Write {
  readonly steps: readonly Step[]
  /** It changes what nodes keep in memory. */
  readonly advancesRevision: boolean
}

export function write(name: string, ...steps: readonly Step[]): SqlWrite {
  return { name, steps, advancesRevision: false }
}

/** `advance` comes last: on PostgreSQL it takes the one row that such writers queue for. */
export function configurationWrite(name: string, advance: Step, ...steps: readonly Step[]): SqlWrite {
  return { name, steps: [...steps, advance], advancesRevision: true }
}

export function conditional<P>(statement: Statement<P>, params: P): Step {
  return { statement, values: statement.bind(params), conditional: true }
}

export function unconditional<P>(statement: Statement<P>, params: P): Step {
  return { statement, values: statement.bind(params), conditional: false }
}

export function sqlWrite(write: Write): SqlWrite {
  if (!('steps' in write)) throw new TypeError(`${write.name} was not made by a repository of this store`)
  return write as SqlWrite
}
