/** What binds a sign-in to one browser: forged forms, planted and stolen cookies, borrowed flows, skipped steps. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { sealFlowCookie, sealFormToken } from '../../src/core/flow/flow-handles.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { parseId } from '../../src/lib/id.ts'
import { authorizePath, exchange, payloadOf, signInAt } from '../support/hand-app.ts'
import { formPost, type HandBrowser, hiddenFields, type Landing, sentAway, shown } from '../support/hand-browser.ts'
import { type RunningApp, SESSION_COOKIE, startApp } from '../support/running-app.ts'
import { PASSWORD, type Registered } from '../support/seeding.ts'

describe('one browser, one flow, one person', () => {
  let app: RunningApp
  let by: Registered
  let asking: Registered
  let ada: Account

  before(async () => {
    app = await startApp()
    by = await app.register()
    asking = await app.register({ consentMode: 'remember' })
    ada = await app.enrol()
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const loginPage = async (browser: HandBrowser, changes = {}) =>
    shown(await browser.open(authorizePath(by.client, changes)), '/login')
  const credentials = () => ({ username: ada.username, password: PASSWORD })
  const flowOf = (page: Landing): string => hiddenFields(page).flow ?? ''

  async function signedInAtHome(browser: HandBrowser): Promise<boolean> {
    return shown(await browser.open('/')).html.includes('csrf')
  }
  async function refusesForm(
    browser: HandBrowser,
    path: string,
    fields: Readonly<Record<string, string>>,
  ): Promise<void> {
    const response = await browser.send(path, formPost(fields))
    const location = response.headers.get('location')
    assert.ok(response.status === 400 || location?.startsWith(app.issuer), `${response.status} ${location}`)
    assert.ok(!response.headers.getSetCookie().some(line => line.startsWith(SESSION_COOKIE)), 'no session begins')
  }

  describe('forged forms (RFC 9700 §4.7)', () => {
    it('refuses the sign-in form without its token, with a made-up one, or with that of another flow', async () => {
      const browser = await app.browser()
      const page = await loginPage(browser)
      const other = hiddenFields(await loginPage(browser))
      const flow = flowOf(page)
      for (const csrf of [undefined, '', 'x', other.csrf, sealFormToken(app.keys.handles, 'somebody')]) {
        await refusesForm(browser, '/login', { flow, ...credentials(), ...(csrf === undefined ? {} : { csrf }) })
      }
      assert.equal(await signedInAtHome(browser), false)
      sentAway(await signInAt(browser, page, ada))
    })

    it('refuses the consent form without its token: nothing is allowed and nothing denied', async () => {
      const browser = await app.browser(ada)
      const page = shown(await browser.open(authorizePath(asking.client)), '/consent')
      for (const decision of ['approve', 'deny', 'other-account']) {
        await refusesForm(browser, '/consent', { flow: flowOf(page), decision })
        await refusesForm(browser, '/consent', { flow: flowOf(page), decision, csrf: 'AAAA' })
      }
      assert.equal(await app.house.repositories.consents.find(ada.id, asking.client.uid), undefined)
      shown(await browser.open(`/consent?flow=${flowOf(page)}`), '/consent')
    })

    it('does not take the token of one kind for another: a flow cookie is no form token', async () => {
      const browser = await app.browser()
      const page = await loginPage(browser)
      const csrf = browser.cookies.get(`sallyport-flow-${flowOf(page)}`) ?? ''
      await refusesForm(browser, '/login', { flow: flowOf(page), csrf, ...credentials() })
    })

    it('refuses the sign-out form of our own pages without its token', async () => {
      const browser = await app.browser(ada)
      await browser.post('/sign-out', { decision: 'sign-out' })
      await browser.post('/sign-out', { decision: 'sign-out', csrf: 'AAAA' })
      assert.equal(await signedInAtHome(browser), true)
    })

    it('approves nothing by GET', async () => {
      const browser = await app.browser(ada)
      const page = shown(await browser.open(authorizePath(asking.client)), '/consent')
      const { flow = '', csrf = '' } = hiddenFields(page)
      shown(await browser.open(`/consent?${new URLSearchParams({ flow, csrf, decision: 'approve' })}`), '/consent')
      shown(
        await browser.open(`/login?${new URLSearchParams({ flow, csrf, ...credentials(), switch: 'yes' })}`),
        '/login',
      )
    })
  })

  describe('cookies', () => {
    it('are HttpOnly, SameSite=Lax and for the whole host', async () => {
      const browser = await app.browser()
      const page = await loginPage(browser)
      const response = await browser.send('/login', formPost({ ...hiddenFields(page), ...credentials() }))
      const lines = response.headers.getSetCookie()
      assert.ok(lines.some(line => line.startsWith(`${SESSION_COOKIE}=`)))
      for (const line of lines) assert.match(line, /; Path=\/; HttpOnly; SameSite=Lax$/)
    })

    it('change with every sign-in: a planted or stolen one from before is dead (session fixation)', async () => {
      const browser = await app.browser(ada)
      const planted = browser.cookies.get(SESSION_COOKIE) ?? ''
      const page = await loginPage(browser, { prompt: 'login' })
      sentAway(await signInAt(browser, page, ada))
      assert.notEqual(browser.cookies.get(SESSION_COOKIE), planted)
      assert.equal(await signedInAtHome(browser), true)
      const thief = await app.browser()
      thief.cookies.set(SESSION_COOKIE, planted)
      assert.equal(await signedInAtHome(thief), false)
      shown(await thief.open(authorizePath(by.client)), '/login')
    })

    it('keep their session id for the same person, so that apps know the session again (sid)', async () => {
      const browser = await app.browser(ada)
      const first = await exchange(
        app,
        by,
        sentAway(await browser.open(authorizePath(by.client))).params.get('code') ?? '',
      )
      const again = sentAway(await signInAt(browser, await loginPage(browser, { prompt: 'login' }), ada))
      const second = await exchange(app, by, again.params.get('code') ?? '')
      assert.equal(payloadOf(first.id_token).sid, payloadOf(second.id_token).sid)
    })

    it('of another person stay theirs: whoever signs in over a planted session gets one of their own', async () => {
      const mallory = await app.enrol()
      const browser = await app.browser(mallory)
      const planted = browser.cookies.get(SESSION_COOKIE) ?? ''
      const { params } = sentAway(await signInAt(browser, await loginPage(browser, { prompt: 'login' }), ada))
      const tokens = await exchange(app, by, params.get('code') ?? '')
      assert.equal(payloadOf(tokens.id_token).sub, ada.subject)
      const thief = await app.browser()
      thief.cookies.set(SESSION_COOKIE, planted)
      const away = sentAway(await thief.open(authorizePath(by.client)))
      const theirs = await exchange(app, by, away.params.get('code') ?? '')
      assert.equal(payloadOf(theirs.id_token).sub, mallory.subject)
    })

    it('are dead after sign-out, wherever they were copied to', async () => {
      const browser = await app.browser(ada)
      const copied = browser.cookies.get(SESSION_COOKIE) ?? ''
      const page = shown(await browser.open('/sign-out'))
      shown(await browser.submit(page, '/sign-out', { decision: 'sign-out' }), '/signed-out')
      assert.equal(browser.cookies.has(SESSION_COOKIE), false)
      const thief = await app.browser()
      thief.cookies.set(SESSION_COOKIE, copied)
      assert.equal(await signedInAtHome(thief), false)
    })

    it('that are tampered with or of another kind sign nobody in', async () => {
      const browser = await app.browser(ada)
      const good = browser.cookies.get(SESSION_COOKIE) ?? ''
      const page = await loginPage(browser, { prompt: 'login' })
      const flowCookie = browser.cookies.get(`sallyport-flow-${flowOf(page)}`) ?? ''
      const flipped = `${good.slice(0, 10)}${good[10] === 'A' ? 'B' : 'A'}${good.slice(11)}`
      for (const value of [flipped, `${good}A`, good.slice(0, -1), flowCookie, 'x', '"', '%00', 'é']) {
        browser.cookies.set(SESSION_COOKIE, encodeURI(value))
        assert.equal(await signedInAtHome(browser), false, value)
      }
    })
  })

  describe('flows', () => {
    it('are not helped by the cookie of another flow, under whatever name', async () => {
      const victim = await app.browser()
      const flow = flowOf(await loginPage(victim))
      const attacker = await app.browser(ada)
      const own = flowOf(await loginPage(attacker, { prompt: 'login' }))
      const ownCookie = attacker.cookies.get(`sallyport-flow-${own}`) ?? ''
      attacker.cookies.set(`sallyport-flow-${flow}`, ownCookie)
      const csrf = sealFormToken(app.keys.handles, flow)
      await refusesForm(attacker, '/login', { flow, csrf, ...credentials() })
      await refusesForm(attacker, '/consent', { flow, csrf, decision: 'approve' })
      const id = parseId<'flow'>(flow)
      const stored = id && (await app.house.repositories.flows.find(id))
      assert.equal(stored?.state.at, 'started')
    })

    it('are bound to the browser that began them: their URL alone opens nothing', async () => {
      const flow = flowOf(await loginPage(await app.browser()))
      for (const path of ['/login', '/consent', '/sign-out']) {
        const response = await (await app.browser(ada)).send(`${path}?flow=${flow}`)
        assert.equal(response.status, 400)
        assert.ok(!(await response.text()).includes('name="csrf"'), 'no form')
      }
    })

    it('that are over start at the request of the app again, and do not honour a step twice', async () => {
      const browser = await app.browser()
      const page = await loginPage(browser)
      const first = sentAway(await signInAt(browser, page, ada))
      const second = sentAway(await signInAt(browser, page, ada))
      assert.equal(second.params.get('code'), first.params.get('code'), 'a button pressed twice: the same answer')
      assert.equal((await exchange(app, by, first.params.get('code') ?? '')).status, 200)
      const third = sentAway(await signInAt(browser, page, ada))
      assert.notEqual(third.params.get('code'), first.params.get('code'))
    })

    it('that have expired start again, even with their cookie and token', async () => {
      const browser = await app.browser()
      const page = await loginPage(browser)
      const id = parseId<'flow'>(flowOf(page))
      const stored = id && (await app.house.repositories.flows.find(id))
      assert.ok(stored)
      const past = { ...stored, version: stored.version + 1, expiresAt: addSeconds(app.house.clock.now(), -1) }
      await app.house.repositories.commit([app.house.repositories.flows.advance(past)])
      browser.cookies.set(`sallyport-flow-${stored.id}`, sealFlowCookie(app.keys.handles, stored.id))
      const again = shown(await signInAt(browser, page, ada), '/login')
      assert.notEqual(flowOf(again), stored.id)
    })
  })

  describe('steps', () => {
    it('prompt=login is not passed by "continue as" nor by asking for the page again (OIDC Core §3.1.2.1)', async () => {
      for (const changes of [
        { prompt: 'login' },
        { prompt: 'login select_account' },
        { prompt: 'login', max_age: '9999' },
      ]) {
        const browser = await app.browser(ada)
        const page = await loginPage(browser, changes)
        shown(await browser.submit(page, '/login', { continue: 'yes' }), '/login')
        shown(await browser.open(`/login?flow=${flowOf(page)}`), '/login')
        shown(await browser.open(`/consent?flow=${flowOf(page)}`), '/login')
        sentAway(await signInAt(browser, page, ada))
      }
    })

    it('prompt=select_account is answered by choosing, but not when max_age is over', async () => {
      const browser = await app.browser(ada)
      const page = await loginPage(browser, { prompt: 'select_account' })
      sentAway(await browser.submit(page, '/login', { continue: 'yes' }))
      const authTime = addSeconds(app.house.clock.now(), -100)
      browser.cookies.set(SESSION_COOKIE, (await app.beginSession(ada, { authTime })).cookie)
      const stale = await loginPage(browser, { prompt: 'select_account', max_age: '10' })
      shown(await browser.submit(stale, '/login', { continue: 'yes' }), '/login')
    })

    it('the consent form does not jump over the sign-in that is asked for: no code, and nothing remembered', async () => {
      const bob = await app.enrol()
      const browser = await app.browser(bob)
      const page = shown(await browser.open(authorizePath(asking.client, { prompt: 'login' })), '/login')
      // Even with the very token that a consent page shown to this person would carry.
      const csrf = sealFormToken(app.keys.handles, flowOf(page), bob.id)
      shown(await browser.submit(page, '/consent', { decision: 'approve', csrf }), '/login')
      assert.equal(await app.house.repositories.consents.find(bob.id, asking.client.uid), undefined)
    })

    it('nobody allows anything without being signed in', async () => {
      const browser = await app.browser()
      const page = shown(await browser.open(authorizePath(asking.client)), '/login')
      shown(await browser.submit(page, '/consent', { decision: 'approve' }), '/login')
    })

    it('a denied consent brings access_denied and ends the flow (RFC 6749 §4.1.2.1)', async () => {
      const browser = await app.browser(ada)
      const page = shown(await browser.open(authorizePath(asking.client)), '/consent')
      const { params, headers } = sentAway(await browser.submit(page, '/consent', { decision: 'deny' }))
      assert.equal(params.get('error'), 'access_denied')
      assert.match(headers.get('x-trace-code') ?? '', /^[0-9A-Z]{4}-[0-9A-Z]{4}$/, 'for `sallyport why`')
      assert.equal(params.get('state'), 'a state')
      shown(await browser.submit(page, '/consent', { decision: 'approve' }), '/consent')
      assert.equal(await app.house.repositories.consents.find(ada.id, asking.client.uid), undefined)
    })
  })
})
