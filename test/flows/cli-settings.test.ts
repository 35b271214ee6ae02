/** `sallyport config check` and `health`: what they print for programs when something is wrong; `setting …`: what counts, and who says so. */

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openInProcess } from '../../src/administration-in-process.ts'
import { aFolder, run } from '../support/command-line.ts'
import { startManagedApp } from '../support/managed-app.ts'

const WRONG = { SALLYPORT_ISSUER: 'nowhere' }

describe('sallyport config check --json', () => {
  it('prints the mistakes with place, setting and rule, and ends with exit code 78', async t => {
    const { code, err, json } = await run(['config', 'check', '--json'], aFolder(t), { env: WRONG })
    const [mistake] = json().mistakes
    assert.equal(code, 78)
    assert.deepEqual(mistake.place, { kind: 'environment', variable: 'SALLYPORT_ISSUER' })
    assert.equal(mistake.setting, 'issuer')
    assert.match(err, new RegExp(`SALLYPORT_ISSUER {2}issuer ${RegExp.escape(mistake.rule)}`))
  })
})

describe('sallyport config check', () => {
  it('takes no variable for a misspelt setting that says which server is managed, and by whom', async t => {
    const names = [
      'SERVER',
      'SERVER_CLIENT_ID',
      'SERVER_CLIENT_SECRET',
      'SERVER_CLIENT_SECRET_FILE',
      'TOKEN',
      'TOKEN_FILE',
    ]
    const env = Object.fromEntries(names.map(name => [`SALLYPORT_${name}`, 'x']))
    assert.equal((await run(['config', 'check'], aFolder(t), { env })).code, 0)
  })
})

describe('sallyport health --json', () => {
  it('prints why the server is not ready, and ends with exit code 1', async t => {
    // Port 1 is for tcpmux (RFC 1078): nothing listens there on a machine of today.
    const env = { SALLYPORT_LISTEN: '127.0.0.1:1' }
    const { code, json } = await run(['health', '--json'], aFolder(t), { env })
    const { ready, reason } = json()
    assert.deepEqual([code, ready], [1, false])
    assert.match(reason, /^nothing answers on 127\.0\.0\.1:1: /)
  })

  it('prints the mistakes in the settings, and ends with exit code 78', async t => {
    const { code, json } = await run(['health', '--json'], aFolder(t), { env: WRONG })
    const { ready, mistakes } = json()
    assert.deepEqual([code, ready, mistakes[0].setting], [78, false, 'issuer'])
  })
})

const SECRETS = {
  SALLYPORT_MASTER_KEY: 'a master key that nobody may ever see',
  SALLYPORT_DATABASE: 'postgres://sally:hidden-password@db.example.com:5432/sally?password=hidden-too',
}

