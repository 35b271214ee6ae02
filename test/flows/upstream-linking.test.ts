/** An account exists already: who may link it with what an upstream says, how they prove that it is theirs, and who may not. */

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Client } from '../../src/core/clients/client.ts'
import { openLinkMail, sealLinkMail } from '../../src/core/upstreams/linking/link-mail.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import {
  answerWith,
  arriveAt,
  type Claims,
  comeBack,
  flowOf,
  identitiesOf,
  linkTo,
  ownerOf,
  plantFlow,
} from '../support/arrivals.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { exchange, payloadOf, signInAt } from '../support/hand-app.ts'
import { type HandBrowser, type Landing, type Shown, sentAway, shown } from '../support/hand-browser.ts'
import { linkIn, type MailServer, startMailServer } from '../support/mail-server.ts'
import { type RunningApp, SESSION_COOKIE, startApp } from '../support/running-app.ts'
import { PASSWORD, type Registered } from '../support/seeding.ts'

let count = 0
/** Somebody at the upstream who says that an account's address is theirs. */
function claiming({ email }: Pick<Account, 'email'>, changes: Partial<Claims> = {}): Claims {
  const name = `there-${++count}`
  return { sub: `sub-${name}`, preferred_username: name, email: email ?? '', ...changes }
}

onBothDatabases('linking an account that exists', database => {
  let mailServer: MailServer
  let app: RunningApp
  let registered: Registered

  before(async () => {
    mailServer = await startMailServer()
    app = await startApp({ database: await database(), environment: mailServer.environment })
    registered = await app.register()
  })
  after(async () => {
    await app.close()
    await mailServer.close()
    assert.deepEqual(app.failures, [])
  })

  /** Tabs that all stand before the password that links. */
  async function tabsAtPassword(upstream: Upstream, all: readonly Claims[]) {
    return Promise.all(
      all.map(async claims => {
        const browser = await app.browser()
        const { landing } = await comeBack(app, browser, registered.client, upstream, claims)
        const page = shown(await browser.submit(landing, '/link-account', { choice: 'sign_in' }), '/login')
        return { browser, page }
      }),
    )
  }

  it('sends no more than five mails to an account in an hour, however many ask at once', async () => {
    const [account, upstream] = [await app.enrol(), await app.addUpstream()]
    const tabs = await Promise.all(
      Array.from({ length: 16 }, async () => {
        const browser = await app.browser()
        const { landing } = await comeBack(app, browser, registered.client, upstream, claiming(account))
        return { browser, page: shown(landing, '/link-account') }
      }),
    )
    await Promise.all(tabs.map(({ browser, page }) => browser.submit(page, '/link-account', { choice: 'mail' })))
    const mails = await app.house.repositories.deliveries.list({ kind: 'mail', limit: 100 })
    assert.equal(mails.length, 5)
  })

  it('links one identity once, when two tabs prove the account at the same time', async () => {
    const [account, upstream] = [await app.enrol(), await app.addUpstream()]
    const claims = claiming(account)
    const tabs = await tabsAtPassword(upstream, [claims, claims])
    const landings = await Promise.all(tabs.map(({ browser, page }) => signInAt(browser, page, account)))
    for (const landing of landings) assert.ok(sentAway(landing).params.get('code'))
    assert.deepEqual(
      (await identitiesOf(app, account)).map(({ subject }) => subject),
      [claims.sub],
    )
  })

  it('links one of two identities of an upstream that come at the same time', async () => {
    const [account, upstream] = [await app.enrol(), await app.addUpstream()]
    const tabs = await tabsAtPassword(upstream, [claiming(account), claiming(account)])
    const landings = await Promise.all(tabs.map(({ browser, page }) => signInAt(browser, page, account)))
    assert.equal(landings.filter(({ kind }) => kind === 'sent-away').length, 1)
    const [lost] = landings.filter(landing => landing.kind === 'page') as readonly Shown[]
    assert.equal(lost?.url.pathname, '/profile')
    assert.match(lost?.html ?? '', /linked with somebody else/)
    assert.equal((await identitiesOf(app, account)).length, 1)
  })
})

