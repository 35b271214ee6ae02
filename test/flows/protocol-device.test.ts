/** Device authorization (RFC 8628) over HTTP: the endpoint, the page that decides, and the polling. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as oidc from 'openid-client'
import type { Account } from '../../src/core/accounts/account.ts'
import { openDeferred } from '../../src/core/deferred-grants/deferred-handles.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { DEVICE_CODE, decide, enterCode, pollDevice, startDevice } from '../support/deferred.ts'
import { assertRefused, payloadOf, postAs, refresh, signInAt, userinfo } from '../support/hand-app.ts'
import { hiddenFields, shown } from '../support/hand-browser.ts'
import { dpopProof, makeAppKey } from '../support/proofs.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const GRANTS = [DEVICE_CODE, 'refresh_token']

onBothDatabases('device authorization (RFC 8628)', database => {
  let app: RunningApp
  let tv: Registered
  let box: Registered
  let ada: Account
  let bob: Account

  before(async () => {
    app = await startApp({ database: await database() })
    tv = await app.register({ type: 'public', name: 'Living-room TV', grantTypes: GRANTS, redirectUris: [] })
    box = await app.register({ name: 'Set-top box', grantTypes: GRANTS, redirectUris: [] })
    ada = await app.enrol()
    bob = await app.enrol()
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  describe('the endpoint', () => {
    it('answers with both codes, where to type them, and how often to ask (§3.2)', async () => {
      const response = await postAs(app, tv, '/device_authorization', { scope: 'openid profile' })
      assert.equal(response.headers.get('cache-control'), 'no-store')
      const answer = (await response.json()) as Record<string, unknown>
      assert.match(String(answer.user_code), /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
      assert.ok(String(answer.device_code).length >= 43)
      assert.deepEqual(
        { ...answer, device_code: undefined, user_code: undefined },
        {
          device_code: undefined,
          user_code: undefined,
          verification_uri: `${app.issuer}/device`,
          verification_uri_complete: `${app.issuer}/device?user_code=${answer.user_code}`,
          expires_in: 600,
          interval: 5,
        },
      )
    })

    it('stands in discovery, with its grant type (§4)', async () => {
      const metadata = (await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()) as {
        readonly device_authorization_endpoint: string
        readonly grant_types_supported: readonly string[]
      }
      assert.equal(metadata.device_authorization_endpoint, `${app.issuer}/device_authorization`)
      assert.ok(metadata.grant_types_supported.includes(DEVICE_CODE))
    })

    it('wants a confidential client to prove who it is (§3.1, RFC 6749 §3.2.1)', async () => {
      const body = new URLSearchParams({ client_id: box.client.clientId, scope: 'openid' })
      const response = await fetch(`${app.issuer}/device_authorization`, { method: 'POST', body })
      await assertRefused(response, 401, 'invalid_client')
    })

    it('refuses a client that may not use the grant, and scopes that it may not have (RFC 6749 §5.2, §3.3)', async () => {
      const other = await app.register()
      await assertRefused(await postAs(app, other, '/device_authorization', {}), 400, 'unauthorized_client')
      const narrow = await app.register({ grantTypes: GRANTS, scopes: ['openid'] })
      const asked = { scope: 'openid email' }
      await assertRefused(await postAs(app, narrow, '/device_authorization', asked), 400, 'invalid_scope')
    })

    it('refuses a resource that nobody knows, and details that it may not ask for (RFC 8707 §2, RFC 9396 §5)', async () => {
      const resource = { resource: 'https://unknown.example.org/' }
      await assertRefused(await postAs(app, tv, '/device_authorization', resource), 400, 'invalid_target')
      const details = { authorization_details: '[{"type":"payment"}]' }
      const response = await postAs(app, tv, '/device_authorization', details)
      await assertRefused(response, 400, 'invalid_authorization_details')
    })

    it('keeps no more for whoever comes than a request needs (§3.1)', async () => {
      const acr_values = 'a '.repeat(5_000)
      await assertRefused(await postAs(app, tv, '/device_authorization', { acr_values }), 400, 'invalid_request')
    })

    it('is for devices, whose pages may come from anywhere: no preflight stands in the way (Fetch)', async () => {
      const headers = { origin: 'https://tv.example.org', 'access-control-request-method': 'POST' }
      const response = await fetch(`${app.issuer}/device_authorization`, { method: 'OPTIONS', headers })
      assert.deepEqual(
        [response.status, response.headers.get('access-control-allow-origin')],
        [204, 'https://tv.example.org'],
      )
    })
  })

  describe('a whole sign-in', () => {
    it('waits, and gets its tokens once the person has typed the code, signed in and allowed it (§3.4, §3.5)', async () => {
      const { device_code, user_code } = await startDevice(app, tv, { scope: 'openid profile offline_access' })
      assert.equal((await pollDevice(app, tv, device_code)).error, 'authorization_pending')
      const browser = await app.browser()
      const page = await enterCode(browser, user_code.toLowerCase().replace('-', ' '), ada)
      for (const text of ['Living-room TV', user_code, '127.0.0.1', 'Stay connected'])
        assert.ok(page.html.includes(text))
      const done = shown(await decide(browser, page, 'approve'), '/approve/done')
      assert.match(done.html, /return to your device/)
      const tokens = await pollDevice(app, tv, device_code)
      assert.deepEqual([tokens.status, tokens.token_type], [200, 'Bearer'], JSON.stringify(tokens))
      const claims = payloadOf(tokens.id_token)
      assert.deepEqual([claims.sub, claims.nonce, claims.amr], [ada.subject, undefined, ['pwd']])
      assert.equal((await userinfo(app, tokens.access_token)).status, 200)
      assert.equal((await refresh(app, tv, tokens.refresh_token)).status, 200)
    })

    it('hands the tokens out once, however many ask at the same time (§3.5)', async () => {
      const { device_code, user_code } = await startDevice(app, tv)
      const browser = await app.browser(ada)
      await decide(browser, await enterCode(browser, user_code), 'approve')
      const answers = await Promise.all(Array.from({ length: 8 }, () => pollDevice(app, tv, device_code)))
      assert.equal(answers.filter(({ status }) => status === 200).length, 1)
      for (const { status, error } of answers) assert.ok(status === 200 || error === 'invalid_grant')
      assert.equal((await pollDevice(app, tv, device_code)).error, 'invalid_grant')
    })

    it('binds its tokens to the key of the device, and the refresh token of a public one, too (RFC 9449 §5)', async () => {
      const { device_code, user_code } = await startDevice(app, tv, { scope: 'openid offline_access' })
      const browser = await app.browser(ada)
      await decide(browser, await enterCode(browser, user_code), 'approve')
      const key = makeAppKey()
      const proof = () => dpopProof(key, 'POST', `${app.issuer}/token`)
      const tokens = await pollDevice(app, tv, device_code, { dpop: await proof() })
      assert.deepEqual([tokens.status, tokens.token_type], [200, 'DPoP'])
      assert.equal((await userinfo(app, tokens.access_token)).status, 401)
      const fields = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }
      await assertRefused(await postAs(app, tv, '/token', fields), 400, 'invalid_grant')
      assert.equal((await postAs(app, tv, '/token', fields, { dpop: await proof() })).status, 200)
    })

    it('ends with access_denied when the person said no (§3.5)', async () => {
      const { device_code, user_code } = await startDevice(app, tv)
      const browser = await app.browser(ada)
      const done = shown(await decide(browser, await enterCode(browser, user_code), 'deny'), '/approve/done')
      assert.match(done.html, /has no access to your account/)
      assert.equal((await pollDevice(app, tv, device_code)).error, 'access_denied')
    })

    it('gives no refresh token, and ends with the session, where no offline access was allowed (OIDC Core §11)', async () => {
      const { device_code, user_code } = await startDevice(app, tv)
      const browser = await app.browser(ada)
      await decide(browser, await enterCode(browser, user_code), 'approve')
      const tokens = await pollDevice(app, tv, device_code)
      assert.equal(tokens.refresh_token, undefined)
      const home = await browser.open('/')
      await browser.submit(home, '/sign-out', { decision: 'sign-out' })
      assert.equal((await userinfo(app, tokens.access_token)).status, 401)
    })
  })

  describe('polling (§3.5)', () => {
    it('is told to slow down when it asks too soon, and the longer interval stays', async () => {
      const { device_code } = await startDevice(app, tv)
      assert.equal((await pollDevice(app, tv, device_code)).error, 'authorization_pending')
      assert.equal((await pollDevice(app, tv, device_code)).error, 'slow_down')
      const id = openDeferred(app.keys.handles, 'device', device_code)
      assert.ok(id)
      assert.equal((await app.house.repositories.deferredGrants.find(id))?.intervalSeconds, 10)
    })

    it('keeps the code from another client', async () => {
      const { device_code } = await startDevice(app, tv)
      assert.equal((await pollDevice(app, box, device_code)).error, 'invalid_grant')
    })

    it('knows no code but its own: not one that was changed, and not an authorization code (RFC 8628 §3.4)', async () => {
      const { device_code } = await startDevice(app, tv)
      const changed = `${device_code.slice(0, -2)}${device_code.endsWith('AA') ? 'BB' : 'AA'}`
      for (const code of [changed, 'x', app.keys.handles.seal('code', Buffer.alloc(16))])
        assert.equal((await pollDevice(app, tv, code)).error, 'invalid_grant')
      await assertRefused(await postAs(app, tv, '/token', { grant_type: DEVICE_CODE }), 400, 'invalid_request')
    })

    it('ends with expired_token when nobody decided, even after the row was deleted', async () => {
      const { device_code } = await startDevice(app, tv)
      const id = openDeferred(app.keys.handles, 'device', device_code)
      assert.ok(id)
      const { repositories } = app.house
      const deferred = await repositories.deferredGrants.find(id)
      assert.ok(deferred)
      await repositories.housekeeping.deleteExpired('deferred_grant', addSeconds(deferred.expiresAt, 1), 1_000)
      assert.equal((await pollDevice(app, tv, device_code)).error, 'expired_token')
    })

    it('does not fill the audit with questions that got no answer yet', async () => {
      const own = await app.register({ type: 'public', grantTypes: GRANTS })
      const { device_code } = await startDevice(app, own)
      await pollDevice(app, own, device_code)
      await pollDevice(app, own, device_code)
      // A refusal that is written down; nobody waits for it.
      await pollDevice(app, own, 'x')
      const refusals = async () =>
        (await app.house.repositories.audit.list({ type: 'token.refused', limit: 500 })).filter(
          ({ clientUid }) => clientUid === own.client.uid,
        )
      let seen = await refusals()
      while (seen.length === 0) seen = await refusals()
      assert.deepEqual(
        seen.map(({ detail }) => detail.error),
        ['invalid_grant'],
      )
    })

    it('gives nothing for an account that was disabled between the decision and the collection', async () => {
      const eve = await app.enrol()
      const { device_code, user_code } = await startDevice(app, tv)
      const browser = await app.browser(eve)
      await decide(browser, await enterCode(browser, user_code), 'approve')
      const { accounts, commit } = app.house.repositories
      const current = await accounts.find(eve.id)
      assert.ok(current)
      await commit([accounts.replace({ ...current, disabledAt: new Date() }, current)])
      assert.equal((await pollDevice(app, tv, device_code)).error, 'invalid_grant')
    })
  })

  describe('the decision', () => {
    it('counts once: two pages that decide differently at the same time have one winner (§3.3)', async () => {
      for (let round = 0; round < 4; round++) {
        const { device_code, user_code } = await startDevice(app, tv)
        const [one, two] = [await app.browser(ada), await app.browser(bob)]
        const [first, second] = [await enterCode(one, user_code), await enterCode(two, user_code)]
        const pages = await Promise.all([decide(one, first, 'approve'), decide(two, second, 'deny')])
        const outcome = await pollDevice(app, tv, device_code)
        assert.ok(outcome.status === 200 || outcome.error === 'access_denied')
        for (const page of pages) {
          const { html } = shown(page, '/approve/done')
          assert.match(html, outcome.status === 200 ? /return to your device/ : /has no access/)
        }
      }
    })

    it('is made knowing that nobody has checked the name of an app that registered itself (RFC 8628 §5.4)', async () => {
      const registered = { type: 'public', origin: 'registration', redirectUris: [], grantTypes: GRANTS } as const
      const names = { name: 'Bank', localized: { 'client_name#en': 'Bank in English' } }
      const { user_code } = await startDevice(app, await app.register({ ...registered, ...names }))
      const { html } = shown(await enterCode(await app.browser(ada), user_code), '/approve')
      assert.match(html, /<h1>[^<]*Bank in English/)
      assert.match(html, /registered itself here/)
      const known = await startDevice(app, tv)
      const page = shown(await enterCode(await app.browser(ada), known.user_code), '/approve')
      assert.doesNotMatch(page.html, /registered itself/)
    })

    it('needs the form of the page that was shown: without its token nothing is decided (CSRF)', async () => {
      const { device_code, user_code } = await startDevice(app, tv)
      const browser = await app.browser(ada)
      const page = await enterCode(browser, user_code)
      const { flow = '' } = hiddenFields(page)
      await browser.post('/approve', { flow, decision: 'approve' })
      await browser.post('/approve', {
        flow,
        csrf: app.keys.handles.seal('form', Buffer.from(flow)),
        decision: 'approve',
      })
      assert.equal((await pollDevice(app, tv, device_code)).error, 'authorization_pending')
    })

    it('cannot be made in another browser than the one where the code was typed', async () => {
      const { device_code, user_code } = await startDevice(app, tv)
      const page = await enterCode(await app.browser(ada), user_code)
      const other = await app.browser(ada)
      await other.post('/approve', { ...hiddenFields(page), decision: 'approve' })
      assert.equal((await pollDevice(app, tv, device_code)).error, 'authorization_pending')
    })

    it('is that of the account that was shown, also after somebody else signed in meanwhile', async () => {
      const { device_code, user_code } = await startDevice(app, tv)
      const browser = await app.browser(ada)
      const page = await enterCode(browser, user_code)
      const { cookie } = await app.beginSession(bob)
      browser.cookies.set('sallyport-session', cookie)
      const again = shown(await decide(browser, page, 'approve'), '/approve')
      assert.ok(again.html.includes(bob.email ?? bob.username))
      assert.equal((await pollDevice(app, tv, device_code)).error, 'authorization_pending')
    })

    it('can be made with another account than the one that is signed in', async () => {
      const { device_code, user_code } = await startDevice(app, tv)
      const browser = await app.browser(ada)
      const login = shown(await decide(browser, await enterCode(browser, user_code), 'other-account'), '/login')
      const page = shown(await signInAt(browser, login, bob), '/approve')
      await decide(browser, page, 'approve')
      assert.equal(payloadOf((await pollDevice(app, tv, device_code)).id_token).sub, bob.subject)
    })

    it('asks for the password again where the app wants a fresh sign-in (OIDC Registration §2 default_max_age)', async () => {
      const careful = await app.register({ grantTypes: GRANTS, defaultMaxAgeSeconds: 60 })
      const { device_code, user_code } = await startDevice(app, careful)
      const browser = await app.browser()
      const authTime = new Date(Date.now() - 120_000)
      browser.cookies.set('sallyport-session', (await app.beginSession(ada, { authTime })).cookie)
      const login = shown(await browser.post('/device', { user_code }), '/login')
      const page = shown(await signInAt(browser, login, ada), '/approve')
      await decide(browser, page, 'approve')
      const { auth_time } = payloadOf((await pollDevice(app, careful, device_code)).id_token)
      assert.ok(Number(auth_time) * 1000 > authTime.getTime() + 60_000)
    })
  })

  describe('the code', () => {
    it('that came with the link is shown, and not taken, until the person says that it is the one (§3.3.1)', async () => {
      const { user_code, verification_uri_complete } = await startDevice(app, tv)
      const browser = await app.browser(ada)
      const page = shown(await browser.open(verification_uri_complete), '/device')
      assert.ok(page.html.includes(`value="${user_code}"`))
      assert.match(page.html, /only if your device shows this very code/)
      assert.equal(/Living-room/.test(page.html), false)
    })

    it('is not told apart: unknown, used and denied ones look the same (§5.1)', async () => {
      const used = await startDevice(app, tv)
      const browser = await app.browser(ada)
      await decide(browser, await enterCode(browser, used.user_code), 'approve')
      const pages = [used.user_code, 'BCDF-GHJK'].map(async user_code => {
        const { html, status } = shown(await browser.post('/device', { user_code }), '/device')
        return [status, html.replaceAll(user_code, '')]
      })
      const [first, second] = await Promise.all(pages)
      assert.deepEqual(first, second)
      assert.match(String(first?.[1]), /not right, or it has expired/)
    })

    it('comes as a QR code that opens the page with the code filled in, whether it is live or not', async () => {
      const response = await fetch(`${app.issuer}/device/qr?user_code=wdjbmjht`)
      assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'image/svg+xml'])
      assert.match(await response.text(), /^<svg [^>]*>.*<path d="M/)
      const show = await fetch(`${app.issuer}/device/show?user_code=WDJB-MJHT`)
      assert.match(await show.text(), /WDJB-MJHT/)
      assert.equal((await fetch(`${app.issuer}/device/qr?user_code=%3Cscript%3E`)).status, 400)
    })
  })

  it('leaves its whole story under one code for sallyport why', async () => {
    const { device_code, user_code } = await startDevice(app, tv)
    const id = openDeferred(app.keys.handles, 'device', device_code)
    const deferred = id && (await app.house.repositories.deferredGrants.find(id))
    assert.ok(deferred)
    const browser = await app.browser()
    await decide(browser, await enterCode(browser, user_code, ada), 'approve')
    await pollDevice(app, tv, device_code)
    const { traceCode } = deferred.terms
    const flow = await app.house.repositories.flows.findByTraceCode(traceCode)
    assert.deepEqual(
      flow?.trace.map(({ step, outcome }) => `${step} ${outcome}`),
      ['approval shown', 'sign-in shown', 'sign-in passed', 'approval passed'],
    )
    const events = await app.house.repositories.audit.list({ traceCode, limit: 20 })
    const types = events.map(({ type }) => type)
    for (const type of ['device-authorization.requested', 'sign-in.succeeded', 'approval.granted'])
      assert.ok(types.includes(type as never), type)
  })

  it('signs in openid-client unchanged', async () => {
    const configuration = await oidc.discovery(
      new URL(app.issuer),
      box.client.clientId,
      {},
      oidc.ClientSecretBasic(box.secret),
      { execute: [oidc.allowInsecureRequests] },
    )
    const answer = await oidc.initiateDeviceAuthorization(configuration, { scope: 'openid email' })
    const browser = await app.browser(ada)
    await decide(browser, await enterCode(browser, answer.user_code), 'approve')
    const tokens = await oidc.pollDeviceAuthorizationGrant(configuration, { ...answer, interval: 0.01 })
    assert.equal(tokens.claims()?.sub, ada.subject)
  })
})

describe('guessing user codes (RFC 8628 §5.1)', () => {
  it('is slowed down after ten wrong ones, for the address and for the account; slips cost nothing', async () => {
    const app = await startApp()
    try {
      const tv = await app.register({ type: 'public', grantTypes: GRANTS })
      const { user_code } = await startDevice(app, tv)
      const browser = await app.browser()
      for (let slip = 0; slip < 12; slip++) await browser.post('/device', { user_code: 'WDJ8' })
      const guess = (letter: string) => browser.post('/device', { user_code: `BCDFGHJ${letter}` })
      // One leaks away while they are typed.
      for (const letter of 'BCDFGHJKLM') assert.equal(shown(await guess(letter)).status, 200)
      await guess('N')
      const { status, headers } = shown(await guess('P'))
      assert.equal(status, 429)
      assert.ok(Number(headers.get('retry-after')) > 0)
      // The right one waits like the wrong ones: otherwise the wait would tell.
      assert.equal(shown(await browser.post('/device', { user_code })).status, 429)
    } finally {
      await app.close()
    }
  })

  it('in parallel does not help: those under way count', async () => {
    const app = await startApp()
    try {
      const browser = await app.browser()
      const guesses = [...'BCDFGHJKLMNPQRSTVWXZ'].map(letter =>
        browser.post('/device', { user_code: `BCDFGHJ${letter}` }),
      )
      const statuses = (await Promise.all(guesses)).map(page => shown(page).status)
      assert.ok(statuses.filter(status => status === 200).length <= 11, statuses.join())
    } finally {
      await app.close()
    }
  })

  it('cannot be done by the browsers of others: a form of another site uses up nothing (CSRF)', async () => {
    const app = await startApp()
    try {
      const browser = await app.browser()
      const body = new URLSearchParams({ user_code: 'BCDFGHJK' })
      const foreign = [{ origin: 'https://evil.example' }, { origin: 'null', 'sec-fetch-site': 'cross-site' }]
      for (const headers of foreign) {
        for (let round = 0; round < 11; round++)
          assert.equal((await browser.send('/device', { method: 'POST', body, headers })).status, 200)
      }
      assert.equal(shown(await browser.post('/device', { user_code: 'BCDFGHJK' })).status, 200)
    } finally {
      await app.close()
    }
  })
})
