/** Throttling buckets in SQL: the leak is reckoned in the statement, so that two failures at once both count. */

import { type RawBuilder, sql } from 'kysely'
import type { ThrottleRepository } from '../../core/authentication/throttle.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import type { ThrottleRow } from '../tables.ts'
import { conditional, unconditional, write } from '../write.ts'

/** A bucket that does not leak is kept for a year. */
const LONGEST_LEAK_MS = 365 * 24 * 3600 * 1000

export function createThrottle(engine: Engine, db: QueryBuilder): ThrottleRepository {
  const { find, add, addWithin, clear } = createStatements(db)
  return {
    async find(keys) {
      const rows = await Promise.all(keys.map(key => engine.first(find, { key })))
      return rows
        .filter((row): row is ThrottleRow => row !== undefined)
        .map(({ key, level, at }) => ({ key, level, at: new Date(at) }))
    },
    add: (key, now, leakPerSecond) =>
      write(add.name, unconditional(add, { key, now: now.getTime(), msPerFailure: msPerFailure(leakPerSecond) })),
    addWithin(key, now, { capacity, leakPerSecond }) {
      const params = { key, now: now.getTime(), msPerFailure: msPerFailure(leakPerSecond), capacity }
      return write(addWithin.name, conditional(addWithin, params))
    },
    clear: key => write(clear.name, unconditional(clear, { key })),
  }
}

function msPerFailure(leakPerSecond: number): number {
  return leakPerSecond > 0 ? Math.min(1000 / leakPerSecond, LONGEST_LEAK_MS) : LONGEST_LEAK_MS
}

interface Addition {
  readonly key: string
  readonly now: number
  readonly msPerFailure: number
}

function createStatements(db: QueryBuilder) {
  type ByKey = { key: string }
  return {
    find: statement('throttle.find', (p: ByKey) => db.selectFrom('throttle').selectAll().where('key', '=', p.key)),
    add: statement('throttle.add', (p: Addition) => added(db, p)),
    addWithin: statement('throttle.addWithin', (p: Addition & { capacity: number }) =>
      added(db, p, sql<number>`cast(${p.capacity} as double precision)`),
    ),
    clear: statement('throttle.clear', (p: ByKey) => db.deleteFrom('throttle').where('key', '=', p.key)),
  }
}

function added(db: QueryBuilder, p: Addition, capacity?: RawBuilder<number>) {
  // The casts tell PostgreSQL what the bare placeholders are.
  const now = sql<number>`cast(${p.now} as bigint)`
  const msPerFailure = sql<number>`cast(${p.msPerFailure} as double precision)`
  const leaked = sql<number>`(case when ${now} > throttle.at then (${now} - throttle.at) / ${msPerFailure} else 0 end)`
  const level = sql<number>`(case when throttle.level > ${leaked} then throttle.level - ${leaked} else 0 end + 1)`
  return db
    .insertInto('throttle')
    .values({
      key: p.key,
      level: 1,
      at: p.now,
      expires_at: sql<number>`cast(${now} + ${msPerFailure} as bigint)`,
    })
    .onConflict(conflict => {
      const update = conflict.column('key').doUpdateSet({
        level,
        at: sql<number>`case when ${now} > throttle.at then ${now} else throttle.at end`,
        expires_at: sql<number>`cast(${now} + ${level} * ${msPerFailure} as bigint)`,
      })
      return capacity === undefined ? update : update.where(sql<boolean>`${level} <= ${capacity}`)
    })
}