describe('sallyport setting', () => {
  it('lists every setting with its value and the file, line or variable that says so, before there is a database', async t => {
    const cwd = aFolder(t)
    writeFileSync(join(cwd, 'sallyport.yaml'), 'issuer: https://id.example.com\n\ntokens:\n  access_token: 7m\n')
    const env = { SALLYPORT_LOG_LEVEL: 'debug' }
    const said = (await run(['setting', 'list', '--said', 'yes', '--json'], cwd, { env })).json()
    assert.deepEqual(
      said.map(({ name, value, source }: Record<string, unknown>) => [name, value, source]),
      [
        ['issuer', 'https://id.example.com', 'sallyport.yaml:1'],
        ['log.level', 'debug', 'SALLYPORT_LOG_LEVEL'],
        ['tokens.access_token', '7m', 'sallyport.yaml:4'],
      ],
    )
    const all = (await run(['setting', 'list', '--json'], cwd, { env })).json()
    const { listSettings } = await import('../../src/config/settings.ts')
    assert.deepEqual(
      all.map(({ name }: { name: string }) => name),
      listSettings()
        .map(({ path }) => path.join('.'))
        .toSorted(),
    )
    assert.match((await run(['setting', 'list'], cwd, { env })).out, /^tokens\.access_token +7m +sallyport\.yaml:4$/m)
    const shown = (await run(['setting', 'show', 'tokens.access_token', '--json'], cwd)).json()
    assert.deepEqual(
      [shown.value, shown.standard, shown.said, shown.variable],
      ['7m', '1h', true, 'SALLYPORT_TOKENS_ACCESS_TOKEN'],
    )
    assert.equal((await run(['setting', 'show', 'tokens.nothing'], cwd)).code, 4)
  })

  it('shows no secret, whoever says it', async t => {
    const cwd = aFolder(t)
    const env = { ...SECRETS, SALLYPORT_MAIL_SERVER: 'smtp://mail.example.com', SALLYPORT_MAIL_FROM: 'id@example.com' }
    const mail = { SALLYPORT_MAIL_USER: 'sally', SALLYPORT_MAIL_PASSWORD: 'hidden-as-well' }
    const { out, json } = await run(['setting', 'list', '--json'], cwd, { env: { ...env, ...mail } })
    assert.doesNotMatch(out, /hidden|nobody may ever/)
    const values = new Map(json().map(({ name, value }: { name: string; value: unknown }) => [name, value]))
    assert.deepEqual(
      ['master_key', 'mail.password', 'database', 'mail.user'].map(name => values.get(name)),
      ['•••', '•••', 'postgres://•••@db.example.com:5432/sally', 'sally'],
    )
  })

  it('shows what a server was started with', async () => {
    const { remote, close, app } = await startManagedApp({ environment: { SALLYPORT_TOKENS_ACCESS_TOKEN: '9m' } })
    try {
      const { code, json, err } = await remote(['setting', 'show', 'tokens.access_token', '--json'])
      assert.equal(code, 0, err)
      assert.deepEqual([json().value, json().source], ['9m', 'SALLYPORT_TOKENS_ACCESS_TOKEN'])
      const all = await remote(['setting', 'list', '--json'])
      assert.doesNotMatch(all.out, /a master key of a test/)
      assert.match(all.out, new RegExp(RegExp.escape(app.issuer)))
    } finally {
      await close()
    }
  })
})

