/** Kysely as a compiler only: it types and writes SQL in either dialect, and never talks to a database. */

import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { Dialect } from './engine.ts'
import type { Tables } from './tables.ts'

export type QueryBuilder = Kysely<Tables>

/** `T`: the tables to be typed; `unknown` for migrations. */
export function createQueryBuilder<T = Tables>(dialect: Dialect): Kysely<T> {
  const createDriver = () => new DummyDriver()
  return dialect === 'sqlite'
    ? new Kysely({
        dialect: {
          createDriver,
          createAdapter: () => new SqliteAdapter(),
          createIntrospector: db => new SqliteIntrospector(db),
          createQueryCompiler: () => new SqliteQueryCompiler(),
        },
      })
    : new Kysely({
        dialect: {
          createDriver,
          createAdapter: () => new PostgresAdapter(),
          createIntrospector: db => new PostgresIntrospector(db),
          createQueryCompiler: () => new PostgresQueryCompiler(),
        },
      })
}
