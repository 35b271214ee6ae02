/** Takes a database to the end of the timeline, once, however many processes start at the same moment. */

import { type Compilable, type Kysely, sql } from 'kysely'
import type { Engine, ExclusiveSession } from '../engine.ts'
import type { SqlValue } from '../statement.ts'
import { type Migration, migrationSetting } from './migration.ts'

/** The database was migrated by a newer version of Sallyport. */
export class NewerDatabaseError extends Error {
  override readonly name = 'NewerDatabaseError'
}

/** All in one transaction: a migration that fails leaves the database as it was. Returns the names of those that ran. */
export function migrate(
  engine: Engine,
  db: Kysely<unknown>,
  timeline: readonly Migration[],
  now: Date,
): Promise<readonly string[]> {
  return engine.exclusively(async session => {
    const applied = await appliedMigrations(session, db)
    checkOnTimeline(applied, timeline)
    const pending = timeline.slice(applied.length)
    for (const [index, migration] of pending.entries()) {
      for (const step of migration.up(migrationSetting(db, engine.dialect))) await run(session, step)
      const position = applied.length + index + 1
      await run(session, recordOf(db, position, migration.name, now))
    }
    return pending.map(migration => migration.name)
  })
}

async function appliedMigrations(session: ExclusiveSession, db: Kysely<unknown>): Promise<readonly string[]> {
  // Spelled out, as it must read the same for every database there ever was; both dialects understand it.
  const create = sql`create table if not exists migration (position bigint primary key, name text not null, applied_at bigint not null)`
  await run(session, { compile: () => create.compile(db) })
  const rows = await run(session, { compile: () => sql`select name from migration order by position`.compile(db) })
  return rows.map(row => String((row as { name: unknown }).name))
}

function checkOnTimeline(applied: readonly string[], timeline: readonly Migration[]): void {
  const stranger = applied.find((name, index) => timeline[index]?.name !== name)
  if (stranger === undefined) return
  throw new NewerDatabaseError(
    `the database was migrated by another, newer version of Sallyport: this version does not know its migration "${stranger}". Run that version, or restore a backup from before the upgrade.`,
  )
}

function recordOf(db: Kysely<unknown>, position: number, name: string, now: Date): Compilable {
  return db
    .withTables<{ migration: { position: number; name: string; applied_at: number } }>()
    .insertInto('migration')
    .values({ position, name, applied_at: now.getTime() })
}

async function run(session: ExclusiveSession, step: Compilable): Promise<readonly unknown[]> {
  const { sql: text, parameters } = step.compile()
  return session.run({ name: '', sql: text }, parameters as readonly SqlValue[])
}
