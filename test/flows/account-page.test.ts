/** The account page: people see how they sign in, link and unlink, over HTTP and through a second Sallyport. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Identity } from '../../src/core/upstreams/identity.ts'
import { LINKED, UNLINKED } from '../../src/core/upstreams/linking/identity-events.ts'
import { unlinkIdentity } from '../../src/core/upstreams/linking/unlink-identity.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { anAccount, anIdentity, anUpstreamSession, aSession } from '../support/builders.ts'
import { signInAt } from '../support/hand-app.ts'
import { createHandBrowser, type HandBrowser, hiddenFields, type Landing, shown } from '../support/hand-browser.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { type RunningApp, SESSION_COOKIE, startApp } from '../support/running-app.ts'
import { startUpstreamPair, type UpstreamPair } from '../support/upstream-pair.ts'
import { hasEnded, signedInThrough } from '../support/upstream-sign-in.ts'

const STALE_SECONDS = 3600

async function link(app: RunningApp, account: Account, upstream: Upstream, changes: Partial<Identity> = {}) {
  const identity = anIdentity({ accountId: account.id, upstreamUid: upstream.uid, ...changes })
  const { identities, commit } = app.house.repositories
  assert.deepEqual(await commit([identities.link(identity)]), { committed: true })
  return identity
}

async function withoutPassword({ house }: RunningApp): Promise<Account> {
  const account = anAccount()
  assert.deepEqual(await house.repositories.commit([house.repositories.accounts.insert(account)]), { committed: true })
  return account
}

/** Signed in an hour ago. */
async function staleBrowser(app: RunningApp, account: Account): Promise<HandBrowser> {
  const authTime = addSeconds(app.house.clock.now(), -STALE_SECONDS)
  const browser = createHandBrowser(app.issuer)
  browser.cookies.set(SESSION_COOKIE, (await app.beginSession(account, { authTime })).cookie)
  return browser
}

const identitiesOf = (app: RunningApp, { id }: Account) => app.house.repositories.identities.listOfAccount(id)

const eventsOf = async (app: RunningApp, { id }: Account, type: string) =>
  (await app.house.repositories.audit.list({ accountId: id, type, limit: 10 })).map(({ detail }) => detail)

/** The fields of the form that links one upstream. */
function linkForm(page: Landing, alias: string): Readonly<Record<string, string>> {
  const { html } = shown(page, '/account')
  const item = new RegExp(`<li data-upstream="${alias}">.*?</li>`, 's').exec(html)?.[0] ?? ''
  return hiddenFields({ ...shown(page), html: item })
}

