/** PostgreSQL: two transactions that want the same rows in opposite order. The server undoes one; the person behind it never knows. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Client } from 'pg'
import { idToBytes } from '../../src/lib/id.ts'
import { openStore } from '../../src/storage/store.ts'
import { aClock, aGrant, NOON } from '../support/builders.ts'
import { createDatabase } from '../support/postgres.ts'
import { committed } from './databases.ts'

describe('a unit that PostgreSQL undoes because of a deadlock', () => {
  it('is run again, and committed behind the other', async t => {
    const url = await createDatabase()
    const other = new Client(url)
    await other.connect()
    t.after(() => other.end())
    // Who looks for a deadlock first is who gets undone. The other never looks; the unit does, long after both wait.
    await other.query(`alter database ${new URL(url).pathname.slice(1)} set deadlock_timeout = '2s'`)
    await other.query("set deadlock_timeout = '60s'")
    const store = await openStore({ url, clock: aClock() })
    t.after(() => store.close())
    const { commit, grants } = store.repositories
    const [a, b] = [aGrant(), aGrant()]
    await committed(store, grants.insert(a), grants.insert(b))
    const rotate = 'update "grant" set generation = generation + 5 where id = $1'

    await other.query('begin')
    await other.query(rotate, [idToBytes(a.id)])
    const unit = commit([grants.revoke(b.id, NOON), grants.revoke(a.id, NOON)])
    // The unit holds one row and waits for the other.
    while ((await other.query('select 1 from pg_locks where not granted')).rowCount === 0);
    await other.query(rotate, [idToBytes(b.id)])
    await other.query('commit')

    assert.deepEqual(await unit, { committed: true })
    for (const { id } of [a, b]) {
      const { generation, revokedAt } = (await grants.find(id))?.grant ?? {}
      assert.deepEqual({ generation, revokedAt }, { generation: 5, revokedAt: NOON })
    }
  })
})
