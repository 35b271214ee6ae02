/** The two databases that the conformance suite runs on. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe } from 'node:test'
import type { Write } from '../../src/core/unit-of-work.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { Dialect } from '../../src/storage/engine.ts'
import { openStore, type Store } from '../../src/storage/store.ts'
import { aClock } from '../support/builders.ts'
import { createDatabase } from '../support/postgres.ts'

export interface Database {
  readonly dialect: Dialect
  readonly url: string
  /** The suite's own store. */
  readonly store: Store
  /** One more store on the same database, as another process has it; closed with the suite. */
  open(clock?: Clock): Promise<Store>
}

/** Runs a suite on a fresh SQLite file and on a fresh PostgreSQL database. */
export function onEachDatabase(title: string, suite: (database: Database) => void): void {
  describe(`${title}, on SQLite`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-store-'))
    suite(databaseOf('sqlite', async () => `sqlite:${join(folder, 'test.db')}`))
    after(() => rmSync(folder, { recursive: true, force: true }))
  })
  describe(`${title}, on PostgreSQL`, () => {
    suite(databaseOf('postgres', createDatabase))
  })
}

function databaseOf(dialect: Dialect, create: () => Promise<string>): Database {
  const opened: Store[] = []
  let url = ''
  const open = async (clock: Clock = aClock()): Promise<Store> => {
    const store = await openStore({ url, clock })
    opened.push(store)
    return store
  }
  before(async () => {
    url = await create()
    await open()
  })
  after(() => Promise.all(opened.map(store => store.close())))
  return {
    dialect,
    get url() {
      return url
    },
    get store() {
      const [first] = opened
      if (first === undefined) throw new Error('the store is open only while the tests of its suite run')
      return first
    },
    open,
  }
}

/** Commits writes that must not be lost. */
export async function committed(store: Store, ...writes: readonly Write[]): Promise<void> {
  const outcome = await store.repositories.commit(writes)
  if (!outcome.committed) throw new Error(`${outcome.lost} was lost`)
}
