/** `sallyport import`: what another system knew goes on here. The real program, on the database of a server that runs. */

import assert from 'node:assert/strict'
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { compactVerify, SignJWT } from 'jose'
import { onBothDatabases } from '../support/both-databases.ts'
import { aFolder, auditEvents, inHouse, run } from '../support/command-line.ts'
import { IMPORT_WORDS, jsonSource, sourceFile, yamlSource } from '../support/import-sources.ts'
import { type ManagedApp, startManagedApp } from '../support/managed-app.ts'
import type { RunningApp } from '../support/running-app.ts'
import { startUpstreamPair } from '../support/upstream-pair.ts'

async function imported(managed: ManagedApp, name: string, ...more: readonly string[]) {
  const done = await managed.local([...(IMPORT_WORDS[name] ?? []), '--yes', '--json', ...more])
  assert.equal(done.code, 0, done.err)
  return done.json()
}

async function started(t: { after(act: () => Promise<void>): void }): Promise<ManagedApp> {
  const managed = await startManagedApp()
  t.after(() => managed.close())
  return managed
}

async function tokenFor(issuer: string, client: string, secret: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${client}:${encodeURIComponent(secret)}`).toString('base64')}`
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  const { status } = await fetch(`${issuer}/token`, { method: 'POST', body, headers: { authorization } })
  return status
}

/** Signs in on the sign-in page, and ends wherever the browser is led to. */
async function signIn(app: RunningApp, url: string, username: string, password: string) {
  const browser = await app.browser()
  const page = await browser.open(url)
  return browser.submit(page, '/login', { username, password })
}

onBothDatabases('an import', database => {
  for (const [name, words] of Object.entries(IMPORT_WORDS)) {
    it(`makes everything at once, by its name, and nothing twice: ${name}`, async t => {
      const managed = await startManagedApp({ database: await database() })
      t.after(() => managed.close())
      const { repositories } = managed.app.house
      const before = (await repositories.clients.list()).map(({ clientId }) => clientId)
      const first = await managed.local([...words, '--yes', '--json'])
      assert.equal(first.code, 0, first.err)
      const { outcome, things, mistakes } = first.json()
      assert.deepEqual([outcome, mistakes], ['imported', []])
      assert.ok(things.every(({ action }: { action: string }) => action === 'create'))
      const clients = (await repositories.clients.list()).filter(({ clientId }) => !before.includes(clientId))
      const made = [...clients, ...(await repositories.upstreams.list())]
      assert.ok(made.length > 0)
      for (const { createdBy } of made) assert.equal(createdBy, `import ${name}`)
      // Nothing belongs to a file.
      assert.deepEqual(await repositories.declarations.list(), [])
      const again = await managed.local([...words, '--apply', '--json'])
      assert.deepEqual([again.code, again.json().things], [0, []], again.err)
    })
  }

  it('of two that run at the same time makes everything once', async t => {
    const managed = await startManagedApp({ database: await database() })
    t.after(() => managed.close())
    const words = [...(IMPORT_WORDS.keycloak ?? []), '--yes', '--json']
    const both = await Promise.all([managed.local(words), managed.local(words)])
    for (const { code, err } of both) assert.equal(code, 0, err)
    const made = both.map(({ json }) => json().things.length).toSorted((a, b) => a - b)
    assert.ok(made[0] === 0 && made[1] > 0, made.join(' and '))
    const { accounts } = managed.app.house.repositories
    const ada = await accounts.findByLogin('ada')
    assert.ok(ada)
    const links = await managed.app.house.repositories.identities.listOfAccount(ada.id)
    assert.deepEqual(
      links.map(({ subject }) => subject),
      ['248289761001'],
    )
  })
})

