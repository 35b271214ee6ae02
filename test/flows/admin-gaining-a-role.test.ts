/** Whoever gains a role gets it alone: nothing that an operator put into the account before comes along. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Role } from '../../src/core/accounts/account.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { type AdminReply, bearer, callAdmin, ownToken, registerManager, sessionOf } from '../support/admin-caller.ts'
import { answerWith, arriveAt, plantFlow } from '../support/arrivals.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { anUpstream } from '../support/builders.ts'
import { shown } from '../support/hand-browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import { startUpstreamPair, type UpstreamPair } from '../support/upstream-pair.ts'

const PASSWORD = { password: 'a password that the operator knows' }

onBothDatabases('an account that an operator had in hand', database => {
  let app: RunningApp
  let corp: Upstream
  const tokens = new Map<Role, string>()

  before(async () => {
    app = await startApp({ database: await database() })
    const manager = await registerManager(app)
    for (const role of ['operator', 'administrator'] as const) tokens.set(role, await ownToken(app, manager, role))
    corp = await app.addUpstream({ alias: 'corp' })
    await app.enrol({ role: 'administrator' })
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  function as(role: Role, method: string, path: string, body?: unknown): Promise<AdminReply> {
    const headers = bearer(tokens.get(role) ?? '')
    return callAdmin(app, { method, path, headers, ...(body === undefined ? {} : { body }) })
  }

  async function done(role: Role, method: string, path: string, body?: unknown): Promise<AdminReply> {
    const reply = await as(role, method, path, body)
    assert.ok(reply.status < 300, `${method} ${path}: ${reply.text}`)
    return reply
  }

  /** As the account page does it, by whoever sits there. */
  async function linkedOnPage(username: string, sub: string): Promise<void> {
    const account = await accountOf(username)
    assert.ok(account)
    const browser = await app.browser(account)
    const purpose = { kind: 'link-identity', accountId: account.id, upstreamUid: corp.uid } as const
    const flow = await plantFlow(app, browser, purpose)
    await answerWith(app, flow, corp, { sub })
    shown(await arriveAt(browser, flow), '/account')
  }

  const linksOf = async (username: string) => (await identitiesOf(username)).map(({ subject }) => subject)
  const linkIdOf = async (username: string) => (await identitiesOf(username))[0]?.id
  async function identitiesOf(username: string) {
    const { items } = (await done('administrator', 'GET', `/identities?account=${username}`)).json
    return items as readonly { readonly id: string; readonly subject: string }[]
  }

  const accountOf = (username: string) => app.house.repositories.accounts.findByLogin(username)
  const warningsOf = ({ headers }: AdminReply) => headers.get('sallyport-warnings') ?? ''

  it('loses the password of the operator when it gains a role, and says so', async () => {
    for (const [name, set] of [
      ['made', () => done('operator', 'POST', '/accounts', { username: 'made', ...PASSWORD })],
      ['set', () => done('operator', 'POST', '/accounts/set/set-password', PASSWORD)],
      ['patched', () => done('operator', 'PATCH', '/accounts/patched', PASSWORD)],
    ] as const) {
      if (name !== 'made') await done('administrator', 'POST', '/accounts', { username: name, ...PASSWORD })
      await set()
      const reply = await done('administrator', 'PATCH', `/accounts/${name}`, { role: 'viewer' })
      assert.equal(reply.json.has_password, false, name)
      assert.match(warningsOf(reply), /has no password any more/)
      const account = await accountOf(name)
      assert.ok(account)
      const [event] = await app.house.repositories.audit.list({ accountId: account.id, limit: 1 })
      assert.deepEqual([event?.type, event?.detail['after.has_password']], ['account.changed', false])
    }
  })

  it('keeps a password that an administrator gave it, before or with the role', async () => {
    await done('administrator', 'POST', '/accounts', { username: 'trusted', ...PASSWORD })
    await done('operator', 'PATCH', '/accounts/trusted', { name: 'Trusted' })
    const trusted = await done('administrator', 'PATCH', '/accounts/trusted', { role: 'operator' })
    assert.deepEqual([trusted.json.has_password, warningsOf(trusted)], [true, ''])
    await done('operator', 'POST', '/accounts', { username: 'renewed', ...PASSWORD })
    const renewed = await done('administrator', 'PATCH', '/accounts/renewed', {
      role: 'operator',
      password: 'a password that an administrator gave',
    })
    assert.deepEqual([renewed.json.has_password, warningsOf(renewed)], [true, ''])
    await done('operator', 'POST', '/accounts', { username: 'given-over', ...PASSWORD })
    await done('administrator', 'POST', '/accounts/given-over/set-password', PASSWORD)
    assert.equal(
      (await done('administrator', 'PATCH', '/accounts/given-over', { role: 'viewer' })).json.has_password,
      true,
    )
  })

  it('loses the links that an operator made, by hand or by taking an unlink back', async () => {
    await done('operator', 'POST', '/accounts', { username: 'linked' })
    await done('operator', 'POST', '/identities', { account: 'linked', upstream: 'corp', subject: 'the operator' })
    const reply = await done('administrator', 'PATCH', '/accounts/linked', { role: 'administrator' })
    assert.match(warningsOf(reply), /no longer linked to the operator at corp/)
    assert.deepEqual((await done('administrator', 'GET', '/identities?account=linked')).json.items, [])
    const unlinked = (await done('administrator', 'GET', '/audit?type=identity.unlinked&account=linked')).json
    assert.equal((unlinked.items as readonly unknown[]).length, 1)

    const { json } = await done('administrator', 'POST', '/accounts', { username: 'relinked', ...PASSWORD })
    const own = { account: json.username, upstream: 'corp', subject: 'their own' }
    const link = await done('administrator', 'POST', '/identities', own)
    await done('operator', 'DELETE', `/identities/${link.json.id}`)
    await done('operator', 'POST', '/identities/undo', { account: 'relinked', upstream: 'corp' })
    await done('administrator', 'PATCH', '/accounts/relinked', { role: 'viewer' })
    assert.deepEqual((await done('administrator', 'GET', '/identities?account=relinked')).json.items, [])
  })

  for (const [what, given] of [
    ['the password', PASSWORD],
    ['the address', { email: 'operator@example.org' }],
  ] as const) {
    it(`loses the links that were made on its page after an operator gave it ${what}: it may have been them`, async () => {
      const { json } = await done('administrator', 'POST', '/accounts', { username: `opened-${Object.keys(given)}` })
      const username = `${json.username}`
      await linkedOnPage(username, 'their own, before')
      assert.deepEqual(await linksOf(username), ['their own, before'])
      await done('operator', 'PATCH', `/accounts/${username}`, given)
      await done('administrator', 'DELETE', `/identities/${await linkIdOf(username)}?even_the_last=true`)
      await linkedOnPage(username, `of the operator, after ${what}`)
      await done('administrator', 'PATCH', `/accounts/${username}`, { role: 'administrator' })
      assert.deepEqual(await linksOf(username), [])
    })
  }

  it('keeps the links that the person made on their page before', async () => {
    await done('administrator', 'POST', '/accounts', { username: 'alone', ...PASSWORD })
    await linkedOnPage('alone', 'alone there')
    await done('operator', 'PATCH', '/accounts/alone', PASSWORD)
    await done('administrator', 'PATCH', '/accounts/alone', { role: 'viewer' })
    assert.deepEqual(await linksOf('alone'), ['alone there'])
  })

  it('keeps the links that an administrator made', async () => {
    await done('administrator', 'POST', '/accounts', { username: 'bound' })
    await done('administrator', 'POST', '/identities', { account: 'bound', upstream: 'corp', subject: 'bound there' })
    const reply = await done('administrator', 'PATCH', '/accounts/bound', { role: 'administrator' })
    assert.equal(warningsOf(reply), '')
    const items = (await done('administrator', 'GET', '/identities?account=bound')).json.items as readonly unknown[]
    assert.equal(items.length, 1)
  })

  it('loses every session from before: whoever began it does not manage with it', async () => {
    const account = await app.enrol({})
    const headers = await sessionOf(app, account)
    await done('administrator', 'PATCH', `/accounts/${account.username}`, { role: 'administrator' })
    assert.equal((await callAdmin(app, { path: '/accounts', headers })).status, 401)
  })

  it('gets either the link of an operator or the role, never both, when they come at once', async () => {
    for (let round = 0; round < 8; round++) {
      const username = `raced-${round}`
      await done('administrator', 'POST', '/accounts', { username, ...PASSWORD })
      await Promise.all([
        as('operator', 'POST', '/identities', {
          account: username,
          upstream: 'corp',
          subject: `the operator ${round}`,
        }),
        as('administrator', 'PATCH', `/accounts/${username}`, { role: 'administrator' }),
      ])
      const links = (await done('administrator', 'GET', `/identities?account=${username}`)).json.items
      const role = (await accountOf(username))?.role
      assert.ok(role === undefined || (links as readonly unknown[]).length === 0, username)
    }
  })
})

