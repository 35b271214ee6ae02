/** Migrations: one timeline for both databases, safe when two processes start at once, refused backwards. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Engine } from '../../src/storage/engine.ts'
import { migrate, NewerDatabaseError } from '../../src/storage/migrations/migrate.ts'
import type { Migration } from '../../src/storage/migrations/migration.ts'
import { TIMELINE } from '../../src/storage/migrations/timeline.ts'
import { createPostgresEngine } from '../../src/storage/postgres/postgres-engine.ts'
import { createQueryBuilder } from '../../src/storage/query-builder.ts'
import { accountToRow } from '../../src/storage/repositories/account-row.ts'
import { createSqliteEngine } from '../../src/storage/sqlite/sqlite-engine.ts'
import { adHocStatement } from '../../src/storage/statement.ts'
import { openStore } from '../../src/storage/store.ts'
import { type SqlWrite, unconditional, write } from '../../src/storage/write.ts'
import { aClock, anAccount, NOON } from '../support/builders.ts'
import { createDatabase } from '../support/postgres.ts'

const addThing: Migration = {
  name: '9999-add-thing',
  up: ({ db, types, table }) => [
    table(db.schema.createTable('thing').addColumn('id', types.bytes, id => id.primaryKey())),
  ],
}

const breakHalfway: Migration = {
  name: '9999-break-halfway',
  up: ({ db, types, table }) => [
    ...addThing.up({ db, types, table }),
    db.schema.alterTable('nowhere').addColumn('x', types.text),
  ],
}

/** As the tables were then. */
function insertedThen({ dialect }: Engine, account: Account): SqlWrite {
  const {
    created_by: _,
    updated_by: __,
    name_key: ___,
    password_by_role: ____,
    way_in_by_role: _____,
    ...row
  } = accountToRow(account)
  const insert = adHocStatement(createQueryBuilder<{ account: typeof row }>(dialect).insertInto('account').values(row))
  return write('account', unconditional(insert, {}))
}

interface FreshDatabase {
  readonly url: string
  engine(): Engine
}

async function sqlite(t: TestContext): Promise<FreshDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-migrations-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'test.db')
  return { url: `sqlite:${file}`, engine: () => closedAfter(t, createSqliteEngine(file)) }
}

async function postgres(t: TestContext): Promise<FreshDatabase> {
  const url = await createDatabase()
  return { url, engine: () => closedAfter(t, createPostgresEngine(url)) }
}

function closedAfter(t: TestContext, engine: Engine): Engine {
  t.after(() => engine.close())
  return engine
}

function run(engine: Engine, timeline: readonly Migration[]): Promise<readonly string[]> {
  return migrate(engine, createQueryBuilder<unknown>(engine.dialect), timeline, NOON)
}

function things(engine: Engine): Promise<readonly unknown[]> {
  const db = createQueryBuilder<{ thing: { id: Uint8Array } }>(engine.dialect)
  return engine.all(adHocStatement(db.selectFrom('thing').selectAll()), {})
}

for (const [title, create] of [
  ['SQLite', sqlite],
  ['PostgreSQL', postgres],
] as const) {
  describe(`migrations, on ${title}`, () => {
    it('run once each, in order', async t => {
      const engine = (await create(t)).engine()
      assert.deepEqual(
        await run(engine, TIMELINE),
        TIMELINE.map(({ name }) => name),
      )
      assert.deepEqual(await run(engine, [...TIMELINE, addThing]), [addThing.name])
      assert.deepEqual(await run(engine, [...TIMELINE, addThing]), [])
      assert.deepEqual(await things(engine), [])
    })

    it('that fail leave the database as it was', async t => {
      const engine = (await create(t)).engine()
      await assert.rejects(run(engine, [...TIMELINE, breakHalfway]), /nowhere/)
      await assert.rejects(things(engine), /thing/)
      assert.deepEqual(
        await run(engine, [...TIMELINE, addThing]),
        [...TIMELINE, addThing].map(({ name }) => name),
      )
    })

    it('of a newer version are refused, with a sentence that names them', async t => {
      const { engine, url } = await create(t)
      await run(engine(), [...TIMELINE, addThing])
      await assert.rejects(openStore({ url, clock: aClock() }), (error: unknown) => {
        assert.ok(error instanceof NewerDatabaseError)
        assert.match(error.message, /newer version of Sallyport.*"9999-add-thing"/)
        return true
      })
    })

    it('make groups of those that accounts carry already, each once', async t => {
      const { engine, url } = await create(t)
      const before = engine()
      await run(before, TIMELINE.slice(0, 2))
      const groups = ['größe 🏰', 'staff', 'Staff', `o'"group`, 'a,b']
      const accounts = [anAccount({ groups: groups.slice(0, 3) }), anAccount({ groups: groups.slice(1) }), anAccount()]
      for (const account of accounts) await before.commit([insertedThen(before, account)])
      const store = await openStore({ url, clock: aClock() })
      t.after(() => store.close())
      const found = await store.repositories.groups.list()
      assert.deepEqual(
        found.map(({ name }) => name),
        [...new Set([...groups, ...accounts.flatMap(account => account.groups)])].toSorted(),
      )
      assert.deepEqual(
        (await store.repositories.accounts.find(accounts[0]?.id ?? anAccount().id))?.groups,
        groups.slice(0, 3).toSorted(),
      )
    })

    it('let accounts that are there already be found by their full name', async t => {
      const { engine, url } = await create(t)
      const before = engine()
      await run(before, TIMELINE.slice(0, 3))
      const [ada, nul, nameless] = [
        anAccount({ attributes: { name: 'Ada KING-Noel' } }),
        anAccount({ attributes: { name: 'king \0' } }),
        anAccount({ attributes: {} }),
      ]
      for (const account of [ada, nul, nameless]) await before.commit([insertedThen(before, account)])
      const store = await openStore({ url, clock: aClock() })
      t.after(() => store.close())
      const search = { words: ['king-noel'], order: 'created', limit: 10 } as const
      const found = await store.repositories.accounts.search(search)
      assert.deepEqual(
        found.map(({ id }) => id),
        [ada.id],
      )
    })

    it('run once when several stores open at the same moment', async t => {
      const { url, engine } = await create(t)
      const stores = await Promise.all(Array.from({ length: 4 }, () => openStore({ url, clock: aClock() })))
      await Promise.all(stores.map(store => store.close()))
      assert.deepEqual(await run(engine(), TIMELINE), [])
    })

    it('run once when several processes start at the same moment', async t => {
      const { url, engine } = await create(t)
      const codes = await Promise.all(Array.from({ length: 3 }, () => openInProcess(url)))
      assert.deepEqual(codes, [0, 0, 0])
      assert.deepEqual(await run(engine(), TIMELINE), [])
    })
  })
}

async function openInProcess(url: string): Promise<unknown> {
  const script = `
    import { systemClock } from '${new URL('../../src/lib/clock.ts', import.meta.url)}'
    import { openStore } from '${new URL('../../src/storage/store.ts', import.meta.url)}'
    const store = await openStore({ url: process.argv[1], clock: systemClock })
    await store.close()
  `
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script, url], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  return code
}
