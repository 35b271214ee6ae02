/** Tests of the settings that a running server goes by: what it takes up, what stays when it cannot. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import type { StoredSetting } from '../../src/core/settings/stored-setting.ts'
import { createLogger } from '../../src/lib/logger.ts'
import { createRunningSettings } from '../../src/running-settings.ts'
import { aClock } from '../support/builders.ts'

async function aServer(first: Readonly<Record<string, unknown>> = {}) {
  const readFile = (): string => {
    throw Object.assign(new Error('no file'), { code: 'ENOENT' })
  }
  const loaded = await loadConfig({ env: {}, cwd: '/srv', readFile })
  if ('mistakes' in loaded) return assert.fail()
  const clock = aClock()
  const database = { revision: 1, settings: [] as readonly StoredSetting[], lists: 0, isAway: false }
  const lines: Record<string, unknown>[] = []
  const taken: string[] = []
  const store = (values: Readonly<Record<string, unknown>>): void => {
    const made = { updatedAt: clock.now(), updatedBy: 'ada' }
    database.settings = Object.entries(values).map(([name, value]) => ({ name, value, ...made }))
    database.revision += 1
  }
  store(first)
  const list = async () => {
    database.lists += 1
    return database.settings
  }
  const house = {
    clock,
    repositories: { settings: { list } },
    async revision() {
      if (database.isAway) throw new Error('the database is away')
      return database.revision
    },
  } as unknown as Parameters<typeof createRunningSettings>[1]
  const logger = createLogger('info', { write: line => lines.push(JSON.parse(line)) })
  const running = await createRunningSettings(loaded.config, house, logger)
  running.onChange((config: Config) => {
    if (config.branding.name === 'breaks the doors') throw new Error('no doors')
    taken.push(config.branding.name)
  })
  return { running, database, store, taken, lines, clock }
}

describe('the settings of a running server', () => {
  it('are those of the database from the start', async () => {
    const { running, taken } = await aServer({ 'branding.name': 'Castle' })
    assert.equal(running.config.branding.name, 'Castle')
    assert.equal(running.loadedAt('branding.name'), undefined)
    assert.deepEqual(taken, [])
  })

  it('are read again only when the revision has grown, and taken up only when they changed', async () => {
    const { running, database, store, taken } = await aServer()
    assert.equal(database.lists, 1)
    for (let look = 0; look < 3; look++) await running.look()
    assert.equal(database.lists, 1)
    database.revision += 1
    await running.look()
    assert.deepEqual([database.lists, taken], [2, []])
    store({ 'branding.name': 'Castle' })
    await running.look()
    assert.deepEqual([database.lists, taken, running.config.branding.name], [3, ['Castle'], 'Castle'])
  })

  it('tell since when each counts that was changed meanwhile', async () => {
    const { running, store, clock, lines } = await aServer()
    clock.advance(60)
    store({ 'branding.name': 'Castle' })
    await running.look()
    const first = clock.now()
    clock.advance(60)
    store({ 'branding.name': 'Castle', 'tokens.id_token': '5m' })
    await running.look()
    assert.deepEqual(
      [running.loadedAt('branding.name'), running.loadedAt('tokens.id_token'), running.loadedAt('issuer')],
      [first, clock.now(), undefined],
    )
    assert.deepEqual(
      lines.map(({ msg, settings }) => [msg, settings]),
      [
        ['settings were changed', ['branding.name']],
        ['settings were changed', ['tokens.id_token']],
      ],
    )
  })

  it('are taken up before a look resolves, also when one is under way that began before the change', async () => {
    const { running, store } = await aServer()
    const before = running.look()
    store({ 'branding.name': 'Castle' })
    await running.look()
    assert.equal(running.config.branding.name, 'Castle')
    await before
  })

  it('stay as they are while the database is away, and where the doors cannot be built', async () => {
    const { running, store, database, taken, lines } = await aServer({ 'branding.name': 'Castle' })
    database.isAway = true
    await running.look()
    database.isAway = false
    store({ 'branding.name': 'breaks the doors' })
    await running.look()
    assert.deepEqual([running.config.branding.name, taken], ['Castle', []])
    assert.deepEqual(
      lines.map(({ level }) => level),
      ['warn', 'warn'],
    )
    store({ 'branding.name': 'Fort' })
    await running.look()
    assert.equal(running.config.branding.name, 'Fort')
  })

  it('say loudly, and once, which value in the database does not count, and let the standard count', async () => {
    const { running, store, lines } = await aServer({ 'tokens.access_token': '99y' })
    assert.equal(running.config.tokens.accessTokenSeconds, 3600)
    store({ 'tokens.access_token': '99y', 'branding.name': 'Castle' })
    await running.look()
    const errors = lines.filter(({ level }) => level === 'error')
    assert.equal(errors.length, 1)
    assert.match(
      `${errors[0]?.msg}`,
      /^setting in the database: tokens\.access_token must be between 1s and 30d; the standard/,
    )
  })
})