describe('an account that gains the right to manage this server through an upstream', () => {
  let pair: UpstreamPair

  before(async () => {
    pair = await startUpstreamPair()
  })
  after(async () => {
    await pair.close()
    assert.deepEqual([...pair.app.failures, ...pair.idp.failures], [])
  })

  it('loses what an operator put into it, and keeps the link by which the person came', async () => {
    const manager = await registerManager(pair.app)
    const headers = bearer(await ownToken(pair.app, manager, 'operator'))
    const administrator = bearer(await ownToken(pair.app, manager, 'administrator'))
    const done = async (path: string, body: unknown, by = headers) => {
      const reply = await callAdmin(pair.app, { method: 'POST', path, headers: by, body })
      assert.ok(reply.status < 300, reply.text)
    }
    await pair.addUpstream('corp', {
      syncMode: 'force',
      mappings: [{ kind: 'administrator', claims: { preferred_username: 'chief' }, match: 'contains' }],
    })
    const { upstreams, identities, accounts, commit } = pair.app.house.repositories
    assert.ok((await commit([upstreams.insert(anUpstream({ alias: 'other' }))])).committed)
    const there = await pair.idp.enrol({ username: 'chief' })
    await done('/accounts', { username: 'chief', ...PASSWORD })
    await done('/identities', { account: 'chief', upstream: 'other', subject: 'the operator' })
    await done('/identities', { account: 'chief', upstream: 'corp', subject: there.subject }, administrator)
    const browser = await pair.browser()
    await browser.open('/broker/corp/login', there)
    const account = await accounts.findByLogin('chief')
    assert.ok(account)
    assert.deepEqual([account.role, account.passwordHash], ['administrator', undefined])
    const links = await identities.listOfAccount(account.id)
    assert.deepEqual(
      links.map(({ subject }) => subject),
      [there.subject],
    )
    const events = await pair.app.house.repositories.audit.list({
      accountId: account.id,
      type: 'account.changed',
      limit: 1,
    })
    assert.match(JSON.stringify(events), /the password is gone/)
    const page = await browser.here.open('/account')
    assert.equal(page.kind === 'page' && page.url.pathname, '/account', 'the person is signed in')
  })
})