describe('import', () => {
  it('shows a plan and a report, and changes nothing', async t => {
    const cwd = aFolder(t)
    await run(['group', 'create', 'friends'], cwd)
    const before = await auditEvents(cwd)
    for (const [name, words] of Object.entries(IMPORT_WORDS)) {
      const { code, out, err } = await run([...words, '--plan'], cwd)
      assert.deepEqual([code, err], [0, ''], name)
      assert.match(out, /^Means the same here: \d+$/m)
      assert.match(out, /^Without an equivalent: \d+\n {2}\S/m)
      assert.match(out, /^\d+ to make\.$/m)
    }
    assert.deepEqual(await auditEvents(cwd), before)
  })

  it('links nobody of the same name who was here before: they may be two people', async t => {
    const cwd = aFolder(t)
    assert.equal((await run([...(IMPORT_WORDS['django-oidc-provider'] ?? []), '--yes'], cwd)).code, 0)
    const { code, err } = await run([...(IMPORT_WORDS.keycloak ?? []), '--yes'], cwd)
    assert.equal(code, 0, err)
    assert.match(err, /identities corp\/248289761001: left out: the account ada was here before/)
    await inHouse(cwd, async ({ repositories }) => {
      const ada = await repositories.accounts.findByLogin('ada')
      assert.ok(ada)
      assert.deepEqual([ada.subject, await repositories.identities.listOfAccount(ada.id)], ['7', []])
    })
  })

  it('leaves what exists as it is, or replaces it when it is told to', async t => {
    const cwd = aFolder(t)
    await run(['client', 'create', 'Mine', 'public', '--client-id', 'spa', '-u', 'https://mine.example.com/cb'], cwd)
    const words = IMPORT_WORDS.authelia ?? []
    const nameOf = () =>
      inHouse(cwd, async ({ repositories }) => (await repositories.clients.findByClientId('spa'))?.name)
    await run([...words, '--yes'], cwd)
    assert.equal(await nameOf(), 'Mine')
    const { code, err } = await run([...words, '--existing', 'replace', '--yes'], cwd)
    assert.deepEqual([code, await nameOf()], [0, 'Single-page app'], err)
  })

  it('asks first, and takes no for an answer', async t => {
    const cwd = aFolder(t)
    const asked = await run(IMPORT_WORDS.khoros ?? [], cwd, { answers: ['n'] })
    assert.deepEqual([asked.code, asked.questions], [1, ['1 to make. Import? [y/N] ']])
    const unasked = await run(IMPORT_WORDS.khoros ?? [], cwd)
    assert.deepEqual([unasked.code, (await auditEvents(cwd)).length], [1, 0])
  })

  it('writes every line of the report where it is told to, for the eyes of its owner', async t => {
    const cwd = aFolder(t)
    const { code } = await run([...(IMPORT_WORDS.khoros ?? []), '--plan', '--report', 'report.json'], cwd)
    assert.deepEqual(readdirSync(cwd), ['report.json'], 'no database is made by a plan')
    const path = join(cwd, 'report.json')
    const lines: readonly { path: string }[] = JSON.parse(readFileSync(path, 'utf8'))
    assert.deepEqual([code, statSync(path).mode & 0o777], [0, 0o600])
    assert.ok(lines.some(line => line.path === 'authorization.enable pkce'))
  })

  it('makes nothing at all where one thing cannot be made, until that is left out', async t => {
    const cwd = aFolder(t)
    const words = ['import', 'keycloak', sourceFile('keycloak.json'), '--upstream-secret', 'corp=x', '--yes']
    const refused = await run(words, cwd)
    assert.equal(refused.code, 2)
    assert.match(
      refused.err,
      /clients\[2\]\.redirectUris has only wildcards: name exact ones with --redirect-uri spa=URI/,
    )
    assert.deepEqual(await auditEvents(cwd), [])
    const { code, err } = await run([...words, '--without', 'clients/spa'], cwd)
    assert.equal(code, 0, err)
    const unknown = await run([...words, '--without', 'clients/none'], cwd)
    assert.deepEqual([unknown.code, /the source has no such thing/.test(unknown.err)], [2, true])
  })

  it('reads no place of ours that a file names: a secret that looks like a reference is a secret', async t => {
    const managed = await started(t)
    await imported(managed, 'keycloak')
    const status = await tokenFor(managed.app.issuer, 'wiki', 'a-keycloak-secret-${env.PATH}-of-the-wiki')
    assert.equal(status, 200)
  })

  it('says what is wrong with a file, and never quotes it', async t => {
    const cwd = aFolder(t)
    const cases = [
      ['authelia', 'django-oidc-provider.json', /must contain settings.*\nThis looks like a fixture of Django/],
      ['authelia', 'khoros.yml', /identity_providers\.oidc is not there.*: sallyport import khoros/],
      ['authelia', 'authelia-users.yml', /is not there.*a users file of Authelia/],
      ['django-oidc-provider', 'keycloak.json', /is no list of rows.*a realm of Keycloak: sallyport import keycloak/],
      ['django-oidc-provider', 'khoros.yml', /khoros\.yml is not valid JSON.*Khoros Aurora/],
      ['keycloak', 'django-oidc-provider.json', /is no export of a realm.*a fixture of Django/],
      ['khoros', 'authelia.yml', /Provider Information\.ID is missing.*the configuration of Authelia/],
      ['keycloak', 'nowhere.json', /nowhere\.json cannot be read/],
    ] as const
    for (const [name, file, message] of cases) {
      const { code, err, out } = await run(['import', name, sourceFile(file), '--plan'], cwd)
      assert.equal(code, 2, `${name} ${file}: ${err}`)
      assert.match(err, message)
      assert.doesNotMatch(out, /everything is there/, `${name} ${file}: a mistake is not an empty plan`)
    }
  })
})

