/** `sallyport config check` and `health`: what they print for programs when something is wrong; `setting …`: what counts, and who says so. */

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
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