describe('linking an account that exists', () => {
  let mailServer: MailServer
  let app: RunningApp
  let registered: Registered
  let client: Client
  let account: Account
  let upstream: Upstream

  before(async () => {
    mailServer = await startMailServer()
    app = await startApp({ environment: mailServer.environment })
    registered = await app.register()
    client = registered.client
  })
  beforeEach(async () => {
    account = await app.enrol()
    upstream = await app.addUpstream({ displayName: 'Example ID' })
  })
  after(async () => {
    await app.close()
    await mailServer.close()
    assert.deepEqual(app.failures, [])
  })

  const address = () => account.email ?? ''
  const isLinked = async () => (await identitiesOf(app, account)).length > 0
  const isSignedIn = (browser: HandBrowser) => browser.cookies.has(SESSION_COOKIE)

  async function offered(browser: HandBrowser, claims: Claims = claiming(account)) {
    const { landing, flow, attempt } = await comeBack(app, browser, client, upstream, claims)
    return { page: shown(landing, '/link-account'), flow, attempt, claims }
  }

  async function mailed(browser: HandBrowser, claims?: Claims) {
    const { page, ...others } = await offered(browser, claims)
    const sent = shown(await browser.submit(page, '/link-account', { choice: 'mail' }), '/link-account')
    const mail = await mailServer.next(address())
    return { sent, mail, link: linkIn(mail).slice(app.issuer.length), ...others }
  }

  describe('is offered', () => {
    it('with the name of the upstream and no more of the address than its owner needs', async () => {
      const { page } = await offered(await app.browser())
      assert.match(page.html, /Example ID/)
      assert.match(page.html, /a•••@example\.org/)
      assert.ok(!page.html.includes(address()) && !page.html.includes(account.username))
      for (const choice of ['mail', 'sign_in', 'other', 'cancel'])
        assert.match(page.html, new RegExp(`value="${choice}"`))
      assert.equal(await isLinked(), false)
    })

    it('and left for another name and address, which make an account of their own', async () => {
      const browser = await app.browser()
      const { page, claims } = await offered(browser)
      const profile = shown(await browser.submit(page, '/link-account', { choice: 'other' }), '/profile')
      assert.match(profile.html, /id="email-problem"/)
      const typed = { username: 'another', email: `another-${count}@example.org`, name: 'Another' }
      sentAway(await browser.submit(profile, '/profile', typed))
      assert.equal((await ownerOf(app, upstream, claims.sub))?.username, 'another')
      assert.equal(await isLinked(), false)
    })

    it('and broken off, after which the answer is worth nothing', async () => {
      const browser = await app.browser()
      const { page, flow, attempt } = await offered(browser)
      shown(await browser.submit(page, '/link-account', { choice: 'cancel' }), '/login')
      assert.equal((await app.house.repositories.attempts.find(attempt.id))?.state, 'settled')
      shown(await arriveAt(browser, flow), '/login')
      assert.equal(await isLinked(), false)
    })

    it('only in the ways that are allowed, whatever a form says (link_proofs)', async () => {
      upstream = await app.addUpstream({ linkProofs: ['sign_in'] })
      const browser = await app.browser()
      const { page } = await offered(browser)
      assert.doesNotMatch(page.html, /value="mail"/)
      shown(await browser.submit(page, '/link-account', { choice: 'mail' }), '/link-account')
      assert.deepEqual(
        mailServer.received.filter(({ recipient }) => recipient === address()),
        [],
      )
    })
  })

  describe('by a mail', () => {
    it('links when its button is pressed, and tells who asked for what', async () => {
      const browser = await app.browser()
      const { sent, mail, link, claims, flow } = await mailed(browser, claiming(account, { name: 'Ada' }))
      assert.match(sent.html, /Check your mailbox/)
      assert.match(mail.subject, /Example ID/)
      for (const text of [mail.text, mail.html]) {
        assert.match(text, /Example ID/)
        assert.ok(text.includes(account.username))
        assert.match(text, /ignore this mail/)
      }
      const page = shown(await browser.open(link), '/link-account/mail')
      assert.match(page.html, /Example ID/)
      assert.equal(await isLinked(), false, 'looking at a link is not a decision')
      const { params } = sentAway(await browser.submit(page, '/link-account/mail', {}))
      const tokens = await exchange(app, registered, params.get('code') ?? '')
      assert.equal(payloadOf(tokens.id_token).sub, account.subject)
      assert.deepEqual(await ownerOf(app, upstream, claims.sub), account)
      const events = await app.house.repositories.audit.list({ accountId: account.id, limit: 10 })
      for (const type of ['link-mail.sent', 'identity.linked', 'sign-in.succeeded'])
        assert.equal(events.filter(event => event.type === type && event.traceCode === flow.traceCode).length, 1, type)
    })

    it('counts once', async () => {
      const browser = await app.browser()
      const { link } = await mailed(browser)
      const page = shown(await browser.open(link))
      const both = await Promise.all([0, 1].map(() => browser.submit(page, '/link-account/mail', {})))
      assert.ok(both.some(({ kind }) => kind === 'sent-away'))
      assert.equal(shown(await browser.open(link)).status, 400)
      assert.equal((await identitiesOf(app, account)).length, 1)
    })

    it('counts in the browser that asked for it: whoever is tricked into opening it gives nothing away', async () => {
      const attacker = await app.browser()
      const { link, flow } = await mailed(attacker)
      for (const victim of [await app.browser(), await app.browser(account)]) {
        const page = shown(await victim.open(link))
        assert.match(page.html, /where you began/)
        const token = new URLSearchParams(link.split('?')[1]).get('token') ?? ''
        assert.equal(shown(await victim.post('/link-account/mail', { token, flow: flow.id })).status, 400)
      }
      assert.equal(await isLinked(), false)
      assert.equal(isSignedIn(attacker), false)
      shown(await arriveAt(attacker, flow), '/link-account')
    })

    it('needs the button of our own page: a form on another site does nothing', async () => {
      const browser = await app.browser()
      const { link } = await mailed(browser)
      const token = new URLSearchParams(link.split('?')[1]).get('token') ?? ''
      for (const csrf of ['', 'forged'])
        shown(await browser.post('/link-account/mail', { token, csrf }), '/link-account/mail')
      assert.equal(await isLinked(), false)
    })

    it('counts for a quarter of an hour, and for the very account and answer that it was sent about', async () => {
      const browser = await app.browser()
      const { link } = await mailed(browser)
      const token = new URLSearchParams(link.split('?')[1]).get('token') ?? ''
      const { handles } = app.keys
      const named = openLinkMail(handles, token, new Date())
      assert.ok(named && named.expiresAt.getTime() - Date.now() <= 15 * 60_000)
      const other = await app.enrol()
      const { attemptId } = await waitingElsewhere()
      const changed = [{ expiresAt: new Date() }, { accountId: other.id }, { attemptId }]
      for (const change of changed) {
        const forged = sealLinkMail(handles, { ...named, ...change })
        assert.equal(shown(await browser.open(`/link-account/mail?token=${forged}`)).status, 400)
      }
      assert.equal(shown(await browser.open('/link-account/mail?token=nonsense')).status, 400)
    })

    async function waitingElsewhere() {
      const browser = await app.browser()
      const { attempt } = await offered(browser)
      return { attemptId: attempt.id }
    }

    it('goes to the address of the account, whatever the upstream says', async () => {
      const claims = { sub: `by-name-${++count}`, preferred_username: account.username, email: 'evil@attacker.example' }
      const { mail } = await mailed(await app.browser(), claims)
      assert.equal(mail.recipient, address())
      assert.deepEqual(
        mailServer.received.filter(({ recipient }) => recipient === 'evil@attacker.example'),
        [],
      )
    })

    it('passes on no text of a stranger', async () => {
      const text = 'Your account is at risk, go to https://evil.example/'
      const { mail } = await mailed(await app.browser(), claiming(account, { name: text, preferred_username: text }))
      assert.ok(!mail.raw.includes('evil.example'))
    })

    it('is not sent to an address that nobody has proven', async () => {
      account = await app.enrol({ emailVerified: false })
      const { page } = await offered(await app.browser())
      assert.doesNotMatch(page.html, /value="mail"/)
    })

    it('is sent once a minute, and not more than a few times to one account, whoever asks', async () => {
      const browser = await app.browser()
      const { sent } = await mailed(browser)
      const again = shown(await browser.submit(sent, '/link-account', { choice: 'mail' }), '/link-account')
      assert.equal(again.status, 429)
      for (let more = 0; more < 3; more++) await mailed(await app.browser())
      const last = await app.browser()
      const { page } = await offered(last)
      // The bucket takes five an hour, and lets one pass as soon as one has leaked.
      const fifth = shown(await last.submit(page, '/link-account', { choice: 'mail' }))
      assert.equal(fifth.status, 200)
      const tooMany = await app.browser()
      const { page: sixth } = await offered(tooMany)
      assert.equal(shown(await tooMany.submit(sixth, '/link-account', { choice: 'mail' })).status, 429)
    })

    it('is followed by the password where one is asked for after every sign-in (post_login)', async () => {
      upstream = await app.addUpstream({ postLogin: 'password' })
      const browser = await app.browser()
      const { link } = await mailed(browser)
      const page = shown(await browser.open(link))
      const asked = shown(await browser.submit(page, '/link-account/mail', {}), '/login')
      assert.equal(await isLinked(), true)
      assert.equal(isSignedIn(browser), false)
      sentAway(await signInAt(browser, asked, account))
    })
  })

  describe('by signing in', () => {
    async function asked(browser: HandBrowser, claims?: Claims): Promise<Shown> {
      const { page } = await offered(browser, claims)
      return shown(await browser.submit(page, '/link-account', { choice: 'sign_in' }), '/login')
    }

    it('links and signs in with the password of the account, and says so (RFC 8176)', async () => {
      upstream = await app.addUpstream({ displayName: 'Example ID', amr: ['fed'] })
      const browser = await app.browser()
      const page = await asked(browser)
      assert.match(page.html, /link with Example ID/)
      const { params } = sentAway(await signInAt(browser, page, account))
      const tokens = await exchange(app, registered, params.get('code') ?? '')
      assert.equal(payloadOf(tokens.id_token).sub, account.subject)
      assert.deepEqual([...(payloadOf(tokens.id_token).amr as string[])].sort(), ['fed', 'pwd'])
      assert.equal(await isLinked(), true)
    })

    it('asks for the password also where the account is signed in already: a session is no proof', async () => {
      const browser = await app.browser()
      const page = await asked(browser)
      browser.cookies.set(SESSION_COOKIE, (await app.beginSession(account)).cookie)
      const again = shown(await browser.open(page.url.href), '/login')
      assert.match(again.html, /id="password"/)
      assert.equal(await isLinked(), false)
    })

    it('links no other account, and signs nobody in, when it is the password of another', async () => {
      const other = await app.enrol()
      const browser = await app.browser()
      const page = shown(await signInAt(browser, await asked(browser), other), '/login')
      assert.match(page.html, /another account/)
      assert.equal(isSignedIn(browser), false)
      for (const one of [account, other]) assert.deepEqual(await identitiesOf(app, one), [])
      sentAway(await signInAt(browser, page, account))
    })

    it('takes over what is synchronised, but no name of the upstream that somebody else has here', async () => {
      const other = await app.enrol()
      upstream = await app.addUpstream({ syncMode: 'force', linkExisting: true })
      const claims = { sub: `typed-${++count}`, preferred_username: other.email ?? '', name: 'From there' }
      const browser = await app.browser()
      const { landing } = await comeBack(app, browser, client, upstream, { ...claims, email: other.email ?? '' })
      const profile = await browser.submit(landing, '/link-account', { choice: 'other' })
      const typed = { username: `typed-${count}`, email: address(), name: '' }
      const offer = shown(await browser.submit(profile, '/profile', typed), '/link-account')
      const page = shown(await browser.submit(offer, '/link-account', { choice: 'sign_in' }), '/login')
      sentAway(await signInAt(browser, page, account))
      const linked = await ownerOf(app, upstream, claims.sub)
      assert.deepEqual(
        [linked?.id, linked?.username, linked?.email, linked?.attributes.name],
        [account.id, account.username, account.email, 'From there'],
      )
    })

    it('links nothing with a wrong password', async () => {
      const browser = await app.browser()
      const page = await asked(browser)
      const again = shown(await signInAt(browser, page, account, 'a guess'), '/login')
      assert.equal(await isLinked(), false)
      sentAway(await browser.submit(again, '/login', { username: account.username, password: PASSWORD }))
      assert.equal(await isLinked(), true)
    })

    it('links nothing when linking was switched off meanwhile (link_existing)', async () => {
      const browser = await app.browser()
      const page = await asked(browser)
      const { upstreams, commit } = app.house.repositories
      await commit([upstreams.replace({ ...upstream, linkExisting: false, updatedAt: new Date() }, upstream)])
      // The server looks at its upstreams anew after a moment.
      const isSeen = async () =>
        shown((await comeBack(app, await app.browser(), client, upstream, claiming(account))).landing).url.pathname ===
        '/profile'
      while (!(await isSeen()));
      const landing = shown(await signInAt(browser, page, account))
      assert.notEqual(landing.url.pathname, '/login')
      assert.equal(await isLinked(), false)
      assert.equal(isSignedIn(browser), false)
    })

    it('links when another linked identity of the account signs in, in the same flow', async () => {
      const other = await app.addUpstream({ displayName: 'Other ID' })
      await linkTo(app, account, other, 'known-there')
      const browser = await app.browser()
      const claims = claiming(account)
      const page = await asked(browser, claims)
      assert.match(page.html, /Other ID/)
      assert.doesNotMatch(page.html, new RegExp(`id="upstream-${upstream.alias}"`))
      const flow = await flowOf(app, page.url.searchParams.get('flow') ?? '')
      await answerWith(app, flow, other, { sub: 'known-there' }, {}, { maxAgeSeconds: 0 })
      const { params } = sentAway(await arriveAt(browser, flow))
      const tokens = await exchange(app, registered, params.get('code') ?? '')
      assert.equal(payloadOf(tokens.id_token).sub, account.subject)
      assert.equal((await ownerOf(app, upstream, claims.sub))?.id, account.id)
      const sessionId = String(payloadOf(tokens.id_token).sid)
      const known = await app.house.repositories.upstreamSessions.listOfSession(sessionId as never)
      assert.deepEqual(new Set(known.map(({ upstreamUid }) => upstreamUid)), new Set([upstream.uid, other.uid]))
    })

    it('links nothing, and signs nobody in, when the other upstream knows them as somebody else, or not at all', async () => {
      const other = await app.addUpstream()
      const stranger = await app.enrol()
      await linkTo(app, stranger, other, 'somebody-else')
      const browser = await app.browser()
      const page = await asked(browser)
      for (const sub of ['somebody-else', 'nobody-yet']) {
        const flow = await flowOf(app, page.url.searchParams.get('flow') ?? '')
        await answerWith(app, flow, other, { sub, preferred_username: `x-${sub}` }, {}, { maxAgeSeconds: 0 })
        const back = shown(await arriveAt(browser, flow), '/link-account')
        assert.match(back.html, /another account/)
        assert.equal(isSignedIn(browser), false)
        assert.equal(await isLinked(), false)
      }
    })
  })

  describe('whose address nobody has proven', () => {
    beforeEach(async () => {
      account = await app.enrol({ emailVerified: false })
      upstream = await app.addUpstream({ trustEmail: true })
    })

    it('loses the address to whoever has proven it and says that the account is not theirs, and keeps everything else', async () => {
      const browser = await app.browser()
      const { page, claims } = await offered(browser, claiming(account, { email_verified: true }))
      sentAway(await browser.submit(page, '/link-account', { choice: 'not-mine' }))
      const owner = await ownerOf(app, upstream, claims.sub)
      assert.deepEqual([owner?.email, owner?.emailVerified], [address(), true])
      const claimant = await app.house.repositories.accounts.find(account.id)
      const { email: _, updatedAt, ...kept } = account
      assert.deepEqual(claimant, { ...kept, updatedAt: claimant?.updatedAt, updatedBy: `upstream ${upstream.alias}` })
      assert.ok(claimant && claimant.updatedAt > updatedAt)
      assert.deepEqual(await identitiesOf(app, account), [])
    })

    it('keeps it against whoever has not proven it, whatever a form says', async () => {
      const browser = await app.browser()
      const { page } = await offered(browser, claiming(account, { email_verified: false }))
      assert.doesNotMatch(page.html, /not-mine/)
      shown(await browser.submit(page, '/link-account', { choice: 'not-mine' }), '/link-account')
      assert.equal((await app.house.repositories.accounts.find(account.id))?.email, address())
    })
  })

  describe('from the account page', () => {
    async function linking(browser: HandBrowser, claims: Claims): Promise<Landing> {
      const purpose = { kind: 'link-identity', accountId: account.id, upstreamUid: upstream.uid } as const
      const flow = await plantFlow(app, browser, purpose)
      await answerWith(app, flow, upstream, claims)
      return arriveAt(browser, flow)
    }

    it('links an identity to whoever is signed in, and signs nobody in', async () => {
      const browser = await app.browser(account)
      const cookie = browser.cookies.get(SESSION_COOKIE)
      shown(await linking(browser, { sub: 'mine' }), '/account')
      assert.equal((await ownerOf(app, upstream, 'mine'))?.id, account.id)
      assert.equal(browser.cookies.get(SESSION_COOKIE), cookie)
      shown(await linking(browser, { sub: 'mine' }), '/account')
      assert.equal((await identitiesOf(app, account)).length, 1)
    })

    it('links nothing to somebody else who sits there by now, nor when nobody does', async () => {
      for (const browser of [await app.browser(), await app.browser(await app.enrol())]) {
        const page = shown(await linking(browser, { sub: 'mine' }))
        assert.match(page.html, /no longer signed in/)
        assert.equal(await ownerOf(app, upstream, 'mine'), undefined)
      }
    })

    it('links nothing that belongs to another account', async () => {
      const other = await app.enrol()
      await linkTo(app, other, upstream, 'theirs')
      const page = shown(await linking(await app.browser(account), { sub: 'theirs' }))
      assert.match(page.html, /linked with another account/)
      assert.match(page.html, /href="[^"]*\/account"/)
      assert.equal((await ownerOf(app, upstream, 'theirs'))?.id, other.id)
    })

    it('links no second identity of an upstream: the first has to be unlinked before', async () => {
      await linkTo(app, account, upstream, 'first')
      const page = shown(await linking(await app.browser(account), { sub: 'second' }))
      assert.match(page.html, /unlink that one first/)
      assert.equal(await ownerOf(app, upstream, 'second'), undefined)
    })
  })
})
