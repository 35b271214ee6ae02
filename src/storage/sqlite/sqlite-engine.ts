/** The engine over node:sqlite: statements prepared once, reads in place, writes in groups. */

import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import type { Engine } from '../engine.ts'
import type { CompiledSql } from '../statement.ts'
import { createGroupCommit } from './group-commit.ts'
import { BUSY_TIMEOUT_MS, isBusy, openDatabase } from './open-database.ts'

const RETRY_MS = 10

/** `path`: a file or `:memory:`. */
export function createSqliteEngine(path: string): Engine {
  const database = openDatabase(path)
  // Bounded by the code: even the statements that are built as they are needed come in a handful of shapes.
  const prepared = new Map<string, StatementSync>()

  function prepare({ sql }: CompiledSql): StatementSync {
    let statement = prepared.get(sql)
    if (statement === undefined) {
      statement = database.prepare(sql)
      prepared.set(sql, statement)
    }
    return statement
  }

  const group = createGroupCommit(database, step => Number(prepare(step.statement).run(...step.values).changes))

  return {
    dialect: 'sqlite',
    async all(statement, params) {
      return prepare(statement).all(...statement.bind(params)) as never
    },
    async first(statement, params) {
      return prepare(statement).get(...statement.bind(params)) as never
    },
    async change(statement, params) {
      return Number(prepare(statement).run(...statement.bind(params)).changes)
    },
    async commit(unit) {
      return group.commit(unit)
    },
    async exclusively(work) {
      await beginImmediate(database)
      try {
        const result = await work({ run: async ({ sql }, values) => database.prepare(sql).all(...values) })
        database.exec('commit')
        return result
      } catch (error) {
        if (database.isTransaction) database.exec('rollback')
        throw error
      }
    },
    async close() {
      group.flush()
      if (database.isOpen) database.close()
    },
  }
}

/** Tries again for as long as a statement would wait, but lets this process go on: the lock may be held by one of its own. */
async function beginImmediate(database: DatabaseSync): Promise<void> {
  database.exec('pragma busy_timeout = 0')
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return database.exec('begin immediate')
      } catch (error) {
        if (!isBusy(error) || attempt * RETRY_MS >= BUSY_TIMEOUT_MS) throw error
        await setTimeout(RETRY_MS)
      }
    }
  } finally {
    database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`)
  }
}
