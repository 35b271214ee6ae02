/** `sallyport client …`: the real program on a real SQLite file. */

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { aFolder, auditEvents, execute, LAUNCHER, run } from '../support/command-line.ts'

describe('client commands', () => {
  it('print one JSON value on standard output and nothing else', async t => {
    const cwd = aFolder(t)
    const words = ['client', 'create', 'Wiki', 'confidential', '-u', 'http://wiki.lan/cb', '--json']
    const { code, out, err } = await execute(LAUNCHER, words, cwd)
    assert.equal(code, 0, err)
    assert.match(err, /^warning: http:\/\/wiki\.lan\/cb is plain http/)
    const printed = JSON.parse(out)
    assert.match(printed.client_id, /^wiki-[0-9a-z]{10}$/)
    assert.match(printed.client_secret, /^[\w-]{43}$/)
    assert.deepEqual([printed.outcome, printed.client_type], ['created', 'confidential'])
  })

  it('take every value from the environment; an option wins, and an empty variable counts as not set (C6)', async t => {
    const cwd = aFolder(t)
    writeFileSync(join(cwd, 'secret'), 'from a file\n')
    const env = {
      SALLYPORT_CLIENT_NAME: 'Reports',
      SALLYPORT_CLIENT_TYPE: 'confidential',
      SALLYPORT_CLIENT_ID: 'reports',
      SALLYPORT_CLIENT_SECRET: '',
      SALLYPORT_CLIENT_SECRET_FILE: join(cwd, 'secret'),
      SALLYPORT_CLIENT_REDIRECT_URIS: 'https://a.example/cb, https://b.example/cb',
      SALLYPORT_CLIENT_SCOPES: 'openid,email',
      SALLYPORT_CLIENT_REQUIRE_PKCE: 'true',
      SALLYPORT_CLIENT_CONSENT_TTL: '90d',
      SALLYPORT_CLIENT_OWNER: '',
    }
    const client = (await run(['client', 'create', '--scope', 'openid', '--json'], cwd, { env })).json()
    assert.deepEqual(
      [
        client.client_id,
        client.client_name,
        client.client_secret,
        client.redirect_uris,
        client.scope,
        client.require_pkce,
      ],
      ['reports', 'Reports', 'from a file', ['https://a.example/cb', 'https://b.example/cb'], 'openid', true],
    )
    assert.deepEqual([client.consent_ttl, 'owner' in client], [90 * 86_400, false])
  })

  it('keep or replace what exists when asked to; the secret survives a replacement (C2)', async t => {
    const cwd = aFolder(t)
    const create = ['client', 'create', 'Wiki', 'confidential', '--client-id', 'wiki', '--json']
    const first = (await run([...create, '-u', 'https://w.example/cb'], cwd)).json()
    assert.equal((await run(create, cwd)).code, 3)
    const kept = (await run([...create, '--if-not-exists'], cwd)).json()
    assert.deepEqual(
      [kept.outcome, kept.redirect_uris, 'client_secret' in kept],
      ['kept', ['https://w.example/cb'], false],
    )
    const replaced = (await run([...create, '--replace', '-u', 'https://new.example/cb'], cwd)).json()
    assert.deepEqual([replaced.outcome, replaced.redirect_uris], ['replaced', ['https://new.example/cb']])
    assert.deepEqual([replaced.secrets, replaced.created_at], [first.secrets, first.created_at])
    assert.equal((await run([...create, '--replace', '--if-not-exists'], cwd)).code, 2)
  })

  it('take a secret that begins with a dash, as random ones do', async t => {
    const words = [
      'client',
      'create',
      'W',
      'confidential',
      '--client-id',
      'w',
      '--client-secret',
      '--version',
      '--json',
    ]
    assert.equal((await run(words, aFolder(t))).json().client_secret, '--version')
  })

  it('report all mistakes at once and change nothing', async t => {
    const cwd = aFolder(t)
    const words = [
      'client',
      'create',
      'W',
      'publc',
      '--client-id',
      '',
      '-u',
      '/cb',
      '-r',
      'id_token',
      '--scope',
      'emial',
    ]
    const { code, out, err } = await run(words, cwd)
    assert.deepEqual([code, out], [2, ''])
    assert.deepEqual(err.trimEnd().split('\n'), [
      'sallyport: the client was not created:',
      '  client_id: is empty',
      '  client_type: "publc" is not possible (did you mean public?); choose public, confidential',
      '  redirect_uris: /cb is not an absolute URI such as https://app.example.com/callback',
      '  scope: "emial" is not possible (did you mean email?); choose openid, profile, email, groups, address, phone, offline_access, admin.viewer, admin.operator, admin.administrator',
    ])
    assert.deepEqual((await run(['client', 'list', '--json'], cwd)).json(), [])
  })

  it('edit redirect URIs after a change of host name, and switch the type (C3, C9)', async t => {
    const cwd = aFolder(t)
    await run(['client', 'create', 'W', 'public', '--client-id', 'w', '-u', 'https://old.example/cb'], cwd)
    const move = ['--remove-redirect-uri', 'https://old.example/cb', '--add-redirect-uri', 'https://new.example/cb']
    const edited = (await run(['client', 'edit', 'w', ...move, '--description', 'A wiki', '--json'], cwd)).json()
    assert.deepEqual(
      [edited.redirect_uris, edited.description, edited.outcome],
      [['https://new.example/cb'], 'A wiki', 'changed'],
    )
    const turned = (
      await run(['client', 'edit', 'w', '--type', 'confidential', '--description', '', '--json'], cwd)
    ).json()
    assert.match(turned.client_secret, /^[\w-]{43}$/)
    assert.equal('description' in turned, false)
    assert.equal((await run(['client', 'edit', 'w', ...move], cwd)).code, 2)
    assert.equal((await run(['client', 'edit', 'W', '--name', 'x'], cwd)).code, 4)
  })

  it('refuse to take away what every client has: an empty name or type changes nothing', async t => {
    const cwd = aFolder(t)
    await run(['client', 'create', 'Wiki', 'public', '--client-id', 'w'], cwd)
    const { code, err } = await run(['client', 'edit', 'w', '--name', '', '--type', ''], cwd)
    assert.equal(code, 2)
    assert.equal(
      err,
      'sallyport: the client w was not changed:\n  client_name: cannot be empty\n  client_type: cannot be empty\n',
    )
    assert.equal((await run(['client', 'show', 'w', '--json'], cwd)).json().client_name, 'Wiki')
  })

  it('name --no-require-pkce in their help', async t => {
    const cwd = aFolder(t)
    for (const verb of ['create', 'edit']) {
      assert.match((await run(['client', verb, '--help'], cwd)).out, /^ +--no-require-pkce /m)
    }
  })

  it('list a wrong duration and a wrong switch together with the other mistakes', async t => {
    const cwd = aFolder(t)
    const env = { SALLYPORT_CLIENT_REQUIRE_PKCE: 'yes' }
    const words = ['--consent-ttl', 'soon', '--scope', 'emial']
    const made = await run(['client', 'create', 'W', 'public', '--client-id', 'w', ...words], cwd, { env })
    assert.equal(made.code, 2)
    assert.match(
      made.err,
      /SALLYPORT_CLIENT_REQUIRE_PKCE: must be true or false\n {2}--consent-ttl: must be a dur.*\n {2}scope: /,
    )
    await run(['client', 'create', 'W', 'public', '--client-id', 'w'], cwd)
    const edited = await run(['client', 'edit', 'w', ...words], cwd)
    assert.equal(edited.code, 2)
    assert.match(edited.err, /--consent-ttl: must be a duration.*\n {2}scope: /)
  })

  it('rotate a secret with an overlap, and not that of a public client', async t => {
    const cwd = aFolder(t)
    await run(['client', 'create', 'W', 'confidential', '--client-id', 'w'], cwd)
    const rotated = (await run(['client', 'rotate-secret', 'w', '--overlap', '24h', '--json'], cwd)).json()
    const { secrets } = (await run(['client', 'show', 'w', '--json'], cwd)).json()
    assert.deepEqual(
      secrets.map((secret: Record<string, string>) => secret.expires_at),
      [undefined, rotated.old_secret_expires_at],
    )
    await run(['client', 'create', 'P', 'public', '--client-id', 'p'], cwd)
    assert.equal((await run(['client', 'rotate-secret', 'p'], cwd)).code, 2)
    assert.equal((await run(['client', 'rotate-secret', 'w', '--overlap', 'soon'], cwd)).code, 2)
  })

  it('delete all that were named or none, and ask before deleting everything when a person is there', async t => {
    const cwd = aFolder(t)
    for (const id of ['a1', 'b1', 'c1']) await run(['client', 'create', id, 'public', '--client-id', id], cwd)
    assert.equal((await run(['client', 'delete', 'a1', 'zz'], cwd)).code, 4)
    assert.equal((await run(['client', 'delete'], cwd)).code, 2)
    assert.equal((await run(['client', 'delete', 'a1', '--all'], cwd)).code, 2)
    const declined = await run(['client', 'delete', '--all'], cwd, { answers: ['n'] })
    assert.deepEqual([declined.code, declined.questions], [1, ['Delete all 3 clients a1, b1, c1? [y/N] ']])
    assert.deepEqual((await run(['client', 'delete', 'a1', '--json'], cwd)).json(), { deleted: ['a1'] })
    const agreed = await run(['client', 'delete', '--all', '--json'], cwd, { answers: ['y'] })
    assert.deepEqual(agreed.json(), { deleted: ['b1', 'c1'] })
  })

  it('leave an audit event for every change, with the names of what changed and no secret', async t => {
    const cwd = aFolder(t)
    await run(['client', 'create', 'W', 'confidential', '--client-id', 'w', '--client-secret', 'hunter2hunter2'], cwd)
    await run(['client', 'edit', 'w', '--description', 'A wiki', '--consent', 'never'], cwd)
    await run(['client', 'rotate-secret', 'w'], cwd)
    await run(['client', 'delete', 'w'], cwd)
    const events = await auditEvents(cwd)
    assert.deepEqual(
      events.map(({ type, address, detail }) => [type, address, detail.client_id]),
      ['client.created', 'client.changed', 'client.secret-rotated', 'client.deleted'].map(type => [type, 'cli', 'w']),
    )
    const { changed, by, ...values } = events[1]?.detail ?? {}
    assert.deepEqual([changed, by], [['consent_mode', 'description'], 'command line'])
    assert.deepEqual(
      [values['before.consent_mode'], values['after.consent_mode'], values['after.description']],
      ['remember', 'never', 'A wiki'],
    )
    assert.equal(/hunter2|argon2|sha256/.test(JSON.stringify(events)), false)
  })
})
