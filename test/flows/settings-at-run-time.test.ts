/** Settings that are changed while servers run: they count on every node at once, below files and variables, by the same rules. */

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, it } from 'node:test'
import { AdminProblem } from '../../src/admin-client/admin-client.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/free-port.ts'
import { authorizePath } from '../support/hand-app.ts'
import { formPost, hiddenFields, shown } from '../support/hand-browser.ts'
import { type ManagedApp, startManagedApp } from '../support/managed-app.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

onBothDatabases('settings at run time', database => {
  let folder: string
  let file: string
  let one: ManagedApp
  let two: RunningApp
  let urls: readonly string[]
  let machine: Registered

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-settings-'))
    file = join(folder, 'house.yaml')
    writeFileSync(file, 'tokens:\n  id_token: 9m\n')
    const environment = { SALLYPORT_CONFIG: file, SALLYPORT_DEVICE_INTERVAL: '7s' }
    one = await startManagedApp({
      database: (await database()) ?? `sqlite:${join(folder, 'shared.db')}`,
      environment,
    })
    const port = await freePort()
    const issuer = one.app.issuer
    two = await startApp({
      database: one.app.database,
      port,
      environment: { ...environment, SALLYPORT_ISSUER: issuer },
    })
    urls = [issuer, `http://127.0.0.1:${port}`]
    machine = await one.app.register({ clientId: 'machine', grantTypes: ['client_credentials'], scopes: ['things'] })
  })

  afterEach(async () => {
    for await (const { name, updated_by } of one.admin.all('settings.list')) {
      if (updated_by !== undefined) await one.admin.call('settings.reset', { path: { name: `${name}` } })
    }
  })

  after(async () => {
    await two?.close()
    await one?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const change = (name: string, value: unknown, ifMatch?: string) =>
    one.admin.call('settings.change', {
      path: { name },
      body: { value },
      ...(ifMatch === undefined ? {} : { ifMatch }),
    })
  const read = async (name: string) => (await one.admin.call('settings.read', { path: { name } })).document
  const refused = async (act: Promise<unknown>): Promise<AdminProblem> => {
    try {
      await act
    } catch (error) {
      if (error instanceof AdminProblem) return error
      throw error
    }
    return assert.fail('it was not refused')
  }

  async function lifetimeAt(url: string | undefined): Promise<number> {
    const { client, secret } = machine
    const response = await fetch(`${url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${client.clientId}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    return ((await response.json()) as { expires_in: number }).expires_in
  }

  async function titleAt(url: string | undefined): Promise<string> {
    const page = await fetch(`${url}/device`, { headers: { accept: 'text/html' } })
    return /<title>([^<]*)<\/title>/.exec(await page.text())?.[1] ?? ''
  }

  async function metadataAt(url: string | undefined) {
    const response = await fetch(`${url}/.well-known/openid-configuration`)
    return (await response.json()) as { readonly registration_endpoint?: string }
  }

  it('a token lifetime counts at once where it was changed, and soon on the other node, without a restart', async () => {
    assert.deepEqual([await lifetimeAt(urls[0]), await lifetimeAt(urls[1])], [3600, 3600])
    const { document } = await change('tokens.access_token', '2m')
    assert.deepEqual(
      [document.value, document.source, document.updated_by, document.said, document.changeable],
      ['2m', 'database', 'client deployer', true, true],
    )
    assert.ok(Math.abs(Date.now() - Date.parse(`${document.last_loaded_at}`)) < 60_000)
    assert.equal(await lifetimeAt(urls[0]), 120)
    await eventually(async () => (await lifetimeAt(urls[1])) === 120)
    assert.deepEqual(await read('tokens.access_token'), document)
    assert.deepEqual([one.app.failures, two.failures], [[], []])
  })

  it('what is taken back has its standard again on every node', async () => {
    await change('tokens.access_token', '2m')
    await eventually(async () => (await lifetimeAt(urls[1])) === 120)
    const { document } = await one.admin.call('settings.reset', { path: { name: 'tokens.access_token' } })
    assert.deepEqual([document.value, document.said, document.source], ['1h', false, undefined])
    assert.equal(await lifetimeAt(urls[0]), 3600)
    await eventually(async () => (await lifetimeAt(urls[1])) === 3600)
    const again = await refused(one.admin.call('settings.reset', { path: { name: 'tokens.access_token' } }))
    assert.deepEqual([again.kind, again.message], ['conflict', 'tokens.access_token has its standard already'])
  })

  it('the name of the house stands on the next page', async () => {
    assert.match(await titleAt(urls[0]), /Sallyport/)
    await change('branding.name', 'Castle <Rock>')
    assert.match(await titleAt(urls[0]), /Castle &lt;Rock/)
    await eventually(async () => (await titleAt(urls[1])).includes('Castle'))
  })

  it('an endpoint that a setting opens is there on every node, and gone when it is taken back', async () => {
    const register = async (url: string | undefined): Promise<number> => {
      const body = JSON.stringify({ redirect_uris: ['https://app.example.com/back'] })
      const headers = { 'content-type': 'application/json' }
      return (await fetch(`${url}/register`, { method: 'POST', headers, body })).status
    }
    assert.equal(await register(urls[0]), 404)
    const { warnings } = await change('registration.mode', 'open')
    assert.deepEqual(warnings, ['registration.mode: anybody may register an app here'])
    assert.equal(await register(urls[0]), 201)
    assert.match((await metadataAt(urls[0])).registration_endpoint ?? '', /\/register$/)
    await eventually(async () => (await register(urls[1])) === 201)
    await one.admin.call('settings.reset', { path: { name: 'registration.mode' } })
    assert.equal(await register(urls[0]), 404)
    assert.equal((await metadataAt(urls[0])).registration_endpoint, undefined)
  })

  it('a change is no way around the brake on guessing, and turning it off and on again forgets nothing', async () => {
    const { client } = await one.app.register()
    const browser = await one.app.browser()
    const page = shown(await browser.open(authorizePath(client)), '/login')
    let names = 0
    const guess = async (): Promise<number> => {
      // One account would be answered later and later; an address waits for all of them.
      names += 1
      const fields = { ...hiddenFields(page), username: `nobody-${names}`, password: 'wrong' }
      return (await browser.send('/login', formPost(fields))).status
    }
    const guesses: number[] = []
    for (let count = 0; count < 22; count++) {
      if (count === 11) await change('branding.name', 'Another')
      guesses.push(await guess())
    }
    assert.deepEqual([guesses[0], guesses.at(-1)], [200, 429])
    await change('throttling.enabled', false)
    assert.equal(await guess(), 200)
    await one.admin.call('settings.reset', { path: { name: 'throttling.enabled' } })
    assert.equal(await guess(), 429)
  })

  it('rules of managing count at once, too', async () => {
    const create = (username: string) =>
      one.admin.call('accounts.create', {
        body: { username, email: `${username}@example.com`, password: 'twelve chars' },
      })
    await change('passwords.min_length', 20)
    const short = await refused(create('ada'))
    assert.match(JSON.stringify(short.mistakes), /20/)
    const here = await one.local(['account', 'create', 'bob', '--email', 'bob@example.com', '--password-stdin'], {
      input: 'twelve chars',
    })
    assert.match(here.err, /20/)
    await one.admin.call('settings.reset', { path: { name: 'passwords.min_length' } })
    await create('ada')
  })

  it('what a file says is changed there: the refusal names the file and the line', async () => {
    const { kind, message } = await refused(change('tokens.id_token', '2m'))
    assert.deepEqual(
      [kind, message],
      ['conflict', `tokens.id_token: declared in ${file}:2; change it there, and it counts from the next start`],
    )
    const byVariable = await refused(change('device.interval', '2s'))
    assert.match(byVariable.message, /^device\.interval: declared in SALLYPORT_DEVICE_INTERVAL;/)
    assert.equal((await read('tokens.id_token')).owned_by, `${file}:2`)
  })

  it('what a house is opened with, guards it, or says whom it believes, is refused', async () => {
    for (const name of ['issuer', 'proxies.trusted', 'assertion_issuers', 'registration.software_statement_issuers']) {
      const { kind, message } = await refused(change(name, 'https://evil.example.com'))
      assert.equal(kind, 'conflict')
      assert.match(message, new RegExp(`^${RegExp.escape(name)} cannot be changed while the server runs: say it in `))
    }
    assert.equal((await refused(change('tokens.nothing', '2m'))).kind, 'not-found')
    assert.equal((await refused(change('__proto__', '2m'))).kind, 'not-found')
  })

  it('a wrong value, or one that goes not together with another, is refused with its rule, and nothing is changed', async () => {
    const wrong = await refused(change('tokens.access_token', '99y'))
    const message = 'must be between 1s and 30d'
    assert.deepEqual(
      [wrong.kind, wrong.mistakes],
      ['invalid', [{ member: 'value', rule: 'tokens.access_token', message }]],
    )
    await change('tokens.refresh_token', '20d')
    const together = await refused(change('tokens.refresh_token_max', '10d'))
    assert.match(JSON.stringify(together.mistakes), /would break tokens\.refresh_token, which must not be longer/)
    assert.deepEqual((await refused(change('branding.name', null))).mistakes[0]?.member, 'value')
    assert.equal((await read('tokens.refresh_token_max')).value, '1y')
    assert.equal(await lifetimeAt(urls[0]), 3600)
  })

  it('it is still what the caller saw, or nothing is changed (RFC 9110 §13.1.1)', async () => {
    const { version = '' } = await one.admin.call('settings.read', { path: { name: 'branding.name' } })
    const changed = await change('branding.name', 'First', version)
    assert.equal((await refused(change('branding.name', 'Second', version))).kind, 'precondition-failed')
    assert.equal((await change('branding.name', 'Third', changed.version)).document.value, 'Third')
  })

  it('the audit tells who changed what, from what to what', async () => {
    await change('tokens.access_token', '2m')
    await one.admin.call('settings.reset', { path: { name: 'tokens.access_token' } })
    const { document } = await one.admin.call('audit.list', { query: { type: 'setting.', limit: 2 } })
    const told = document.items.map(({ type, by, detail }) => ({ type, by, detail: detail as Record<string, unknown> }))
    assert.deepEqual(
      told.map(({ type, by, detail }) => [type, detail.setting, detail['before.value'], detail['after.value'], by]),
      [
        ['setting.reset', 'tokens.access_token', '2m', '1h', 'client deployer'],
        ['setting.changed', 'tokens.access_token', '1h', '2m', 'client deployer'],
      ],
    )
  })

  it('of many who change one at the same time one wins each time, and all nodes agree', async () => {
    const values = ['2m', '3m', '4m', '5m']
    const outcomes = await Promise.allSettled(values.map(value => change('tokens.access_token', value)))
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') assert.equal((outcome.reason as AdminProblem).kind, 'changed-meanwhile')
    }
    assert.ok(outcomes.some(({ status }) => status === 'fulfilled'))
    const { value } = await read('tokens.access_token')
    const seconds = Number.parseInt(`${value}`, 10) * 60
    assert.equal(await lifetimeAt(urls[0]), seconds)
    await eventually(async () => (await lifetimeAt(urls[1])) === seconds)
  })

  it('a server whose file goes not together with them starts with the standard, and says so loudly', async () => {
    await change('tokens.refresh_token_max', '40d')
    await change('tokens.access_token', '2m')
    const port = await freePort()
    const environment = { SALLYPORT_TOKENS_REFRESH_TOKEN: '60d', SALLYPORT_ISSUER: one.app.issuer }
    const third = await startApp({ database: one.app.database, port, environment })
    try {
      assert.equal(await lifetimeAt(`http://127.0.0.1:${port}`), 3600)
      assert.match(third.failures.join('\n'), /setting in the database: tokens\.refresh_token_max does not go together/)
      assert.match(third.failures.join('\n'), /sallyport setting reset|setting reset tokens\.refresh_token_max/)
    } finally {
      await third.close()
    }
    assert.deepEqual([one.app.failures, two.failures], [[], []])
  })
})