describe('a file that is damaged', () => {
  it('is refused in words that help, and nothing is imported', async t => {
    const cwd = aFolder(t)
    const file = (name: string, content: string | Buffer): string => {
      writeFileSync(join(cwd, name), content)
      return join(cwd, name)
    }
    const realm = '{"realm":"work","clients":[]}'
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.replaceAll(/./g, name => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${String.fromCharCode(name.charCodeAt(0) - 1)}`).join(',')}]\n`)}`
    const cases = [
      ['keycloak', file('cut.json', realm.slice(0, 20)), /cut\.json is not valid JSON: it may be cut off/],
      ['keycloak', file('wide.json', Buffer.from(`\uFEFF${realm}`, 'utf16le')), /wide\.json is not UTF-8/],
      ['keycloak', file('plain.json', Buffer.from(realm, 'utf16le')), /plain\.json is not UTF-8/],
      ['keycloak', file('many.json', `[${realm},${realm}]`), /several realms of Keycloak/],
      ['keycloak', file('empty.json', ''), /is not valid JSON/],
      ['django-oidc-provider', file('none.json', '[]'), /is no list of rows/],
      ['authelia', file('bomb.yml', bomb), /is not valid YAML: Excessive alias count/],
      ['authelia', file('wide.yml', Buffer.from('\uFEFFa: 1\n', 'utf16le')), /wide\.yml is not UTF-8/],
    ] as const
    for (const [name, path, message] of cases) {
      const { code, err } = await run(['import', name, path, '--yes'], cwd)
      assert.equal(code, 2, `${path}: ${err}`)
      assert.match(err, message)
    }
    const marked = await run(['import', 'keycloak', file('marked.json', `\uFEFF${realm}`), '--yes'], cwd)
    assert.equal(marked.code, 0, marked.err)
  })
})

describe('a report about many', () => {
  it('says once what is the same of all of them, and counts them', async t => {
    const cwd = aFolder(t)
    const users = Array.from({ length: 150 }, (_, index) => ({
      username: `user${index}`,
      enabled: true,
      createdTimestamp: 1,
      groups: ['/staff'],
      realmRoles: ['auditor'],
    }))
    writeFileSync(join(cwd, 'realm.json'), JSON.stringify({ realm: 'work', users }))
    const words = ['import', 'keycloak', join(cwd, 'realm.json'), '--plan']
    const { out } = await run(words, cwd)
    assert.match(out, /^ {2}users\[0\]\.createdTimestamp and 149 more like it: created_at says/m)
    assert.match(out, /^\+ 50 more accounts: --all shows them$/m)
    assert.ok(!out.includes('users[1].createdTimestamp'))
    const whole = await run([...words, '--all'], cwd)
    assert.ok(whole.out.includes('users[149].createdTimestamp') && whole.out.includes('+ accounts user149'))
  })
})

describe('what came from Authelia', () => {
  it('verifies every kind of digest at the token endpoint (RFC 6749 §2.3.1)', async t => {
    const managed = await started(t)
    await imported(managed, 'authelia')
    const { clients } = Object(Object(yamlSource('authelia.yml').identity_providers).oidc)
    const digests = (clients as readonly Record<string, string>[]).filter(
      ({ client_id, client_secret }) =>
        client_id !== 'legacy' && client_id !== 'wiki' && client_secret?.startsWith('$'),
    )
    assert.equal(digests.length, 13)
    for (const { client_id: id = '' } of digests) {
      assert.equal(await tokenFor(managed.app.issuer, id, `${id}-secret`), 200, id)
      assert.equal(await tokenFor(managed.app.issuer, id, `${id}-secret`), 200, `${id}, remembered`)
      assert.equal(await tokenFor(managed.app.issuer, id, 'another-secret'), 401, id)
    }
  })

  it('lets people sign in with the password that they had, under the sub that they had', async t => {
    const managed = await started(t)
    await imported(managed, 'authelia')
    const landed = await signIn(managed.app, '/account', 'john', 'argon2id-secret')
    assert.ok(landed.kind === 'page' && landed.url.pathname === '/account', landed.kind)
    const { repositories } = managed.app.house
    const john = await repositories.accounts.findByLogin('john')
    assert.equal(john?.subject, '0f8b9c3e-6e0b-4b8a-9d3c-2a5d0f1b7c11')
    const harry = await repositories.accounts.findByLogin('harry')
    assert.ok(harry?.disabledAt !== undefined && harry.passwordHash?.startsWith('$6$'))
  })
})

describe('what came from Keycloak', () => {
  it('lets people sign in through their upstream, under the sub that they had, and by their password', async t => {
    const pair = await startUpstreamPair()
    t.after(() => pair.close())
    const { app, idp } = pair
    const person = await idp.enrol({ username: 'somebody' })
    await pair.addUpstream('corp')
    const realm = jsonSource('keycloak.json') as { users: object[] }
    const [ada] = realm.users
    const link = { identityProvider: 'corp', userId: person.subject, userName: 'somebody' }
    const cwd = aFolder(t)
    writeFileSync(
      join(cwd, 'realm.json'),
      JSON.stringify({ ...realm, identityProviders: [], users: [{ ...ada, federatedIdentities: [link] }] }),
    )
    const env = {
      SALLYPORT_ISSUER: app.issuer,
      SALLYPORT_DATABASE: app.database,
      SALLYPORT_MASTER_KEY: 'a master key of a test, 32 characters or more',
    }
    const words = ['import', 'keycloak', 'realm.json', ...(IMPORT_WORDS.keycloak ?? []).slice(3), '--yes']
    const done = await run(
      words.map(word => (word === 'realm.json' ? join(cwd, word) : word)),
      cwd,
      { env },
    )
    assert.equal(done.code, 0, done.err)
    const browser = await pair.browser()
    await browser.open('/broker/corp/login', person)
    const page = await browser.here.open('/account')
    assert.ok(page.kind === 'page' && page.url.pathname === '/account')
    assert.match(page.html, /Ada Lovelace/)
    const account = await app.house.repositories.accounts.findByLogin('ada')
    assert.equal(account?.subject, 'a3c6f2de-7c7b-4c43-8d63-4b2f5c0d1e01')
    const landed = await signIn(app, '/account', 'ada', 'ada-password')
    assert.ok(landed.kind === 'page' && landed.url.pathname === '/account', landed.kind)
  })
})

describe('what came from django-oidc-provider', () => {
  const rows = jsonSource('django-oidc-provider.json') as { model: string; fields: Record<string, string> }[]
  const pem = rows.find(({ model }) => model === 'oidc_provider.rsakey')?.fields.key ?? ''

  it('gives a client of HS256 what its library verifies with the secret, without asking who consented before', async t => {
    const managed = await started(t)
    await imported(managed, 'django-oidc-provider')
    const { issuer } = managed.app
    const redirect = 'https://aura.example.com/callback'
    const query = new URLSearchParams({
      client_id: '123456',
      response_type: 'code',
      scope: 'openid email',
      redirect_uri: redirect,
      state: 's',
    })
    const landed = await signIn(managed.app, `/authorize?${query}`, 'ada', 'ada-password')
    assert.ok(landed.kind === 'sent-away', landed.kind === 'page' ? landed.html : '')
    const secret = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00'
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: landed.params.get('code') ?? '',
      redirect_uri: redirect,
      client_id: '123456',
      client_secret: secret,
    })
    const answer = (await (await fetch(`${issuer}/token`, { method: 'POST', body })).json()) as { id_token: string }
    const { payload, protectedHeader } = await compactVerify(answer.id_token, new TextEncoder().encode(secret))
    const claims = JSON.parse(Buffer.from(payload).toString())
    assert.deepEqual([protectedHeader.alg, claims.sub, claims.aud], ['HS256', '7', ['123456']])
    // What was not allowed there is asked for here.
    query.set('scope', 'openid phone')
    const asked = await signIn(managed.app, `/authorize?${query}`, 'ada', 'ada-password')
    assert.ok(asked.kind === 'page' && asked.url.pathname === '/consent', asked.kind)
  })

  it('takes an ID token that it signed for an id_token_hint (OIDC Core §3.1.2.1)', async t => {
    const managed = await started(t)
    await imported(managed, 'django-oidc-provider')
    const { issuer } = managed.app
    const kid = createHash('md5').update(pem).digest('hex')
    const hint = await new SignJWT({ azp: 'trusted' })
      .setProtectedHeader({ alg: 'RS256', kid })
      .setIssuer(issuer)
      .setSubject('7')
      .setAudience('trusted')
      .sign(createPrivateKey(pem))
    const { keys } = (await (await fetch(`${issuer}/jwks`)).json()) as { keys: { kid: string; n?: string }[] }
    const published = keys.find(key => key.kid === kid)
    assert.equal(published?.n, createPublicKey(pem).export({ format: 'jwk' }).n)
    const redirect = 'https://trusted.example.com/callback'
    const query = new URLSearchParams({
      client_id: 'trusted',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: redirect,
      prompt: 'none',
      id_token_hint: hint,
    })
    const ada = await managed.app.house.repositories.accounts.findByLogin('ada')
    assert.ok(ada)
    const landed = await (await managed.app.browser(ada)).open(`/authorize?${query}`)
    assert.ok(landed.kind === 'sent-away' && landed.params.has('code'), JSON.stringify(landed))
    const forged = await new SignJWT({ azp: 'trusted' })
      .setProtectedHeader({ alg: 'RS256', kid })
      .setIssuer(issuer)
      .setSubject('8')
      .setAudience('trusted')
      .sign(createPrivateKey(pem))
    query.set('id_token_hint', forged)
    const other = await (await managed.app.browser(ada)).open(`/authorize?${query}`)
    assert.ok(other.kind === 'sent-away' && other.params.get('error') === 'login_required', JSON.stringify(other))
  })
})
