/** Tests of settings from the database: the lowest layer, held to the same rules, and never what keeps a server from starting. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { WARNED_ABOUT } from '../core/administration/resources/settings/setting-warnings.ts'
import type { StoredSetting } from '../core/settings/stored-setting.ts'
import { isChangeable } from './changeable.ts'
import type { Config } from './config.ts'
import { loadConfig } from './load-config.ts'
import { listSettings } from './settings.ts'

async function configOf(yaml: string, env: Readonly<Record<string, string>> = {}): Promise<Config> {
  const loaded = await loadConfig({
    env,
    cwd: '/srv',
    readFile(path) {
      if (path === '/srv/sallyport.yaml') return yaml
      throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' })
    },
  })
  if ('config' in loaded) return loaded.config
  return assert.fail(JSON.stringify(loaded.mistakes))
}

function stored(values: Readonly<Record<string, unknown>>): readonly StoredSetting[] {
  const made = { updatedAt: new Date('2026-11-21T12:00:00Z'), updatedBy: 'ada' }
  return Object.entries(values).map(([name, value]) => ({ name, value, ...made }))
}

function shown({ shown: all }: Config, name: string) {
  const { value, source, isOwned } = all.find(setting => setting.name === name) ?? assert.fail(name)
  return { value, source, isOwned }
}

describe('settings from the database', () => {
  it('count where neither a file nor a variable says anything', async () => {
    const config = await configOf('tokens:\n  access_token: 7m\n', { SALLYPORT_BRANDING_NAME: 'Environment' })
    const { config: layered, left } = config.withStored(
      stored({
        'tokens.access_token': '1m',
        'tokens.id_token': '2m',
        'branding.name': 'Database',
        'audit.retention': 9e6,
      }),
    )
    assert.deepEqual(left, [])
    assert.deepEqual(
      [layered.tokens.accessTokenSeconds, layered.tokens.idTokenSeconds, layered.branding.name],
      [420, 120, 'Environment'],
    )
    assert.equal(layered.audit.retentionSeconds, 9_000_000)
    assert.deepEqual(shown(layered, 'tokens.id_token'), { value: '2m', source: 'database, by ada', isOwned: false })
    assert.deepEqual(shown(layered, 'tokens.access_token'), { value: '7m', source: 'sallyport.yaml:2', isOwned: true })
    assert.deepEqual(shown(layered, 'branding.name').source, 'SALLYPORT_BRANDING_NAME')
  })

  it('leave what was loaded as it was, so that the next ones are laid below the same files', async () => {
    const config = await configOf('tokens:\n  access_token: 7m\n')
    const { config: first } = config.withStored(stored({ 'tokens.id_token': '2m' }))
    const { config: second } = first.withStored(stored({ 'branding.name': 'Second' }))
    assert.equal(config.tokens.idTokenSeconds, 3600)
    assert.deepEqual([second.tokens.idTokenSeconds, second.branding.name], [3600, 'Second'])
    assert.equal(second.issuer, config.issuer)
  })

  it('do not count where they break a rule, and the rest does', async () => {
    const config = await configOf('')
    const { config: layered, left } = config.withStored(
      stored({ 'tokens.access_token': '99y', 'branding.default_locale': 'tlh', 'tokens.id_token': '2m' }),
    )
    assert.deepEqual(left, [
      { name: 'tokens.access_token', rule: 'must be between 1s and 30d' },
      { name: 'branding.default_locale', rule: 'must be one of en, de' },
    ])
    assert.deepEqual([layered.tokens.accessTokenSeconds, layered.tokens.idTokenSeconds], [3600, 120])
    const setting = layered.shown.find(({ name }) => name === 'tokens.access_token')
    assert.deepEqual([setting?.value, setting?.problem], ['1h', 'must be between 1s and 30d'])
  })

  it('do not count, as far as their section goes, where they do not go together with what the file says now', async () => {
    const config = await configOf('tokens:\n  refresh_token: 60d\n')
    const { config: layered, left } = config.withStored(
      stored({ 'tokens.refresh_token_max': '30d', 'tokens.id_token': '2m', 'branding.name': 'House' }),
    )
    assert.deepEqual(
      left.map(({ name }) => name),
      ['tokens.refresh_token_max', 'tokens.id_token'],
    )
    assert.match(
      left[0]?.rule ?? '',
      /together.*tokens\.refresh_token must not be longer than tokens\.refresh_token_max/,
    )
    assert.deepEqual([layered.tokens.refreshTokenMaxSeconds, layered.branding.name], [365 * 86_400, 'House'])
  })

  it('never say what a house is opened with, whatever stands in the table', async () => {
    const config = await configOf('')
    const evil = {
      issuer: 'https://evil.example.com',
      'proxies.trusted': ['0.0.0.0/0'],
      'registration.software_statement_issuers': [{ issuer: 'x', jwks_uri: 'https://evil.example.com' }],
      'tokens.nothing': '1m',
      __proto__: { polluted: true },
      '__proto__.polluted': true,
    }
    const { config: layered, left } = config.withStored(stored(evil))
    assert.deepEqual(left.map(({ name }) => name).toSorted(), [
      '__proto__.polluted',
      'issuer',
      'proxies.trusted',
      'registration.software_statement_issuers',
      'tokens.nothing',
    ])
    assert.deepEqual([layered.issuer, layered.proxies.trusted], [config.issuer, config.proxies.trusted])
    assert.equal('polluted' in {}, false)
  })

  it('are taken as they stand: a reference in them is read by nobody', async () => {
    const config = await configOf('', { HOME_OF_SECRETS: 'a secret' })
    const { config: layered } = config.withStored(stored({ 'branding.name': '$' + '{env.HOME_OF_SECRETS}' }))
    assert.equal(layered.branding.name, '$' + '{env.HOME_OF_SECRETS}')
  })
})

describe('which settings may be changed while the server runs', () => {
  it('are never secrets, and never what opens the house, guards the machine or says whose signature counts', () => {
    const names = listSettings().map(({ path }) => path.join('.'))
    const changeable = names.filter(isChangeable)
    const never =
      /^(issuer|listen|database|database_file|master_key|master_key_file|(tls|proxies|outbound|log|metrics|mail|secrets|apply|attestation)\..*|assertion_issuers|registration\.software_statement_issuers)$/
    assert.deepEqual(
      names.filter(name => !never.test(name)),
      changeable,
    )
    assert.deepEqual(
      listSettings().filter(({ path, fileSibling }) => fileSibling !== undefined && isChangeable(path.join('.'))),
      [],
    )
  })

  it('are all that a warning is about', () => {
    assert.ok(WARNED_ABOUT.length > 0)
    assert.deepEqual(
      WARNED_ABOUT.filter(name => !isChangeable(name)),
      [],
    )
  })
})
