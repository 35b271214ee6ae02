/** Accounts, identities and consents over the admin API: what each role may do with whom, and that somebody is left to manage. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account, Role } from '../../src/core/accounts/account.ts'
import { type AdminReply, bearer, callAdmin, ownToken, registerManager } from '../support/admin-caller.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { anIdentity, anUpstream } from '../support/builders.ts'
import { isActive, signInAt, tokensFor } from '../support/hand-app.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

let app: RunningApp
const tokens = new Map<Role, string>()

async function begin(database?: string): Promise<void> {
  app = await startApp({ database })
  const manager = await registerManager(app)
  for (const role of ['viewer', 'operator', 'administrator'] as const)
    tokens.set(role, await ownToken(app, manager, role))
}

async function end(): Promise<void> {
  await app.close()
  assert.deepEqual(app.failures, [])
}

function as(role: Role, method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
  const authorization = bearer(tokens.get(role) ?? '')
  return callAdmin(app, {
    method,
    path,
    headers: { ...authorization, ...headers },
    ...(body === undefined ? {} : { body }),
  })
}

const ask = (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) =>
  as('administrator', method, path, body, headers)

async function made(username: string, said: object = {}): Promise<AdminReply> {
  const reply = await ask('POST', '/accounts', { username, ...said })
  assert.equal(reply.status, 201, reply.text)
  return reply
}

/** Of `U*U*`, from the test vectors of crypt_blowfish. */
const BCRYPT = '$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK'

const itemsOf = ({ json }: AdminReply) => json.items as readonly Readonly<Record<string, unknown>>[]
const namesOf = (reply: AdminReply) => itemsOf(reply).map(({ username }) => username)

