/** Conformance: what files declare, and whoever hangs on it. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Declaration } from '../../src/core/declarations/declaration.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { NOON } from '../support/builders.ts'
import { committed, onEachDatabase } from './databases.ts'

const aDeclaration = (key: string): Declaration => ({
  kind: 'groups',
  key,
  source: 'sallyport.yaml:3',
  document: { description: 'Everybody' },
  appliedAt: NOON,
})

onEachDatabase('declarations', database => {
  it('are replaced and deleted only as they were seen', async () => {
    const { declarations, commit } = database.store.repositories
    const first = aDeclaration('first')
    const next = { ...first, document: { description: 'Nobody' }, appliedAt: addSeconds(NOON, 1) }
    await committed(database.store, declarations.insert(first))
    assert.deepEqual(await commit([declarations.insert(next)]), { committed: false, lost: 'declarations.insert' })
    await committed(database.store, declarations.replace(next, first))
    assert.deepEqual(await commit([declarations.replace(next, first)]), {
      committed: false,
      lost: 'declarations.replace',
    })
    assert.deepEqual(await commit([declarations.delete(first)]), { committed: false, lost: 'declarations.delete' })
    assert.deepEqual(await declarations.find('groups', 'first'), next)
    await committed(database.store, declarations.delete(next))
    assert.equal(await declarations.find('groups', 'first'), undefined)
  })

  it('can be hung on without a change: lost when it came, went or is another by then', async () => {
    const { declarations, commit } = database.store.repositories
    const seen = aDeclaration('seen')
    const lost = { committed: false, lost: 'declarations.asSeen' }
    await committed(database.store, declarations.asSeen('groups', 'seen', undefined))
    assert.deepEqual(await commit([declarations.asSeen('groups', 'seen', seen)]), lost)
    await committed(database.store, declarations.insert(seen))
    await committed(database.store, declarations.asSeen('groups', 'seen', seen))
    await committed(database.store, declarations.asSeen('clients', 'seen', undefined))
    assert.deepEqual(await commit([declarations.asSeen('groups', 'seen', undefined)]), lost)
    const other = { ...seen, document: {} }
    assert.deepEqual(await commit([declarations.asSeen('groups', 'seen', other)]), lost)
    assert.deepEqual(await declarations.find('groups', 'seen'), seen)
  })
})