onBothDatabases('unlinking', database => {
  let app: RunningApp
  let corp: Upstream
  let github: Upstream

  before(async () => {
    app = await startApp({ database: await database() })
    corp = await app.addUpstream({ alias: 'corp', displayName: 'Corp & Co' })
    github = await app.addUpstream({ alias: 'github' })
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  it('asks first, then takes the identity with its tokens off the account, and writes down what it was', async () => {
    const ada = await app.enrol()
    const identity = await link(app, ada, corp, { label: 'Ada at Corp', sealedTokens: Buffer.from('sealed') })
    const browser = await app.browser(ada)
    const page = shown(await browser.open('/account'), '/account')
    assert.match(page.html, /Corp &amp; Co/)
    assert.match(page.html, /Ada at Corp/)
    const question = await browser.open(`/account/unlink?identity=${identity.id}`)
    assert.match(shown(question).html, /Unlink Corp &amp; Co\?/)
    assert.equal((await identitiesOf(app, ada)).length, 1, 'a link that somebody opens does nothing')
    shown(await browser.submit(question, '/account/unlink', { decision: 'keep' }), '/account')
    assert.equal((await identitiesOf(app, ada)).length, 1)
    shown(await browser.submit(question, '/account/unlink', { decision: 'unlink' }), '/account')
    assert.deepEqual(await identitiesOf(app, ada), [])
    const { username } = ada
    assert.deepEqual(await eventsOf(app, ada, UNLINKED), [
      { upstream: 'corp', subject: identity.subject, label: 'Ada at Corp', username },
    ])
    const again = await browser.submit(question, '/account/unlink', { decision: 'unlink' })
    assert.match(shown(again, '/account').html, /not possible any more/)
  })

  it('never takes the last way to sign in', async () => {
    const ada = await withoutPassword(app)
    const identity = await link(app, ada, corp)
    const browser = await app.browser(ada)
    const page = shown(await browser.open('/account'))
    assert.match(page.html, /Your only way to sign in/)
    assert.equal(page.html.includes('/account/unlink'), false, 'the page does not offer it')
    const forced = await browser.open(`/account/unlink?identity=${identity.id}`)
    assert.match(shown(forced, '/account').html, /it has to stay/)
    assert.equal((await identitiesOf(app, ada)).length, 1)
  })

  it('leaves one when two tabs take the last two at the same moment', async () => {
    for (let round = 0; round < 5; round++) {
      const ada = await withoutPassword(app)
      const identities = [await link(app, ada, corp), await link(app, ada, github)]
      const browser = await app.browser(ada)
      const questions = await Promise.all(identities.map(({ id }) => browser.open(`/account/unlink?identity=${id}`)))
      await Promise.all(questions.map(page => browser.submit(page, '/account/unlink', { decision: 'unlink' })))
      assert.equal((await identitiesOf(app, ada)).length, 1)
    }
  })

  it('ends the sessions that came of the identity, but not the one where it is done', async () => {
    const ada = await app.enrol()
    const eve = await app.enrol()
    const { id, subject } = await link(app, ada, corp)
    const here = await signedInThrough(app, ada, { upstream: corp, subject })
    const there = await signedInThrough(app, ada, { upstream: corp, subject })
    const elsewhere = await signedInThrough(app, ada, { upstream: github, subject })
    const before = await signedInThrough(app, eve, { upstream: corp, subject })
    const question = await here.browser.open(`/account/unlink?identity=${id}`)
    shown(await here.browser.submit(question, '/account/unlink', { decision: 'unlink' }), '/account')
    assert.deepEqual(await Promise.all([here, there, elsewhere, before].map(({ session }) => hasEnded(app, session))), [
      false,
      true,
      false,
      false,
    ])
  })

  it('leaves no session of a sign-in that is under way in this moment', async () => {
    const { repositories, journal, clock } = app.house
    const { sessions, upstreamSessions, identities, commit } = repositories
    let signedIn = 0
    for (let round = 0; round < 20; round++) {
      const ada = await app.enrol()
      const identity = await link(app, ada, corp)
      const now = clock.now()
      const times = { authTime: now, createdAt: now, expiresAt: addSeconds(now, 3600) }
      const session = aSession({ accountId: ada.id, ...times })
      const known = anUpstreamSession({
        sessionId: session.id,
        upstreamUid: corp.uid,
        subject: identity.subject,
        ...times,
      })
      const arrival = [sessions.insert(session), upstreamSessions.put(known), identities.touch(identity)]
      const unlinking = {
        accountId: ada.id,
        identityId: identity.id,
        evenTheLast: false,
        event: { address: 'test' },
        writes: () => [],
      }
      const [arrived] = await Promise.all([commit(arrival), unlinkIdentity(unlinking, now, { repositories, journal })])
      if (arrived.committed) signedIn++
      assert.equal(arrived.committed, await hasEnded(app, session))
    }
    assert.ok(signedIn > 0)
  })

  it('unlinks nothing for a form of another site, or of another session', async () => {
    const ada = await app.enrol()
    const { id } = await link(app, ada, corp)
    const browser = await app.browser(ada)
    const other = await (await app.browser(ada)).open(`/account/unlink?identity=${id}`)
    const { csrf = '' } = hiddenFields(other)
    for (const token of ['', 'forged', csrf])
      await browser.post('/account/unlink', { identity: id, csrf: token, decision: 'unlink' })
    assert.equal((await identitiesOf(app, ada)).length, 1)
  })

  it('unlinks nobody else', async () => {
    const ada = await app.enrol()
    const { id } = await link(app, ada, corp)
    const browser = await app.browser(await app.enrol())
    assert.match(shown(await browser.open(`/account/unlink?identity=${id}`), '/account').html, /not possible any more/)
    assert.equal((await identitiesOf(app, ada)).length, 1)
  })
})

describe('the account page', () => {
  let pair: UpstreamPair
  let app: RunningApp
  let upstream: Upstream
  let onlyLinked: Upstream
  let hidden: Upstream

  before(async () => {
    pair = await startUpstreamPair()
    app = pair.app
    onlyLinked = await app.addUpstream({ alias: 'only-linked', showInAccount: 'when_linked' })
    hidden = await app.addUpstream({ alias: 'hidden', showInAccount: 'never' })
    await app.addUpstream({ alias: 'off', enabled: false })
    await pair.addUpstream('second', { order: 1 })
    upstream = await pair.addUpstream('corp', { displayName: 'Corp' })
  })
  after(async () => {
    await pair.close()
    assert.deepEqual([...app.failures, ...pair.idp.failures], [])
  })

  it('asks whoever is not signed in to sign in, and comes back', async () => {
    const ada = await app.enrol()
    const browser = await app.browser()
    const login = shown(await browser.open('/account'), '/login')
    assert.match(shown(await signInAt(browser, login, ada), '/account').html, /You have one/)
    assert.match(shown(await browser.open('/')).html, /href="\/account"/)
  })

  it('links an identity of the upstream, where one signs in from then on', async () => {
    const ada = await app.enrol()
    const there = await pair.idp.enrol({ username: `corp-${ada.username}` })
    const browser = await pair.browser()
    shown(await browser.open('/account'), '/login')
    const page = await signInAt(browser.here, await browser.here.open('/account'), ada)
    const away = await browser.here.post('/account/link', linkForm(page, 'corp'))
    const back = shown(await browser.goOn(away, there), '/account')
    assert.match(back.html, /Linked on /)
    const [identity] = await identitiesOf(app, ada)
    assert.equal(identity?.upstreamUid, upstream.uid)
    const [event] = await eventsOf(app, ada, LINKED)
    assert.deepEqual([event?.upstream, event?.subject], ['corp', identity?.subject])

    const other = await pair.browser()
    const login = shown(await other.open('/account'), '/login')
    const flow = login.url.searchParams.get('flow') ?? ''
    const arrived = shown(await other.open(`/broker/corp/login?flow=${flow}`, there), '/account')
    assert.match(arrived.html, new RegExp(ada.email ?? 'no address'))
  })

  it('lets nobody plant a way in at a screen that was left: who signed in long ago proves it once more', async () => {
    const ada = await app.enrol()
    const browser = await staleBrowser(app, ada)
    const form = linkForm(await browser.open('/account'), 'corp')
    const asked = shown(await browser.post('/account/link', form), '/login')
    assert.match(asked.html, /For your security, please sign in again/)
    const flow = asked.url.searchParams.get('flow') ?? ''
    // Going around the question: the flow is one of signing in, and knows of no link.
    const around = await browser.open(`/account`)
    shown(around, '/account')
    assert.equal(shown(await browser.open(`/login?flow=${flow}`)).url.pathname, '/login', 'it is still asked')
    const onward = await signInAt(browser, asked, ada)
    assert.equal(onward.kind, 'sent-away', 'straight on to the upstream')
    assert.equal(new URL(onward.kind === 'sent-away' ? onward.location : '').origin, pair.idp.issuer)
  })

  it('does not take another account for the one that began', async () => {
    const ada = await app.enrol()
    const eve = await app.enrol()
    const browser = await staleBrowser(app, ada)
    const form = linkForm(await browser.open('/account'), 'corp')
    const asked = await browser.post('/account/link', form)
    const page = shown(await signInAt(browser, asked, eve), '/account')
    assert.match(page.html, new RegExp(eve.email ?? 'no address'))
    assert.deepEqual([await identitiesOf(app, ada), await identitiesOf(app, eve)], [[], []])
  })

  it('asks before it unlinks, too, and comes back to the question', async () => {
    const ada = await app.enrol()
    const { id } = await link(app, ada, upstream)
    const browser = await staleBrowser(app, ada)
    const asked = shown(await browser.open(`/account/unlink?identity=${id}`), '/login')
    const question = shown(await signInAt(browser, asked, ada), '/account/unlink')
    shown(await browser.submit(question, '/account/unlink', { decision: 'unlink' }), '/account')
    assert.deepEqual(await identitiesOf(app, ada), [])
  })

  it('is not fooled by an upstream that lets people in without asking (OIDC Core §2 auth_time)', async () => {
    const ada = await app.enrol()
    const authTime = addSeconds(app.house.clock.now(), -STALE_SECONDS)
    const { cookie } = await app.beginSession(ada, { authTime, provenAt: app.house.clock.now() })
    const browser = await app.browser()
    browser.cookies.set(SESSION_COOKIE, cookie)
    const form = linkForm(await browser.open('/account'), 'corp')
    shown(await browser.post('/account/link', form), '/login')
  })

  it('asks the upstream for a fresh proof where it is the way to sign in (OIDC Core §3.1.2.1 prompt=login)', async () => {
    const ada = await app.enrol()
    const { id } = await link(app, ada, upstream)
    const browser = await staleBrowser(app, ada)
    const asked = shown(await browser.open(`/account/unlink?identity=${id}`), '/login')
    const flow = asked.url.searchParams.get('flow') ?? ''
    const away = await browser.open(`/broker/corp/login?flow=${flow}`)
    assert.equal(away.kind === 'sent-away' && away.params.get('prompt'), 'login')
  })

  it('takes a fresh proof from an upstream, too: somebody without a password links a second identity', async () => {
    const ada = await withoutPassword(app)
    const there = await pair.idp.enrol()
    await link(app, ada, upstream, { subject: there.subject })
    const browser = await pair.browser()
    browser.here.cookies.set(SESSION_COOKIE, (await staleBrowser(app, ada)).cookies.get(SESSION_COOKIE) ?? '')
    browser.there.cookies.set(SESSION_COOKIE, (await pair.idp.beginSession(there)).cookie)
    const form = linkForm(await browser.here.open('/account'), 'second')
    const asked = shown(await browser.here.post('/account/link', form), '/login')
    const flow = asked.url.searchParams.get('flow') ?? ''
    const away = await browser.open(`/broker/corp/login?flow=${flow}`)
    assert.equal(shown(away).url.origin, pair.idp.issuer, 'the session that is there is not enough')
    shown(await browser.goOn(away, there), '/account')
    assert.equal((await identitiesOf(app, ada)).length, 2)
  })

  it('begins no link for a form of another site', async () => {
    const ada = await app.enrol()
    const browser = await app.browser(ada)
    for (const csrf of ['', 'forged'])
      shown(await browser.post('/account/link', { csrf, upstream: 'corp' }), '/account')
    const strange = linkForm(await browser.open('/account'), 'corp')
    const none = await browser.post('/account/link', { ...strange, upstream: 'nothing-here' })
    assert.match(shown(none, '/account').html, /not possible any more/)
  })

  it('offers what show_in_account says, and shows no password where there is none', async () => {
    const ada = await withoutPassword(app)
    const browser = await app.browser(ada)
    const offered = async () =>
      [...shown(await browser.open('/account')).html.matchAll(/<li data-upstream="([^"]+)">/g)].map(
        ([, alias]) => alias,
      )
    assert.deepEqual(await offered(), ['corp', 'second'])
    await link(app, ada, onlyLinked)
    await link(app, ada, hidden)
    assert.deepEqual(await offered(), ['only-linked', 'corp', 'second'])
    assert.match(shown(await browser.open('/account')).html, /You have none/)
  })
})

describe('the mail about a way to sign in', () => {
  let mail: MailServer
  let pair: UpstreamPair
  let app: RunningApp

  before(async () => {
    mail = await startMailServer()
    pair = await startUpstreamPair(mail.environment)
    app = pair.app
    await pair.addUpstream('firm', { displayName: 'Firm' })
  })
  after(async () => {
    await pair.close()
    await mail.close()
    assert.deepEqual([...app.failures, ...pair.idp.failures], [])
  })

  it('goes to the verified address when one was added', async () => {
    const ada = await app.enrol({ email: 'ada.added@example.com', emailVerified: true })
    const browser = await pair.browser()
    const page = await signInAt(browser.here, await browser.here.open('/account'), ada)
    const away = await browser.here.post('/account/link', linkForm(page, 'firm'))
    shown(await browser.goOn(away, await pair.idp.enrol()), '/account')
    const { subject, text } = await mail.next('ada.added@example.com')
    assert.equal(subject, 'A new way to sign in to Sallyport')
    assert.match(text, /can now be signed in to with Firm/)
  })

  it('goes to the verified address when one was removed, and says where to look', async () => {
    const ada = await app.enrol({ email: 'ada@example.com', emailVerified: true })
    const upstream = await app.addUpstream({ displayName: 'Corp <b>' })
    const { id } = await link(app, ada, upstream)
    const browser = await app.browser(ada)
    const question = await browser.open(`/account/unlink?identity=${id}`)
    shown(await browser.submit(question, '/account/unlink', { decision: 'unlink' }), '/account')
    const { subject, text, html } = await mail.next('ada@example.com')
    assert.equal(subject, 'A way to sign in to Sallyport was removed')
    assert.match(text, /can no longer be signed in to with Corp <b>/)
    assert.match(text, new RegExp(`${app.issuer}/account`))
    assert.equal(html.includes('<b>'), false)
  })

  it('goes nowhere where the address was never proven', async () => {
    const ada = await app.enrol({ email: 'unproven@example.com', emailVerified: false })
    const upstream = await app.addUpstream()
    const { id } = await link(app, ada, upstream)
    const browser = await app.browser(ada)
    const question = await browser.open(`/account/unlink?identity=${id}`)
    shown(await browser.submit(question, '/account/unlink', { decision: 'unlink' }), '/account')
    const sent = await app.house.repositories.deliveries.list({ limit: 100 })
    assert.deepEqual(
      sent.filter(({ about }) => about.upstream === upstream.alias),
      [],
    )
  })
})