function accountStories(): void {
  it('are made, read by each of their names, changed, replaced and deleted', async () => {
    const { json } = await made('Ada', {
      email: 'ada@example.org',
      name: 'Ada Lovelace',
      groups: ['staff', 'staff'],
      attributes: { locale: 'de', address: { country: 'DE' } },
      password: 'a password of Ada',
    })
    const { sub, created_at: _, updated_at: __, ...rest } = json
    assert.deepEqual(rest, {
      username: 'Ada',
      email: 'ada@example.org',
      email_verified: true,
      name: 'Ada Lovelace',
      groups: ['staff'],
      attributes: { locale: 'de', address: { country: 'DE' } },
      disabled: false,
      has_password: true,
      created_by: rest.created_by,
    })
    for (const name of ['ada', 'ADA@example.org', `${sub}`]) {
      const read = await as('viewer', 'GET', `/accounts/${encodeURIComponent(name)}`)
      assert.equal(read.json.sub, sub, name)
    }
    const patch = { name: 'Ada King', attributes: { locale: null, zoneinfo: 'Europe/London' }, username: 'countess' }
    const patched = await ask('PATCH', '/accounts/ada', patch)
    assert.equal(patched.status, 200, patched.text)
    assert.deepEqual(
      [patched.json.username, patched.json.name, patched.json.attributes, patched.json.email, patched.json.sub],
      ['countess', 'Ada King', { zoneinfo: 'Europe/London', address: { country: 'DE' } }, 'ada@example.org', sub],
    )
    const replaced = await ask('PUT', '/accounts/countess', { email: 'c@example.org' }, { 'if-match': '*' })
    assert.deepEqual(
      [
        replaced.json.username,
        replaced.json.has_password,
        replaced.json.groups,
        replaced.json.attributes,
        replaced.json.sub,
      ],
      ['countess', true, [], {}, sub],
      'what is left out has its standard again; the password stays',
    )
    assert.equal((await ask('DELETE', '/accounts/countess')).status, 204)
    assert.equal((await ask('GET', `/accounts/${sub}`)).status, 404)
  })

  const refused: ReadonlyArray<readonly [body: object, field: string]> = [
    [{ username: ' x' }, 'username'],
    [{ username: 'x', email: 'nobody' }, 'email'],
    [{ username: 'x', role: 'admin' }, 'role'],
    [{ username: 'x', groups: ['ok', ''] }, 'groups'],
    [{ username: 'x', groups: 'staff' }, 'groups'],
    [{ username: 'x', attributes: { nmae: 'x' } }, 'attributes.nmae'],
    [{ username: 'x', attributes: { sub: 'x' } }, 'attributes.sub'],
    [{ username: 'x', name: 'A', attributes: { name: 'B' } }, 'name'],
    [{ username: 'x', sub: 'with blanks' }, 'sub'],
    [{ username: 'x', password: 'short' }, 'password'],
    [{ username: 'x', password_hash: '$plaintext$secret' }, 'password_hash'],
    [{ username: 'x', nmae: 'x' }, 'nmae'],
  ]
  for (const [body, field] of refused) {
    it(`are refused with the field and the rule: ${JSON.stringify(body)} (RFC 9457 §3, OIDC Core §2 sub)`, async () => {
      const reply = await ask('POST', '/accounts', body)
      assert.equal(reply.status, 400, reply.text)
      assert.ok(JSON.stringify(reply.json).includes(`"${field}"`), reply.text)
    })
  }

  it('have names that nobody else signs in by: neither as a user name nor as an address', async () => {
    await made('grace', { email: 'grace@example.org' })
    await made('hopper', { email: 'h@example.org' })
    const attempts: ReadonlyArray<readonly [method: string, path: string, body: object]> = [
      ['POST', '/accounts', { username: 'GRACE' }],
      ['POST', '/accounts', { username: 'Grace@example.org' }],
      ['POST', '/accounts', { username: 'other', email: 'GRACE@example.org' }],
      ['PATCH', '/accounts/hopper', { username: 'grace' }],
      ['PATCH', '/accounts/hopper', { username: 'grace@example.org' }],
      ['PATCH', '/accounts/hopper', { email: 'grace@example.org' }],
    ]
    for (const [method, path, body] of attempts)
      assert.equal((await ask(method, path, body)).status, 409, JSON.stringify(body))
    await made('who@example.org')
    assert.equal((await ask('PATCH', '/accounts/hopper', { email: 'who@example.org' })).status, 409)
    assert.equal(
      (await ask('PATCH', '/accounts/hopper', { username: 'h@example.org' })).status,
      200,
      'one’s own address',
    )
  })

  it('are listed page by page, searched and narrowed', async () => {
    for (const name of ['p1', 'p2', 'p3', 'p4', 'p5'])
      await made(`${name}-paged`, { groups: name < 'p4' ? ['early'] : [] })
    const seen: unknown[] = []
    for (let cursor = ''; ; ) {
      const page = await as('viewer', 'GET', `/accounts?q=PAGED&limit=2&sort=-username${cursor}`)
      seen.push(...namesOf(page))
      if (page.json.next === undefined) break
      cursor = `&cursor=${page.json.next}`
    }
    assert.deepEqual(seen, ['p5-paged', 'p4-paged', 'p3-paged', 'p2-paged', 'p1-paged'])
    assert.deepEqual(namesOf(await ask('GET', '/accounts?groups=early&sort=username')), [
      'p1-paged',
      'p2-paged',
      'p3-paged',
    ])
    await ask('PATCH', '/accounts/p1-paged', { disabled: true })
    assert.deepEqual(namesOf(await ask('GET', '/accounts?groups=early&disabled=true')), ['p1-paged'])
    const other = await ask('GET', '/accounts?q=paged&limit=1&sort=username')
    for (const wrong of ['disabled=perhaps', 'role=king', 'sort=groups', `sort=created_at&cursor=${other.json.next}`])
      assert.equal((await ask('GET', `/accounts?${wrong}`)).status, 400, wrong)
  })
}

