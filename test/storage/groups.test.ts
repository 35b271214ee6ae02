/** Conformance: groups that exist. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { addSeconds } from '../../src/lib/clock.ts'
import { NOON } from '../support/builders.ts'
import { committed, onEachDatabase } from './databases.ts'

onEachDatabase('groups', database => {
  it('are listed by name, the same on every database, each spelling on its own', async () => {
    const { groups } = database.store.repositories
    const names = ['Zoo', 'admin', 'Admin', 'größe', 'a b', 'a-b', '🏰', "o'group", 'ä', 'az']
    for (const name of names) await committed(database.store, groups.ensure({ name, createdAt: NOON }))
    assert.deepEqual(
      (await groups.list()).map(({ name }) => name),
      names.toSorted(),
    )
    assert.deepEqual((await groups.list())[0], { name: 'Admin', createdAt: NOON })
  })

  it('stay as they are when they are there already, and lose nothing', async () => {
    const { groups } = database.store.repositories
    await committed(database.store, groups.ensure({ name: 'twice', createdAt: NOON }))
    await committed(database.store, groups.ensure({ name: 'twice', createdAt: addSeconds(NOON, 60) }))
    const found = (await groups.list()).filter(({ name }) => name === 'twice')
    assert.deepEqual(found, [{ name: 'twice', createdAt: NOON }])
  })

  it('lose groups.delete when there is none of that name', async () => {
    const { groups, commit } = database.store.repositories
    await committed(database.store, groups.ensure({ name: 'gone', createdAt: NOON }), groups.delete('gone'))
    const lost = { committed: false, lost: 'groups.delete' }
    assert.deepEqual(await commit([groups.delete('gone')]), lost)
    assert.deepEqual(await commit([groups.delete('TWICE')]), lost)
    assert.equal(
      (await groups.list()).some(({ name }) => name === 'gone'),
      false,
    )
  })
})
