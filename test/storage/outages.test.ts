/** Outages: what the store does when its file or its server is not as it should be. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it, type TestContext } from 'node:test'
import { Worker } from 'node:worker_threads'
import { openStore } from '../../src/storage/store.ts'
import { aClock, aConsent, aGrant, NOON } from '../support/builders.ts'
import { freePort } from '../support/free-port.ts'
import { startPostgres } from '../support/postgres.ts'

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'sallyport-outages-'))
  t.after(() => rmSync(made, { recursive: true, force: true }))
  return made
}

describe('openStore', () => {
  it('names what it understands when the URL is of another kind', async () => {
    await assert.rejects(
      openStore({ url: 'mysql://localhost/x', clock: aClock() }),
      /"mysql:" is not known; use sqlite:/,
    )
  })

  it('opens a database in memory', async t => {
    const store = await openStore({ url: 'sqlite::memory:', clock: aClock() })
    t.after(() => store.close())
    const { commit, grants } = store.repositories
    const grant = aGrant()
    assert.deepEqual(await commit([grants.insert(grant)]), { committed: true })
    assert.deepEqual((await grants.find(grant.id))?.grant, grant)
  })
})

describe('the SQLite file', () => {
  it('is made with its folder, for its owner only', async t => {
    const data = join(folder(t), 'not', 'yet')
    const store = await openStore({ url: `sqlite:${join(data, 'sallyport.db')}`, clock: aClock() })
    t.after(() => store.close())
    assert.equal(statSync(data).mode & 0o777, 0o700)
    const files = readdirSync(data)
    assert.ok(files.includes('sallyport.db-wal'))
    for (const file of files) assert.equal(statSync(join(data, file)).mode & 0o777, 0o600, file)
  })

  it('is read while another connection writes, and written as soon as that is done', async t => {
    const file = join(folder(t), 'sallyport.db')
    const store = await openStore({ url: `sqlite:${file}`, clock: aClock() })
    t.after(() => store.close())
    const { commit, grants } = store.repositories
    // A thread, as waiting for SQLite's lock holds up this one.
    const other = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads')
       const { DatabaseSync } = require('node:sqlite')
       const database = new DatabaseSync(workerData)
       database.exec('begin immediate')
       parentPort.postMessage('locked')
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
       database.exec("insert into lease (job, holder, expires_at) values ('j', 'other', 9e15); commit")
       database.close()`,
      { eval: true, workerData: file },
    )
    await once(other, 'message')
    const grant = aGrant()
    assert.equal(await grants.find(grant.id), undefined)
    assert.deepEqual(await commit([grants.insert(grant)]), { committed: true })
    assert.equal(await store.repositories.housekeeping.takeLease('j', 'us', NOON, 1), false, 'the other was first')
    await once(other, 'exit')
  })

  it('rejects every unit of a group whose commit fails, and takes the next', async t => {
    const file = join(folder(t), 'sallyport.db')
    const store = await openStore({ url: `sqlite:${file}`, clock: aClock() })
    t.after(() => store.close())
    const { commit, consents } = store.repositories
    const limit = new DatabaseSync(file)
    t.after(() => limit.close())
    // A trigger that fails with the transaction, as a full disk does: nothing of the group may be answered.
    limit.exec(`create trigger full_disk before insert on consent when new.scopes = '["full"]'
      begin select raise(rollback, 'database or disk is full'); end`)
    const [before, full, after] = [aConsent(), aConsent({ scopes: ['full'] }), aConsent()]
    const results = await Promise.allSettled([before, full, after].map(consent => commit([consents.put(consent)])))
    assert.deepEqual(
      results.map(result => result.status),
      ['rejected', 'rejected', 'rejected'],
    )
    assert.equal(await consents.find(before.accountId, before.clientUid), undefined)
    assert.deepEqual(await commit([consents.put(after)]), { committed: true })
  })

  it('leaves one file when it was closed in good order', async t => {
    const file = join(folder(t), 'sallyport.db')
    const store = await openStore({ url: `sqlite:${file}`, clock: aClock() })
    await store.close()
    assert.ok(existsSync(file))
    assert.equal(existsSync(`${file}-wal`), false)
  })
})

describe('a PostgreSQL server that goes away', () => {
  it('is found again when it is back', async t => {
    const port = await freePort()
    const first = await startPostgres(port)
    const store = await openStore({ url: first.url, clock: aClock() })
    t.after(() => store.close())
    const { commit, grants, housekeeping } = store.repositories
    const grant = aGrant()
    await Promise.all([housekeeping.ping(), commit([grants.insert(grant), grants.redeem(grant.id, NOON)])])
    await first.stop()
    await assert.rejects(housekeeping.ping())
    await assert.rejects(commit([grants.insert(aGrant()), grants.insert(aGrant())]))
    const second = await startPostgres(port)
    t.after(() => second.stop())
    // Its tables went with the first server's folder: whoever opens the database next makes them again.
    await (await openStore({ url: second.url, clock: aClock() })).close()
    await housekeeping.ping()
    assert.deepEqual(await commit([grants.insert(grant), grants.redeem(grant.id, NOON)]), { committed: true })
    assert.equal((await grants.find(grant.id))?.grant.generation, 1)
  })
})