function roleStories(): void {
  let person: Account
  let admin: Account

  before(async () => {
    person = await app.enrol({ username: 'person' })
    admin = await app.enrol({ username: 'chief', role: 'administrator', email: 'chief@example.org' })
    await app.enrol({ username: 'helper', role: 'operator' })
    const { upstreams, identities, commit } = app.house.repositories
    const [corp, rights] = [
      anUpstream({ alias: 'corp' }),
      anUpstream({
        alias: 'rights',
        mappings: [{ kind: 'administrator', claims: { groups: 'admins' }, match: 'contains' }],
      }),
    ]
    await commit([upstreams.insert(corp), upstreams.insert(rights)])
    await commit([identities.link(anIdentity({ accountId: admin.id, upstreamUid: corp.uid, subject: 'chief-there' }))])
  })

  it('lets operators work with people, and with nobody who has a role', async () => {
    const password = { password: 'a password by an operator' }
    const allowed: ReadonlyArray<readonly [method: string, path: string, body?: object]> = [
      ['POST', '/accounts', { username: 'newcomer' }],
      ['PATCH', '/accounts/newcomer', { email: 'new@example.org', groups: ['staff'] }],
      ['POST', '/accounts/newcomer/set-password', password],
      ['POST', '/accounts/newcomer/end-sessions'],
      ['POST', '/identities', { account: 'newcomer', upstream: 'corp', subject: 'n-1' }],
      ['DELETE', '/accounts/newcomer'],
    ]
    for (const [method, path, body] of allowed) {
      const reply = await as('operator', method, path, body)
      assert.ok(reply.status < 300, `${method} ${path}: ${reply.text}`)
    }
    const linked = itemsOf(await ask('GET', '/identities?account=chief'))[0]?.id
    const forbidden: ReadonlyArray<readonly [method: string, path: string, body?: object]> = [
      ['POST', '/accounts', { username: 'king', role: 'administrator' }],
      ['POST', '/accounts', { username: 'page', role: 'viewer' }],
      ['POST', '/accounts', { username: 'ghost', sub: admin.subject }],
      ['PATCH', '/accounts/person', { role: 'operator' }],
      ['PATCH', '/accounts/chief', { email: 'mine@example.org' }],
      ['PATCH', '/accounts/chief', { groups: [] }],
      ['PATCH', '/accounts/chief', { password: 'a password by an operator' }],
      ['PATCH', '/accounts/chief', { username: 'free' }],
      ['PATCH', '/accounts/helper', { role: null }],
      ['PATCH', `/accounts/${admin.subject}`, { disabled: true }],
      ['POST', '/accounts/chief/set-password', password],
      ['POST', '/accounts/chief%40example.org/set-password', password],
      ['POST', '/accounts/chief/end-sessions'],
      ['DELETE', '/accounts/helper'],
      ['POST', '/identities', { account: 'chief', upstream: 'rights', subject: 'mine' }],
      ['POST', '/identities', { account: 'person', upstream: 'rights', subject: 'of an administrator there' }],
      ['POST', '/identities/undo', { account: 'chief', upstream: 'corp' }],
      ['DELETE', `/identities/${linked}`],
      ['POST', '/consents', { account: 'person', client: 'any', scopes: ['openid'] }],
    ]
    for (const [method, path, body] of forbidden) {
      const reply = await as('operator', method, path, body)
      const isUnknown = path === '/identities/undo' && reply.status === 404
      assert.ok(reply.status === 403 || isUnknown, `${method} ${path} ${JSON.stringify(body)}: ${reply.text}`)
    }
    assert.deepEqual(await app.house.repositories.accounts.find(admin.id), admin)
    assert.deepEqual(await app.house.repositories.accounts.find(person.id), person)
  })

  it('finds who is meant by a sub, though somebody has it as their user name', async () => {
    const meant = await app.enrol({ username: 'meant', subject: '5f7c0a52-6c3b-4a57-9a7e-0f4f8f5f5c1d' })
    await as('operator', 'POST', '/accounts', { username: meant.subject })
    assert.equal((await ask('GET', `/accounts/${meant.subject}`)).json.username, 'meant')
    await ask('DELETE', '/accounts/meant')
    assert.equal((await ask('DELETE', `/accounts/${meant.subject}`)).status, 204)
  })

  it('lets viewers look, and never shows a secret', async () => {
    await made('secretive', { password: 'a password that is shown nowhere' })
    for (const path of ['/accounts', '/accounts/secretive', '/identities', '/consents', '/attributes']) {
      const reply = await as('viewer', 'GET', path)
      assert.equal(reply.status, 200, path)
      assert.doesNotMatch(reply.text, /argon2|password_hash|a password that is shown nowhere/)
    }
    for (const [method, path] of [
      ['POST', '/accounts'],
      ['PATCH', '/accounts/person'],
      ['DELETE', '/accounts/person'],
      ['POST', '/accounts/person/set-password'],
      ['POST', '/identities'],
    ] as const)
      assert.equal(
        (await as('viewer', method, path, method === 'DELETE' ? undefined : {})).status,
        403,
        `${method} ${path}`,
      )
    const events = await app.house.repositories.audit.list({ limit: 100 })
    assert.doesNotMatch(JSON.stringify(events), /argon2|a password that is shown nowhere|a password by an operator/)
  })

  it('keeps the last administrator who can sign in, whoever asks and however', async () => {
    const sole = 'chief'
    for (const [method, body] of [
      ['DELETE', undefined],
      ['PATCH', { disabled: true }],
      ['PATCH', { role: 'operator' }],
      ['PATCH', { role: null }],
      ['PUT', {}],
    ] as const) {
      const reply = await ask(method, `/accounts/${sole}`, body, method === 'PUT' ? { 'if-match': '*' } : {})
      assert.equal(reply.status, 409, `${method}: ${reply.text}`)
      assert.match(reply.text, /chief is the last administrator/)
    }
    await made('second', { role: 'administrator' })
    const both = await Promise.all(
      ['chief', 'second'].map(name => ask('PATCH', `/accounts/${name}`, { role: 'viewer' })),
    )
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 409])
    const left = namesOf(await ask('GET', '/accounts?role=administrator'))
    assert.equal(left.length, 1)
  })
}

