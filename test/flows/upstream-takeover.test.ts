/** What a thief tries at the way in through an upstream: an unlocked screen, an old session elsewhere, a name that is somebody else's. */

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import {
  answerWith,
  arriveAt,
  type Claims,
  comeBack,
  flowOf,
  identitiesOf,
  linkTo,
  setOut,
} from '../support/arrivals.ts'
import { authorizePath, exchange, payloadOf } from '../support/hand-app.ts'
import { type HandBrowser, hiddenFields, type Landing, type Shown, sentAway, shown } from '../support/hand-browser.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { SESSION_COOKIE } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'
import { startUpstreamPair, type UpstreamPair } from '../support/upstream-pair.ts'

let count = 0
function unique(): string {
  return `thief-${++count}`
}

describe('the way in through an upstream', () => {
  let mailServer: MailServer
  let pair: UpstreamPair
  let by: Registered
  let corp: Upstream
  let loose: Upstream
  let ada: Account
  let there: Account

  before(async () => {
    mailServer = await startMailServer()
    pair = await startUpstreamPair(mailServer.environment)
    corp = await pair.addUpstream('corp')
    loose = await pair.addUpstream('loose', { trustEmail: true })
  })
  after(async () => {
    await pair.close()
    await mailServer.close()
    assert.deepEqual(pair.app.failures, [])
  })
  beforeEach(async () => {
    by = await pair.app.register()
    ada = await pair.app.enrol()
    there = await pair.idp.enrol()
  })

  const claiming = (changes: Partial<Claims> = {}): Claims => ({
    sub: unique(),
    preferred_username: unique(),
    ...changes,
  })

  /** The fields of the form that links one upstream. */
  function linkForm(page: Landing, alias: string): Readonly<Record<string, string>> {
    const item = new RegExp(`<li data-upstream="${alias}">.*?</li>`, 's').exec(shown(page, '/account').html)?.[0]
    return hiddenFields({ ...shown(page), html: item ?? '' })
  }

  /** Somebody whose address at `loose` is that of an account here, who says that they sign in another way. */
  async function provingElsewhere(browser: HandBrowser): Promise<Shown> {
    const claims = claiming({ email: ada.email ?? '' })
    const { landing } = await comeBack(pair.app, browser, by.client, loose, claims)
    return shown(
      await browser.submit(shown(landing, '/link-account'), '/link-account', { choice: 'sign_in' }),
      '/login',
    )
  }

  describe('at a screen that was left', () => {
    it('takes a session at another upstream for no proof of the account that is to be linked (link_proofs sign_in)', async () => {
      await linkTo(pair.app, ada, corp, there.subject)
      const browser = await pair.browser()
      browser.there.cookies.set(SESSION_COOKIE, (await pair.idp.beginSession(there)).cookie)
      const page = await provingElsewhere(browser.here)
      const away = await browser.leave(`/broker/corp/login${page.url.search}`)
      assert.deepEqual([away.params.get('prompt'), away.params.get('max_age')], ['login', '0'])
      const question = shown(await browser.goOn(away), '/login')
      assert.equal(question.url.origin, pair.idp.issuer, 'the session that is there is not enough')
      assert.equal((await identitiesOf(pair.app, ada)).length, 1)
      assert.ok(sentAway(await browser.goOn(question, there)).params.get('code'))
      assert.equal((await identitiesOf(pair.app, ada)).length, 2)
    })

    it('takes no answer for the proof that was asked for before anything was to be proven', async () => {
      await linkTo(pair.app, ada, corp, 'ada-there')
      const browser = await pair.app.browser()
      const page = await provingElsewhere(browser)
      const flow = await flowOf(pair.app, page.url.searchParams.get('flow') ?? '')
      for (const terms of [{}, { maxAgeSeconds: 86_400 }]) {
        await answerWith(pair.app, flow, corp, { sub: 'ada-there' }, {}, terms)
        const { params } = sentAway(await arriveAt(browser, flow))
        assert.deepEqual([params.get('prompt'), params.get('max_age')], ['login', '0'])
        assert.deepEqual(
          (await identitiesOf(pair.app, ada)).map(({ subject }) => subject),
          ['ada-there'],
        )
        assert.equal(browser.cookies.has(SESSION_COOKIE), false)
      }
    })

    it('takes a sign-in whose time nobody knows for no fresh one (OIDC Core §2 auth_time)', async () => {
      await linkTo(pair.app, ada, loose, 'ada-loose')
      const browser = await pair.app.browser()
      sentAway((await comeBack(pair.app, browser, by.client, loose, { sub: 'ada-loose' })).landing)
      const form = linkForm(await browser.open('/account'), 'corp')
      shown(await browser.post('/account/link', form), '/login')
    })

    it('takes it for one where it was asked for, and the upstream is believed (auth_time_required)', async () => {
      await linkTo(pair.app, ada, loose, 'ada-loose-2')
      const browser = await pair.app.browser()
      const flow = await setOut(pair.app, browser, by.client)
      await answerWith(pair.app, flow, loose, { sub: 'ada-loose-2' }, {}, { maxAgeSeconds: 0 })
      sentAway(await arriveAt(browser, flow))
      const form = linkForm(await browser.open('/account'), 'corp')
      assert.match(sentAway(await browser.post('/account/link', form)).location, /^http:\/\/localhost/)
    })
  })

  it('asks there which account is to be linked: somebody may have signed the browser in as themselves (OIDC Core §3.1.2.1)', async () => {
    const browser = await pair.browser()
    browser.here.cookies.set(SESSION_COOKIE, (await pair.app.beginSession(ada)).cookie)
    browser.there.cookies.set(SESSION_COOKIE, (await pair.idp.beginSession(there)).cookie)
    const form = linkForm(await browser.here.open('/account'), 'corp')
    const away = sentAway(await browser.here.post('/account/link', form))
    assert.equal(away.params.get('prompt'), 'select_account')
    assert.equal(shown(await browser.goOn(away)).url.origin, pair.idp.issuer)
    assert.deepEqual(await identitiesOf(pair.app, ada), [])
  })

  it('asks there once more when the app does, also when nobody is signed in here (OIDC Core §3.1.2.1 prompt=login)', async () => {
    const browser = await pair.browser()
    const authTime = new Date(Date.now() - 3_600_000)
    browser.there.cookies.set(SESSION_COOKIE, (await pair.idp.beginSession(there, { authTime })).cookie)
    for (const wish of [{ prompt: 'login' }, { max_age: '60' }]) {
      browser.here.cookies.clear()
      const path = authorizePath(by.client, { idp_hint: 'corp', ...wish })
      const question = shown(await browser.open(path), '/login')
      assert.equal(question.url.origin, pair.idp.issuer)
      const { params } = sentAway(await browser.goOn(question, there))
      const { id_token } = await exchange(pair.app, by, params.get('code') ?? '')
      assert.ok(Number(payloadOf(id_token).auth_time) * 1000 > Date.now() - 60_000)
      browser.there.cookies.set(SESSION_COOKIE, (await pair.idp.beginSession(there, { authTime })).cookie)
    }
  })

  it('counts as of no age where nobody knows it: an app that limits it asks again (OIDC Core §3.1.2.1 max_age)', async () => {
    await linkTo(pair.app, ada, loose, `${ada.username} at loose`)
    const browser = await pair.app.browser()
    sentAway((await comeBack(pair.app, browser, by.client, loose, { sub: `${ada.username} at loose` })).landing)
    assert.ok(sentAway(await browser.open(authorizePath(by.client))).params.get('code'))
    shown(await browser.open(authorizePath(by.client, { max_age: '86400' })), '/login')
    const silent = sentAway(await browser.open(authorizePath(by.client, { max_age: '86400', prompt: 'none' })))
    assert.equal(silent.params.get('error'), 'login_required')
  })

  describe('with the name of somebody else', () => {
    it('shows next to nothing of their address', async () => {
      const browser = await pair.app.browser()
      const claims = claiming({ preferred_username: ada.username, email: `${unique()}@evil.example` })
      const { landing } = await comeBack(pair.app, browser, by.client, loose, claims)
      const { html } = shown(landing, '/link-account')
      const [local = '', domain = ''] = (ada.email ?? '').split('@')
      assert.ok(!html.includes(`@${domain}`), 'the domain')
      assert.ok(!html.includes(`${local}@`), 'the mailbox')
      assert.match(html, new RegExp(`${local[0]}•••@${domain[0]}•••`))
    })

    it('tells nobody the user name that belongs to an address, nor the address that belongs to a name', async () => {
      const browser = await pair.app.browser()
      for (const preferred_username of [ada.email ?? '', ada.email?.toUpperCase() ?? '']) {
        const { landing } = await comeBack(pair.app, browser, by.client, loose, claiming({ preferred_username }))
        const { html } = shown(landing, '/link-account')
        assert.match(html, /•••@/)
        assert.ok(!html.includes(ada.username), 'the user name')
      }
    })

    it('says of no account that it is switched off', async () => {
      const closed = await pair.addUpstream(unique(), { createAccounts: false })
      const off = await pair.app.enrol({ disabledAt: new Date() })
      const browser = await pair.app.browser()
      const claims = claiming({ email: off.email ?? '' })
      const { landing } = await comeBack(pair.app, browser, by.client, closed, claims)
      const { html } = shown(landing, '/arrive')
      assert.doesNotMatch(html, /switched off/)
    })
  })
})
