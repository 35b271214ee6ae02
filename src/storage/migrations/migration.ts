/** A migration: a name that never changes once it was released, and the statements that take a database one step further. */

import { type Compilable, type CreateTableBuilder, type Kysely, sql } from 'kysely'
import type { Dialect } from '../engine.ts'

export interface Migration {
  /** `0001-start`. */
  readonly name: string
  readonly up: (setting: MigrationSetting) => readonly Compilable[]
}

export interface MigrationSetting {
  /** No table types: a migration sees the tables as they were, not as they are today. */
  readonly db: Kysely<unknown>
  readonly types: ColumnTypes
  /** Adds what this database wants at the end of every table. */
  readonly table: <T extends string, C extends string>(builder: CreateTableBuilder<T, C>) => CreateTableBuilder<T, C>
}

/** How a kind of value is kept. */
export interface ColumnTypes {
  readonly bytes: 'blob' | 'bytea'
  readonly text: 'text'
  /** Times in milliseconds, counters, 0 and 1. */
  readonly integer: 'integer' | 'bigint'
  readonly real: 'real' | 'double precision'
}

export function migrationSetting(db: Kysely<unknown>, dialect: Dialect): MigrationSetting {
  return dialect === 'sqlite'
    ? {
        db,
        types: { bytes: 'blob', text: 'text', integer: 'integer', real: 'real' },
        // Rows lie in the order of their time-ordered keys: an insert touches the page of the insert before.
        table: builder => builder.modifyEnd(sql`strict, without rowid`),
      }
    : {
        db,
        types: { bytes: 'bytea', text: 'text', integer: 'bigint', real: 'double precision' },
        table: builder => builder,
      }
}