function endStories(): void {
  let by: Registered
  before(async () => {
    by = await app.register()
  })

  const live = async (account: Account) => (await tokensFor(app, await app.browser(account), by)).access_token

  for (const [act, method, path, body] of [
    ['a new password', 'POST', '/set-password', { password: 'quite another password' }],
    ['being locked', 'PATCH', '', { disabled: true }],
    ['the end of the sessions', 'POST', '/end-sessions', undefined],
  ] as const) {
    it(`ends the tokens of a person: ${act}`, async () => {
      const account = await app.enrol({})
      const token = await live(account)
      assert.equal(await isActive(app, by, token), true)
      assert.equal((await ask(method, `/accounts/${account.username}${path}`, body)).status, 200)
      assert.equal(await isActive(app, by, token), false)
    })
  }

  it('ends them when a right is taken away, and not when a name changes', async () => {
    const account = await app.enrol({ role: 'operator' })
    const token = await live(account)
    await ask('PATCH', `/accounts/${account.username}`, { name: 'Another' })
    assert.equal(await isActive(app, by, token), true)
    await ask('PATCH', `/accounts/${account.username}`, { role: 'viewer' })
    assert.equal(await isActive(app, by, token), false)
  })

  it('takes a digest of another system, lets the person in by it, and keeps its own from then on', async () => {
    await made('imported', { password_hash: BCRYPT })
    const account = await app.house.repositories.accounts.findByLogin('imported')
    assert.ok(account)
    const browser = await app.browser()
    await signInAt(browser, await browser.open('/login'), account, 'U*U*')
    const after = await app.house.repositories.accounts.findByLogin('imported')
    assert.match(after?.passwordHash ?? '', /^\$argon2id\$/)
    assert.deepEqual(after?.validFrom, account.validFrom)
  })

  it('withdraws a consent: the app asks again, and its tokens for the person have ended', async () => {
    const account = await app.enrol({})
    const token = await live(account)
    const { consents, commit } = app.house.repositories
    await commit([
      consents.put({ accountId: account.id, clientUid: by.client.uid, scopes: ['openid'], grantedAt: new Date() }),
    ])
    const listed = itemsOf(await ask('GET', `/consents?account=${account.username}&client=${by.client.clientId}`))
    assert.deepEqual(
      listed.map(({ account: whose, client, scopes }) => [whose, client, scopes]),
      [[account.username, by.client.clientId, ['openid']]],
    )
    assert.equal((await as('operator', 'DELETE', `/consents/${listed[0]?.id}`)).status, 204)
    assert.equal(await consents.find(account.id, by.client.uid), undefined)
    assert.equal(await isActive(app, by, token), false)
    assert.equal((await ask('DELETE', `/consents/${listed[0]?.id}`)).status, 404)
  })

  it('brings consents along from elsewhere, held to their form (RFC 6749 §3.3 scope)', async () => {
    const { username } = await app.enrol({})
    const body = { account: username, client: by.client.clientId, scopes: ['openid', 'claim birthdate'] }
    const brought = await ask('POST', '/consents', { ...body, granted_at: '2020-01-02T03:04:05Z' })
    assert.equal(brought.status, 201, brought.text)
    assert.equal(brought.json.granted_at, '2020-01-02T03:04:05.000Z')
    assert.equal((await ask('POST', '/consents', body)).status, 409)
    for (const scopes of [[], ['a b c'], ['"']])
      assert.equal((await ask('POST', '/consents', { ...body, scopes })).status, 400, JSON.stringify(scopes))
    assert.equal((await ask('POST', '/consents', { ...body, account: 'nobody' })).status, 404)
  })
}

onBothDatabases('managed accounts', database => {
  before(async () => begin(await database()))
  after(end)
  describe('accounts', accountStories)
  describe('roles', roleStories)
  describe('ends', endStories)
})
