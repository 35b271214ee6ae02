/** The upstream signs somebody out here: with a logout token, or by the browser. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { SignJWT, UnsecuredJWT } from 'jose'
import type { Account } from '../../src/core/accounts/account.ts'
import { formatTraceCode, parseTraceCode } from '../../src/core/audit/trace-code.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { answerWith, arriveAt, linkTo, plantFlow, setOut } from '../support/arrivals.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import {
  assertRefused,
  authorizePath,
  codeFor,
  exchange,
  isActive,
  postAs,
  query,
  refresh,
  signInAt,
  tokensFor,
} from '../support/hand-app.ts'
import { type HandBrowser, sentAway, shown } from '../support/hand-browser.ts'
import { LOGOUT_EVENT, type LogoutUpstream, startLogoutUpstream } from '../support/logout-upstream.ts'
import { type RunningApp, SESSION_COOKIE, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'
import { hasEnded, signedInThrough, type ThroughUpstream, upstreamsOf } from '../support/upstream-sign-in.ts'

onBothDatabases('an upstream signs somebody out here', database => {
  let app: RunningApp
  let by: Registered
  let ada: Account
  let idp: LogoutUpstream
  let upstream: Upstream
  let other: Upstream

  before(async () => {
    ;[app, idp] = await Promise.all([
      startApp({ database: await database(), environment: { SALLYPORT_OUTBOUND_ALLOW_PRIVATE: '127.0.0.1' } }),
      startLogoutUpstream(),
    ])
    by = await app.register()
    ada = await app.enrol()
    upstream = await app.addUpstream({ ...idp.settings, frontchannelLogout: true })
    other = await app.addUpstream({ ...idp.settings, issuer: 'https://other.example', frontchannelLogout: true })
  })
  after(async () => {
    await app.close()
    await idp.close()
    assert.deepEqual(app.failures, [])
  })

  let sids = 0
  const newSid = (): string => {
    sids += 1
    return `sid-${sids}`
  }
  const through = (from: Partial<ThroughUpstream>, ...others: ThroughUpstream[]) =>
    signedInThrough(app, ada, { upstream, sub: 'ada-there', ...from }, ...others)
  const post = (alias: string, fields: Readonly<Record<string, string>> | string): Promise<Response> =>
    fetch(`${app.issuer}/broker/${alias}/backchannel-logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: typeof fields === 'string' ? fields : query(fields),
    })
  const postToken = (logout_token: string): Promise<Response> => post(upstream.alias, { logout_token })
  const assertTaken = async (response: Response): Promise<void> => {
    assert.deepEqual([response.status, await response.text()], [200, ''])
    assert.equal(response.headers.get('cache-control'), 'no-store')
  }

  describe('with a logout token (OIDC Back-Channel Logout §2.5)', () => {
    it('(46) ends the session with the sid, and no other; the answer is 200, empty and never kept (§2.7, §2.8)', async () => {
      const [sid, otherSid] = [newSid(), newSid()]
      const [one, two] = [await through({ sid }), await through({ sid: otherSid })]
      const tokens = await tokensFor(app, one.browser, by)
      const elsewhere = await through({ sid, upstream: other })
      await assertTaken(await postToken(await idp.logoutToken({ sid, sub: 'ada-there' })))
      assert.deepEqual([await hasEnded(app, one.session), await upstreamsOf(app, one.session)], [true, 0])
      assert.equal(await hasEnded(app, two.session), false)
      assert.equal(await hasEnded(app, elsewhere.session), false, 'the sid of one upstream is nothing to another')
      const active = await postAs(app, by, '/introspect', { token: tokens.access_token })
      assert.deepEqual(await active.json(), { active: false }, 'what hangs on the session ends with it')
      const { sessions, audit } = app.house.repositories
      assert.ok((await sessions.find(one.session.id))?.endedAt !== undefined)
      const events = await audit.list({ type: 'sign-out.succeeded', accountId: ada.id, limit: 5 })
      assert.deepEqual(events.find(({ detail }) => detail.session === one.session.id)?.detail, {
        session: one.session.id,
        upstream: upstream.alias,
        channel: 'back channel',
      })
    })

    it('ends what hangs on the session: its access tokens and its codes; what was given for offline access stays (§2.7)', async () => {
      const sid = newSid()
      const { browser } = await through({ sid })
      const online = await tokensFor(app, browser, by)
      const offline = await tokensFor(app, browser, by, { scope: 'openid offline_access' })
      const code = await codeFor(browser, by.client)
      await assertTaken(await postToken(await idp.logoutToken({ sid })))
      assert.equal(await isActive(app, by, online.access_token), false)
      assert.equal((await exchange(app, by, code)).error, 'invalid_grant')
      assert.equal((await refresh(app, by, offline.refresh_token)).status, 200)
      assert.equal(
        sentAway(await browser.open(authorizePath(by.client, { prompt: 'none' }))).params.get('error'),
        'login_required',
      )
    })

    it('ends all sessions of the person when the token names no session (§2.7)', async () => {
      const sub = newSid()
      const theirs = [await through({ sub, sid: newSid() }), await through({ sub })]
      const somebodyElses = await through({ sub: `${sub}x` })
      await assertTaken(await postToken(await idp.logoutToken({ sub })))
      for (const { session } of theirs) assert.equal(await hasEnded(app, session), true)
      assert.equal(await hasEnded(app, somebodyElses.session), false)
    })

    it('ends nothing when sid and sub are not of one session', async () => {
      const sid = newSid()
      const { session } = await through({ sid, sub: 'ada-there' })
      await assertTaken(await postToken(await idp.logoutToken({ sid, sub: 'somebody-else' })))
      assert.equal(await hasEnded(app, session), false)
    })

    it('(46) is 200 as well when nobody is signed in by that name', async () => {
      await assertTaken(await postToken(await idp.logoutToken({ sid: 'nobody', sub: 'nobody' })))
    })

    it('(46) ignores further members of the form and of the token', async () => {
      const sid = newSid()
      const { session } = await through({ sid })
      const logout_token = await idp.logoutToken({ sid, foo: { bar: 1 }, sub: undefined })
      await assertTaken(await post(upstream.alias, { foo: 'bar', logout_token, state: 'x' }))
      assert.equal(await hasEnded(app, session), true)
    })

    const at = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds
    const bad: readonly [what: string, make: (sid: string) => string | Promise<string>][] = [
      ['alg none', sid => new UnsecuredJWT({ ...claimsOf(sid), iat: at(0), exp: at(60) }).encode()],
      ['an alg that was not agreed', sid => signedWithSecret({ ...claimsOf(sid), iat: at(0), exp: at(60) })],
      ['a signature of somebody else', async sid => `${(await idp.logoutToken({ sid })).slice(0, -8)}AAAAAAAA`],
      ['a wrong iss', sid => idp.logoutToken({ sid, iss: 'https://evil.example' })],
      ['no iss', sid => idp.logoutToken({ sid, iss: undefined })],
      ['a wrong aud', sid => idp.logoutToken({ sid, aud: 'another-client' })],
      ['no aud', sid => idp.logoutToken({ sid, aud: undefined })],
      ['no events', sid => idp.logoutToken({ sid, events: undefined })],
      ['the wrong event', sid => idp.logoutToken({ sid, events: { 'https://example.org/other': {} } })],
      ['an event that is no object', sid => idp.logoutToken({ sid, events: { [LOGOUT_EVENT]: 'yes' } })],
      ['events that are a list', sid => idp.logoutToken({ sid, events: [LOGOUT_EVENT] })],
      ['a nonce', sid => idp.logoutToken({ sid, nonce: 'n' })],
      ['neither sub nor sid', () => idp.logoutToken()],
      ['a sid that is no text', sid => idp.logoutToken({ sid: [sid] })],
      ['no jti', sid => idp.logoutToken({ sid, jti: undefined })],
      ['no iat', sid => idp.logoutToken({ sid, iat: undefined })],
      ['an exp that has passed', sid => idp.logoutToken({ sid, iat: at(-200), exp: at(-100) })],
      ['an iat long ago', sid => idp.logoutToken({ sid, iat: at(-4000), exp: at(4000) })],
      ['the type of an access token', sid => idp.logoutToken({ sid }, { typ: 'at+jwt' })],
      ['no JWT at all', () => 'logout'],
    ]
    const claimsOf = (sid: string) => ({
      iss: idp.issuer,
      aud: 'sallyport',
      sid,
      sub: 'ada-there',
      jti: `bad-${sid}`,
      events: { [LOGOUT_EVENT]: {} },
    })
    const signedWithSecret = (claims: Record<string, unknown>) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'logout+jwt' }).sign(Buffer.alloc(32, 'a'))

    for (const [what, make] of bad) {
      it(`(46) refuses a token with ${what}, and ends nothing (§2.6)`, async () => {
        const sid = newSid()
        const { session } = await through({ sid })
        const response = await postToken(await make(sid))
        const code = response.headers.get('x-trace-code') ?? ''
        await assertRefused(response, 400, 'invalid_request')
        assert.equal(await hasEnded(app, session), false)
        await assertFound(code)
      })
    }

    it('refuses a form without a token, with two, with an empty one, and JSON', async () => {
      const token = await idp.logoutToken({ sid: 'x' })
      const doubled = `logout_token=${token}&logout_token=${token}`
      for (const body of ['', 'foo=bar', 'logout_token=', doubled])
        await assertRefused(await post(upstream.alias, body), 400, 'invalid_request')
      const json = await fetch(`${app.issuer}/broker/${upstream.alias}/backchannel-logout`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ logout_token: token }),
      })
      await assertRefused(json, 400, 'invalid_request')
    })

    it('refuses any token while the keys of the upstream cannot be had, and ends nothing', async () => {
      const dark = await app.addUpstream({ ...idp.settings, jwksUri: `${idp.issuer}/no-keys` })
      const sid = newSid()
      const { session } = await through({ sid, upstream: dark })
      const response = await post(dark.alias, { logout_token: await idp.logoutToken({ sid }) })
      assert.deepEqual([response.status, response.headers.get('cache-control')], [400, 'no-store'])
      assert.equal(await hasEnded(app, session), false)
    })

    it('is no way to have us ask a server again and again that does not answer as it should', async () => {
      const { jwksUri: _, ...typed } = idp.settings
      const path = `/nothing-${newSid()}/.well-known/openid-configuration`
      const dark = await app.addUpstream({ ...typed, discoveryUri: `${idp.issuer}${path}` })
      for (let tokens = 0; tokens < 5; tokens += 1)
        assert.equal((await post(dark.alias, { logout_token: await idp.logoutToken({ sid: 'x' }) })).status, 400)
      assert.equal(idp.calls.filter(({ target }) => target === path).length, 1)
    })

    it('takes a token once, whoever comes with it: a replay ends nothing that began since (§2.6 jti)', async () => {
      const sid = newSid()
      const first = await through({ sid })
      const token = await idp.logoutToken({ sid })
      await assertTaken(await postToken(token))
      const second = await through({ sid })
      const replayed = await postToken(token)
      const code = replayed.headers.get('x-trace-code') ?? ''
      await assertRefused(replayed, 400, 'invalid_request')
      assert.deepEqual([await hasEnded(app, first.session), await hasEnded(app, second.session)], [true, false])
      await assertFound(code)
    })

    it('takes one of many at once, and the session ends once', async () => {
      const sid = newSid()
      const { session } = await through({ sid })
      const token = await idp.logoutToken({ sid })
      const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await postToken(token)).status))
      assert.deepEqual(statuses.sort(), [200, 400, 400, 400, 400, 400, 400, 400])
      assert.equal(await endings(session.id), 1)
    })

    it('takes several tokens about one person at once: each is good, and the session ends once', async () => {
      const sub = newSid()
      const { session } = await through({ sub })
      const tokens = await Promise.all(Array.from({ length: 6 }, () => idp.logoutToken({ sub })))
      const statuses = await Promise.all(tokens.map(async token => (await postToken(token)).status))
      assert.deepEqual(statuses, [200, 200, 200, 200, 200, 200])
      assert.equal(await endings(session.id), 1)
    })

    it('goes with a person who signs out by themselves in this moment: the session ends once', async () => {
      const sid = newSid()
      const { browser, session } = await through({ sid })
      const page = shown(await browser.open('/sign-out'))
      const [response] = await Promise.all([
        idp.logoutToken({ sid }).then(postToken),
        browser.submit(page, '/sign-out', { decision: 'sign-out' }),
      ])
      assert.equal(response.status, 200)
      assert.equal(await endings(session.id), 1)
      assert.equal(await upstreamsOf(app, session), 0)
    })

    it('is not there where it is switched off, nor for an upstream that does not exist; GET is no way', async () => {
      const off = await app.addUpstream({ ...idp.settings, backchannelLogout: false })
      const sid = newSid()
      const { session } = await through({ sid, upstream: off })
      const token = await idp.logoutToken({ sid })
      assert.equal((await post(off.alias, { logout_token: token })).status, 404)
      assert.equal((await post('nobody', { logout_token: token })).status, 404)
      assert.equal((await fetch(`${app.issuer}/broker/${upstream.alias}/backchannel-logout`)).status, 405)
      assert.equal(await hasEnded(app, session), false)
    })

    it('still ends the sessions of an upstream that signs nobody in any more', async () => {
      const off = await app.addUpstream({ ...idp.settings, enabled: false })
      const sid = newSid()
      const { session } = await through({ sid, upstream: off })
      await assertTaken(await post(off.alias, { logout_token: await idp.logoutToken({ sid }) }))
      assert.equal(await hasEnded(app, session), true)
    })

    it('tells the other upstream of the session, and not the one that said it', async () => {
      const settings = { logoutMode: 'backchannel', logoutUri: `${idp.issuer}/logout` } as const
      const telling = await app.addUpstream({ ...idp.settings, ...settings })
      const told = await app.addUpstream({ ...idp.settings, ...settings })
      const sid = newSid()
      const tokens = { accessToken: 'at' }
      const { session } = await through({ sid, upstream: telling, tokens }, { upstream: told, tokens })
      await assertTaken(await post(telling.alias, { logout_token: await idp.logoutToken({ sid }) }))
      assert.deepEqual([await hasEnded(app, session), await upstreamsOf(app, session)], [true, 0])
      const list = await app.house.repositories.deliveries.list({ kind: 'upstream-logout', limit: 20 })
      assert.deepEqual(
        list.map(({ about }) => about.upstream),
        [told.alias],
      )
    })

    describe('between the answer of the upstream and the arrival', () => {
      /** A browser on its way home, as somebody who has an account. */
      const onTheWay = async (at: Upstream, sub: string, sid: string) => {
        const account = await app.enrol()
        await linkTo(app, account, at, sub)
        const browser = await app.browser()
        const flow = await setOut(app, browser, by.client)
        await answerWith(app, flow, at, { sub, sid })
        return { browser, flow, arrive: () => arriveAt(browser, flow) }
      }
      const hasArrived = ({ browser }: { readonly browser: HandBrowser }) => browser.cookies.has(SESSION_COOKIE)

      it('takes the answer along: nobody signs in with it any more (§2.7)', async () => {
        for (const claims of ['sid', 'sub'] as const) {
          const [sub, sid] = [newSid(), newSid()]
          const person = await onTheWay(upstream, sub, sid)
          const others = [await onTheWay(upstream, newSid(), newSid()), await onTheWay(other, sub, sid)]
          await assertTaken(await postToken(await idp.logoutToken(claims === 'sid' ? { sid } : { sub })))
          shown(await person.arrive(), '/login')
          for (const each of others) sentAway(await each.arrive())
          assert.deepEqual([person, ...others].map(hasArrived), [false, true, true])
          const { traceCode } = person.flow
          const events = await app.house.repositories.audit.list({ type: 'sign-out.succeeded', traceCode, limit: 5 })
          assert.deepEqual(
            events.map(({ detail }) => detail.withdrawn),
            ['the answer of a sign-in under way'],
          )
        }
      })

      it('takes it along by the browser as well (Front-Channel Logout §2)', async () => {
        const [sid, otherSid] = [newSid(), newSid()]
        const [person, another] = [
          await onTheWay(upstream, newSid(), sid),
          await onTheWay(upstream, newSid(), otherSid),
        ]
        const path = `/broker/${upstream.alias}/logout?${query({ iss: idp.issuer, sid })}`
        assert.equal((await fetch(`${app.issuer}${path}`, { redirect: 'manual' })).status, 303)
        shown(await person.arrive(), '/login')
        sentAway(await another.arrive())
        assert.deepEqual([person, another].map(hasArrived), [false, true])
      })

      it('tells an app that wants no page that nobody is signed in (OIDC Core §3.1.2.6)', async () => {
        const [sub, sid] = [newSid(), newSid()]
        await linkTo(app, await app.enrol(), upstream, sub)
        const browser = await app.browser()
        const { purpose } = await setOut(app, browser, by.client)
        assert.ok(purpose.kind === 'authorization')
        const flow = await plantFlow(app, browser, { ...purpose, request: { ...purpose.request, prompt: ['none'] } })
        await answerWith(app, flow, upstream, { sub, sid })
        await assertTaken(await postToken(await idp.logoutToken({ sid })))
        assert.equal(sentAway(await arriveAt(browser, flow)).params.get('error'), 'login_required')
      })

      it('leaves no session behind when both come at once', async () => {
        for (let round = 0; round < 6; round += 1) {
          const [sub, sid] = [newSid(), newSid()]
          const person = await onTheWay(upstream, sub, sid)
          const token = await idp.logoutToken({ sub, sid })
          const [, response] = await Promise.all([person.arrive(), postToken(token)])
          assert.equal(response.status, 200)
          assert.equal(await isSignedIn(person.browser), false)
          assert.deepEqual(await app.house.repositories.upstreamSessions.listBySid(upstream.uid, sid), [])
        }
      })
    })

    it('finds a session that was renewed by password since', async () => {
      const sid = newSid()
      const { browser, session } = await through({ sid })
      const page = shown(await browser.open(authorizePath(by.client, { prompt: 'login' })), '/login')
      assert.ok(sentAway(await signInAt(browser, page, ada)).params.has('code'))
      const { sessions, upstreamSessions } = app.house.repositories
      const [row] = await upstreamSessions.listOfSession(session.id)
      const renewed = await sessions.find(session.id)
      assert.notDeepEqual(renewed?.expiresAt, session.expiresAt)
      assert.deepEqual(row?.expiresAt, renewed?.expiresAt, 'it is not forgotten while the session lives')
      await assertTaken(await postToken(await idp.logoutToken({ sid })))
      assert.equal(await hasEnded(app, session), true)
      assert.equal(await isSignedIn(browser), false)
    })
  })

  describe('by the browser (OIDC Front-Channel Logout §2)', () => {
    const logoutPath = ({ alias }: Upstream, fields: Readonly<Record<string, string>> = {}): string =>
      `/broker/${alias}/logout?${query(fields)}`
    const framed = (path: string, referer?: string, browser?: HandBrowser): Promise<Response> => {
      const headers = { 'sec-fetch-dest': 'iframe', ...(referer === undefined ? {} : { referer }) }
      return browser === undefined ? fetch(`${app.issuer}${path}`, { headers }) : browser.send(path, { headers })
    }

    it('signs out a person who is sent there, and shows that they are', async () => {
      const { browser, session } = await through({})
      shown(await browser.open(logoutPath(upstream)), '/signed-out')
      assert.equal(await hasEnded(app, session), true)
      assert.equal(browser.cookies.has(SESSION_COOKIE), false)
    })

    it('sends the person on where that is set, and nowhere else: no parameter names a place', async () => {
      const place = 'https://www.example.org/bye'
      const on = await app.addUpstream({
        ...idp.settings,
        frontchannelLogout: true,
        frontchannelLogoutRedirectUri: place,
      })
      const evil = 'https://evil.example/'
      const fields = { post_logout_redirect_uri: evil, redirect_uri: evil, returnTo: evil, state: 'x' }
      const { browser, session } = await through({ upstream: on })
      assert.equal(sentAway(await browser.open(logoutPath(on, fields))).location, place)
      assert.equal(await hasEnded(app, session), true)
      assert.equal(sentAway(await (await app.browser()).open(logoutPath(on, fields))).location, place)
      const { browser: plain } = await through({})
      shown(await plain.open(logoutPath(upstream, fields)), '/signed-out')
    })

    it('leaves a session alone that came from elsewhere', async () => {
      const { browser, session } = await through({ upstream: other })
      shown(await browser.open(logoutPath(upstream)), '/signed-out')
      assert.equal(await hasEnded(app, session), false)
      assert.equal(await isSignedIn(browser), true)
      const local = await app.browser(ada)
      shown(await local.open(logoutPath(upstream)), '/signed-out')
      assert.equal(await isSignedIn(local), true)
    })

    it('ends the sessions with the sid, without a cookie, and only those of this upstream (§2)', async () => {
      const sid = newSid()
      const [one, two] = [await through({ sid }), await through({ sid: newSid() })]
      const elsewhere = await through({ sid, upstream: other })
      const framing = await withFrames()
      const inFrame = await through({ sid: `${sid}-framed`, upstream: framing })
      const response = await framed(
        logoutPath(framing, { iss: idp.issuer, sid: `${sid}-framed` }),
        'https://portal.example/',
      )
      assert.deepEqual([response.status, await response.text()], [200, ''])
      assert.equal(await hasEnded(app, inFrame.session), true)
      await fetch(`${app.issuer}${logoutPath(upstream, { iss: idp.issuer, sid })}`, { redirect: 'manual' })
      assert.deepEqual(await Promise.all([one, two, elsewhere].map(({ session }) => hasEnded(app, session))), [
        true,
        false,
        false,
      ])
    })

    it('ends nobody else by a sid: not the browser’s own session when the sid is another one', async () => {
      const { browser, session } = await through({ sid: newSid() })
      await browser.open(logoutPath(upstream, { iss: idp.issuer, sid: 'a-guess' }))
      assert.equal(await hasEnded(app, session), false)
      assert.equal(await isSignedIn(browser), true)
    })

    const halves: readonly [what: string, fields: Record<string, string>][] = [
      ['an iss without a sid', { iss: 'ISSUER' }],
      ['a sid without an iss', { sid: 'x' }],
      ['the iss of somebody else', { iss: 'https://evil.example', sid: 'x' }],
      ['an iss that differs by a slash', { iss: 'ISSUER/', sid: 'x' }],
    ]
    for (const [what, fields] of halves) {
      it(`refuses ${what}, and ends nothing (§2)`, async () => {
        const { browser, session } = await through({ sid: 'x' })
        const sent = {
          ...fields,
          ...(fields.iss === undefined ? {} : { iss: fields.iss.replace('ISSUER', idp.issuer) }),
        }
        const page = shown(await browser.open(logoutPath(upstream, sent)))
        assert.equal(page.status, 400)
        assert.equal(await hasEnded(app, session), false)
        await assertFound(/[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(page.html)?.[0] ?? '')
      })
    }

    it('knows the issuer of an upstream with many tenants by its place for them (§2)', async () => {
      const tenants = await app.addUpstream({
        ...idp.settings,
        issuer: 'https://login.example/{tenantid}/v2.0',
        frontchannelLogout: true,
      })
      const sid = newSid()
      const { session } = await through({ sid, upstream: tenants })
      const send = (iss: string) => fetch(`${app.issuer}${logoutPath(tenants, { iss, sid })}`, { redirect: 'manual' })
      assert.equal((await send('https://login.example/a/b/v2.0')).status, 400)
      assert.equal(await hasEnded(app, session), false)
      assert.equal((await send('https://login.example/contoso/v2.0')).status, 303)
      assert.equal(await hasEnded(app, session), true)
    })

    const withFrames = () =>
      app.addUpstream({
        ...idp.settings,
        frontchannelLogout: true,
        frontchannelLogoutFrameAncestors: ['https://portal.example', 'https://www.portal.example:8443'],
      })

    it('answers a frame with nothing to see, never kept, for the pages on the list alone (§3)', async () => {
      const framing = await withFrames()
      const { browser, session } = await through({ upstream: framing })
      const response = await framed(logoutPath(framing), 'https://portal.example/bye', browser)
      assert.deepEqual([response.status, await response.text()], [200, ''])
      assert.equal(
        response.headers.get('content-security-policy'),
        "default-src 'none'; frame-ancestors https://portal.example https://www.portal.example:8443",
      )
      assert.equal(response.headers.get('cache-control'), 'no-store')
      assert.equal(response.headers.get('x-frame-options'), null, 'it knows no list, and would contradict')
      assert.equal(await hasEnded(app, session), true)
    })

    it('refuses a frame on any other page, and a frame at all without a list, before anything ends', async () => {
      const framing = await withFrames()
      const { browser, session } = await through({ upstream: framing })
      const plain = await through({})
      for (const [path, from] of [
        [logoutPath(framing), browser],
        [logoutPath(upstream), plain.browser],
      ] as const) {
        const response = await framed(path, 'https://evil.example/', from)
        assert.equal(response.status, 400)
        assert.match(response.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
        assert.equal(response.headers.get('x-frame-options'), 'DENY')
        await assertFound(/[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(await response.text())?.[0] ?? '')
      }
      assert.deepEqual([await hasEnded(app, session), await hasEnded(app, plain.session)], [false, false])
    })

    it('is no image and no script: neither signs anybody out', async () => {
      const framing = await withFrames()
      const { browser, session } = await through({ upstream: framing })
      for (const destination of ['image', 'script', 'empty', 'object']) {
        const response = await browser.send(logoutPath(framing), { headers: { 'sec-fetch-dest': destination } })
        assert.equal(response.status, 400)
      }
      assert.equal(await hasEnded(app, session), false)
    })

    it('is not there unless it is switched on', async () => {
      const off = await app.addUpstream(idp.settings)
      const { browser, session } = await through({ upstream: off })
      assert.equal(shown(await browser.open(logoutPath(off))).status, 404)
      assert.equal(shown(await browser.open('/broker/nobody/logout')).status, 404)
      assert.equal(await hasEnded(app, session), false)
    })

    it('does not tell the upstream back, and sends nobody there', async () => {
      const told = await app.addUpstream({
        ...idp.settings,
        frontchannelLogout: true,
        logoutMode: 'backchannel',
        logoutUri: `${idp.issuer}/logout`,
      })
      const { browser, session } = await through({ upstream: told, tokens: { accessToken: 'at' } })
      shown(await browser.open(logoutPath(told)), '/signed-out')
      assert.equal(await upstreamsOf(app, session), 0)
      const list = await app.house.repositories.deliveries.list({ kind: 'upstream-logout', limit: 100 })
      assert.equal(list.filter(({ about }) => about.upstream === told.alias).length, 0)
    })
  })

  async function isSignedIn(browser: HandBrowser): Promise<boolean> {
    return shown(await browser.open('/')).html.includes('csrf')
  }

  async function endings(session: string): Promise<number> {
    const events = await app.house.repositories.audit.list({
      type: 'sign-out.succeeded',
      accountId: ada.id,
      limit: 500,
    })
    return events.filter(({ detail }) => detail.session === session).length
  }

  /** What was refused stands in the journal, under the code that the other side was given. */
  async function assertFound(code: string): Promise<void> {
    const traceCode = parseTraceCode(code)
    assert.ok(traceCode !== undefined, `a code came with the refusal: ${code}`)
    assert.equal(formatTraceCode(traceCode), code)
    const { audit } = app.house.repositories
    // Nobody waits for a refusal to be written down.
    for (let turns = 0; turns < 1000 && (await audit.list({ traceCode, limit: 1 })).length === 0; turns += 1)
      await turn()
    const [event] = await audit.list({ traceCode, limit: 5 })
    assert.equal(event?.type, 'sign-out.refused')
    assert.ok(typeof event.detail.rule === 'string' && typeof event.detail.upstream === 'string')
  }
})
