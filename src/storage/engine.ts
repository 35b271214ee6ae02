/** What the repositories ask of a database: run compiled statements, and commit a unit of writes, or none of it. */

import type { CommitOutcome } from '../core/unit-of-work.ts'
import type { CompiledSql, SqlValue, Statement } from './statement.ts'
import type { SqlWrite } from './write.ts'

export type Dialect = 'sqlite' | 'postgres'

export interface Engine {
  readonly dialect: Dialect
  all<P, R>(statement: Statement<P, R>, params: P): Promise<readonly R[]>
  first<P, R>(statement: Statement<P, R>, params: P): Promise<R | undefined>
  /** One statement in a transaction of its own; how many rows it changed. */
  change<P>(statement: Statement<P>, params: P): Promise<number>
  /** Resolves after the unit is on disk. Lost units are outcomes; a rejection means that the unit was not written. */
  commit(unit: readonly SqlWrite[]): Promise<CommitOutcome>
  /** One transaction that no other process can run at the same time; for migrations. */
  exclusively<T>(work: (session: ExclusiveSession) => Promise<T>): Promise<T>
  /** Waits for commits under way. */
  close(): Promise<void>
}

export interface ExclusiveSession {
  run(statement: CompiledSql, values: readonly SqlValue[]): Promise<readonly unknown[]>
}

export const COMMITTED: CommitOutcome = { committed: true }

export function lostTo(write: SqlWrite): CommitOutcome {
  return { committed: false, lost: write.name }
}
