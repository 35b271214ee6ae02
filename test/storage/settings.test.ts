/** Conformance: settings that were changed while the server ran. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { StoredSetting } from '../../src/core/settings/stored-setting.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { NOON } from '../support/builders.ts'
import { committed, onEachDatabase } from './databases.ts'

function aSetting(name: string, value: unknown, changes: Partial<StoredSetting> = {}): StoredSetting {
  return { name, value, updatedAt: NOON, updatedBy: 'ada', ...changes }
}

onEachDatabase('settings', database => {
  it('come back as they were put, whatever kind of value they have, listed by name', async () => {
    const { settings } = database.store.repositories
    const all = [
      aSetting('branding.name', 'Größe "🏰"'),
      aSetting('lint.ignore', ['client-pkce-off', 'key-old']),
      aSetting('passwords.min_length', 12),
      aSetting('requests.require_pushed', false),
      aSetting('resources', [{ uri: 'https://api.example.com', scopes: ['a', 'b'] }]),
    ]
    for (const setting of all.toReversed()) await committed(database.store, settings.put(setting, undefined))
    assert.deepEqual(await settings.list(), all)
  })

  it('lose settings.insert when somebody else was first, and settings.replace when it is no longer what was seen', async () => {
    const { settings, commit } = database.store.repositories
    const first = aSetting('tokens.access_token', '5m')
    const second = { ...first, value: '6m', updatedAt: addSeconds(NOON, 1), updatedBy: 'bob' }
    await committed(database.store, settings.put(first, undefined))
    assert.deepEqual(await commit([settings.put(second, undefined)]), { committed: false, lost: 'settings.insert' })
    await committed(database.store, settings.put(second, first))
    assert.deepEqual(await commit([settings.put(first, first)]), { committed: false, lost: 'settings.replace' })
    const sameValue = { ...second, updatedAt: NOON }
    assert.deepEqual(await commit([settings.put(first, sameValue)]), { committed: false, lost: 'settings.replace' })
    assert.deepEqual(
      (await settings.list()).find(({ name }) => name === first.name),
      second,
    )
  })

  it('lose settings.delete when they are gone or were changed since', async () => {
    const { settings, commit } = database.store.repositories
    const setting = aSetting('flows.lifetime', '2h')
    await committed(database.store, settings.put(setting, undefined))
    const lost = { committed: false, lost: 'settings.delete' }
    assert.deepEqual(await commit([settings.delete({ ...setting, value: '3h' })]), lost)
    await committed(database.store, settings.delete(setting))
    assert.deepEqual(await commit([settings.delete(setting)]), lost)
    assert.equal(
      (await settings.list()).some(({ name }) => name === 'flows.lifetime'),
      false,
    )
  })

  it('advance the revision with every change, so that each node looks again', async () => {
    const { store } = database
    const { settings } = store.repositories
    const revisions = [await store.revision()]
    const setting = aSetting('device.interval', '6s')
    const changed = { ...setting, value: '7s' }
    for (const write of [settings.put(setting, undefined), settings.put(changed, setting), settings.delete(changed)]) {
      await committed(store, write)
      revisions.push(await store.revision())
    }
    assert.deepEqual(
      revisions.slice(1).map((revision, index) => revision - (revisions[index] ?? 0)),
      [1, 1, 1],
    )
  })
})