describe('sallyport setting set and reset', () => {
  it('change what counts in the database, by the words of the file and the environment, and take it back', async t => {
    const cwd = aFolder(t)
    const env = { SALLYPORT_DATABASE: `sqlite:${join(cwd, 'house.db')}` }
    const sallyport = (...words: readonly string[]) => run(words, cwd, { env })
    const values: ReadonlyArray<readonly [name: string, text: string, value: unknown]> = [
      ['tokens.access_token', '10m', '10m'],
      ['passwords.min_length', '14', 14],
      ['requests.require_pushed', 'true', true],
      ['lint.ignore', 'client-pkce-off,key-old', ['client-pkce-off', 'key-old']],
      ['branding.name', 'Castle Rock', 'Castle Rock'],
      ['resources', '[{"uri":"https://api.example.com"}]', [{ uri: 'https://api.example.com' }]],
    ]
    for (const [name, text, value] of values) {
      const { code, err, json } = await sallyport('setting', 'set', name, text, '--json')
      assert.deepEqual([code, err], [0, ''], name)
      assert.deepEqual([json().value, json().source, json().updated_by], [value, 'database', 'command line'])
    }
    const listed = await sallyport('setting', 'list', '--said', 'yes')
    assert.match(listed.out, /^tokens\.access_token +10m +database, by command line$/m)
    const short = await sallyport('account', 'create', 'ada', '--email', 'ada@example.com', '--password-stdin')
    assert.equal(short.code, 2)
    for (const [name] of values) assert.equal((await sallyport('setting', 'reset', name)).code, 0)
    assert.match((await sallyport('setting', 'show', 'tokens.access_token')).out, /^value +1h$/m)
    assert.equal((await sallyport('setting', 'reset', 'tokens.access_token')).code, 3)
  })

  it('refuse what a file or a variable says with its place, what is not changeable, and what breaks a rule', async t => {
    const cwd = aFolder(t)
    writeFileSync(join(cwd, 'sallyport.yaml'), 'tokens:\n  access_token: 7m\n')
    const env = { SALLYPORT_DATABASE: `sqlite:${join(cwd, 'house.db')}`, SALLYPORT_BRANDING_NAME: 'House' }
    const refused: ReadonlyArray<readonly [name: string, text: string, code: number, why: RegExp]> = [
      ['tokens.access_token', '1m', 3, /tokens\.access_token: declared in sallyport\.yaml:2; change it there/],
      ['branding.name', 'Other', 3, /branding\.name: declared in SALLYPORT_BRANDING_NAME; change it there/],
      ['issuer', 'https://id.example.com', 3, /issuer cannot be changed while the server runs/],
      ['tokens.id_token', '99y', 2, /value: must be between 1s and 30d/],
      ['passwords.min_length', 'many', 2, /value: must be a (whole )?number/],
      ['tokens.nothing', '1m', 4, /there is no setting tokens\.nothing/],
    ]
    for (const [name, text, code, why] of refused) {
      const finished = await run(['setting', 'set', name, text], cwd, { env })
      assert.match(finished.err, why)
      assert.equal(finished.code, code, name)
    }
  })

  it('warn where a change makes something weaker, on standard error', async t => {
    const cwd = aFolder(t)
    const env = { SALLYPORT_DATABASE: `sqlite:${join(cwd, 'house.db')}` }
    const { code, err } = await run(['setting', 'set', 'throttling.enabled', 'false'], cwd, { env })
    assert.equal(code, 0)
    assert.match(err, /^warning: throttling\.enabled: nothing slows down the guessing of passwords/)
    assert.equal((await run(['setting', 'set', 'throttling.enabled', 'true'], cwd, { env })).err, '')
  })

  it('are printed by export as settings of a file, which then wins over what is in the database', async t => {
    const cwd = aFolder(t)
    const env = { SALLYPORT_DATABASE: `sqlite:${join(cwd, 'house.db')}` }
    const sallyport = (...words: readonly string[]) => run(words, cwd, { env })
    await sallyport('setting', 'set', 'tokens.access_token', '10m')
    await sallyport('setting', 'set', 'branding.name', '$' + '{env.HOME} sweet home')
    await sallyport('group', 'create', 'staff')
    assert.match((await sallyport('export')).out, /^tokens:\n {2}access_token: 10m\n(.*\n)*groups:/m)
    const { out } = await sallyport('export', 'settings')
    assert.doesNotMatch(out, /groups/)
    writeFileSync(join(cwd, 'sallyport.yaml'), out)
    const said = (await sallyport('setting', 'list', '--said', 'yes', '--json')).json()
    const rows = said.map(({ name, value, owned_by }: Record<string, unknown>) => [name, value, owned_by])
    assert.deepEqual(
      rows
        .filter(([name]: readonly unknown[]) => name !== 'database')
        .map(([name, value]: readonly unknown[]) => [name, value]),
      [
        ['branding.name', '$' + '{env.HOME} sweet home'],
        ['tokens.access_token', '10m'],
      ],
    )
    assert.ok(rows.every(([, , owner]: readonly unknown[]) => /sallyport\.yaml:\d|SALLYPORT_DATABASE/.test(`${owner}`)))
    assert.equal((await sallyport('export', 'settings')).out, '')
    assert.equal((await sallyport('setting', 'reset', 'tokens.access_token')).code, 0)
  })

  it('are told without what the database says where it cannot be opened', async t => {
    const cwd = aFolder(t)
    const path = join(cwd, 'house.db')
    writeFileSync(path, 'this is no database, and longer than the header of one would be: '.repeat(4))
    const { code, out, err } = await run(['setting', 'show', 'issuer'], cwd, {
      env: { SALLYPORT_DATABASE: `sqlite:${path}` },
    })
    assert.equal(code, 0)
    assert.match(err, /^warning: the database cannot be opened \(.*\); what was changed in it is not shown/)
    assert.match(out, /^value +http:\/\/localhost:4000$/m)
  })

  it('a program that manages in its own process goes by what it has changed, and by what it has taken back', async t => {
    const cwd = aFolder(t)
    const env = { SALLYPORT_DATABASE: `sqlite:${join(cwd, 'house.db')}` }
    await run(['setting', 'set', 'passwords.min_length', '20'], cwd, { env })
    const { admin, close } = await openInProcess({ env, cwd })
    try {
      const path = { name: 'passwords.min_length' }
      const create = () =>
        admin.call('accounts.create', { body: { username: 'ada', email: 'ada@example.com', password: 'twelve chars' } })
      assert.equal((await admin.call('settings.read', { path })).document.value, 20)
      await assert.rejects(create, { kind: 'invalid' })
      await admin.call('settings.reset', { path })
      assert.equal((await admin.call('settings.read', { path })).document.said, false)
      await create()
      await admin.call('settings.change', { path, body: { value: 30 } })
      assert.equal((await admin.call('settings.read', { path })).document.value, 30)
    } finally {
      await close()
    }
  })
})
