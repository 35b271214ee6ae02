/** Client-initiated backchannel authentication (CIBA Core 1.0, FAPI-CIBA) over HTTP: asking, deciding, and the three ways to hear of it. */

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import * as oidc from 'openid-client'
import type { Account } from '../../src/core/accounts/account.ts'
import { explain } from '../../src/core/audit/explanation.ts'
import type { Client, JsonObject } from '../../src/core/clients/client.ts'
import { openDeferred } from '../../src/core/deferred-grants/deferred-handles.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { askBackchannel, CIBA, decide, openWaiting, pollBackchannel } from '../support/deferred.ts'
import {
  assertRefused,
  type Fields,
  payloadOf,
  postAs,
  refresh,
  signInAt,
  tokensFor,
  userinfo,
} from '../support/hand-app.ts'
import { hiddenFields, shown } from '../support/hand-browser.ts'
import { type NotificationServer, startNotificationServer } from '../support/notification-server.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const GRANTS = [CIBA, 'refresh_token', 'authorization_code']
const ENVIRONMENT = { SALLYPORT_OUTBOUND_ALLOW_PRIVATE: '127.0.0.1' }
const TOKEN = '8d67dc78-7faa-4d41-aabd-67707b374255'

onBothDatabases('backchannel authentication (CIBA Core)', database => {
  let app: RunningApp
  let endpoint: NotificationServer
  let counter: Registered
  let ada: Account
  let bob: Account
  const keys = generateKeyPair('ES256')

  before(async () => {
    app = await startApp({ database: await database(), environment: ENVIRONMENT })
    endpoint = await startNotificationServer()
    counter = await app.register({ name: 'Bank counter', grantTypes: GRANTS })
    ada = await app.enrol()
    bob = await app.enrol()
  })
  after(async () => {
    await app.close()
    await endpoint.close()
    assert.deepEqual(app.failures, [])
  })

  const ask = (by: Registered, fields: Fields) => postAs(app, by, '/backchannel_authentication', fields)
  const good = () => ({ scope: 'openid', login_hint: ada.username })
  /** Each with requests of its own on the front page. */
  const someone = () => app.enrol()

  async function pinged(changes: Partial<Client> = {}): Promise<Registered> {
    return app.register({
      grantTypes: GRANTS,
      backchannelTokenDeliveryMode: 'ping',
      backchannelClientNotificationEndpoint: endpoint.url,
      ...changes,
    })
  }

  async function signing(changes: Partial<Client> = {}): Promise<Registered> {
    const jwk = (await exportJWK((await keys).publicKey)) as JsonObject
    return app.register({ grantTypes: GRANTS, jwks: { keys: [{ ...jwk, kid: 'one', alg: 'ES256' }] }, ...changes })
  }

  async function sign(by: Registered, changes: Readonly<Record<string, unknown>> = {}, header = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    const times = { iat: now, nbf: now, exp: now + 300, jti: crypto.randomUUID() }
    const claims = { iss: by.client.clientId, aud: app.issuer, ...times, ...good(), ...changes }
    return new SignJWT(claims as JWTPayload)
      .setProtectedHeader({ alg: 'ES256', kid: 'one', ...header })
      .sign((await keys).privateKey)
  }

  describe('the endpoint', () => {
    it('answers with auth_req_id, its time, and how often to ask (§7.3)', async () => {
      const response = await ask(counter, good())
      assert.equal(response.headers.get('cache-control'), 'no-store')
      const { auth_req_id, ...rest } = (await response.json()) as Record<string, unknown>
      assert.match(String(auth_req_id), /^[\w-]{43,}$/)
      assert.deepEqual(rest, { expires_in: 600, interval: 5 })
    })

    it('stands in discovery, with its modes and algorithms, and without user codes (§4)', async () => {
      const metadata = (await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()) as Record<
        string,
        unknown
      >
      assert.equal(metadata.backchannel_authentication_endpoint, `${app.issuer}/backchannel_authentication`)
      assert.deepEqual(metadata.backchannel_token_delivery_modes_supported, ['poll', 'ping', 'push'])
      assert.equal(metadata.backchannel_user_code_parameter_supported, false)
      const algs = metadata.backchannel_authentication_request_signing_alg_values_supported as readonly string[]
      for (const alg of ['RS256', 'PS256', 'ES256', 'EdDSA']) assert.ok(algs.includes(alg))
      assert.equal(algs.includes('HS256') || algs.includes('none'), false)
    })

    it('takes the time that the app wants, within reason (§7.1 requested_expiry)', async () => {
      const { expires_in } = await askBackchannel(app, counter, ada, { requested_expiry: '120' })
      const long = await askBackchannel(app, counter, bob, { requested_expiry: '999999' })
      assert.deepEqual([expires_in, long.expires_in], [120, 3600])
    })

    const bad: readonly [name: string, fields: (ada: Account) => Fields, status: number, error: string][] = [
      ['no hint at all (§7.1)', () => ({ scope: 'openid' }), 400, 'invalid_request'],
      [
        'two hints (§7.1)',
        ({ username }) => ({ scope: 'openid', login_hint: username, login_hint_token: 'x' }),
        400,
        'invalid_request',
      ],
      ['no scope openid (§7.1)', ({ username }) => ({ scope: 'email', login_hint: username }), 400, 'invalid_scope'],
      ['somebody who is not here (§13)', () => ({ scope: 'openid', login_hint: 'nobody' }), 400, 'unknown_user_id'],
      [
        'a binding message that cannot be shown (§13)',
        ({ username }) => ({ scope: 'openid', login_hint: username, binding_message: 'x'.repeat(101) }),
        400,
        'invalid_binding_message',
      ],
      ['an ID token that is none (§7.1)', () => ({ scope: 'openid', id_token_hint: 'x.y.z' }), 400, 'invalid_request'],
      [
        'a login_hint_token that nobody signed (§7.1)',
        () => ({ scope: 'openid', login_hint_token: 'x.y.z' }),
        400,
        'invalid_request',
      ],
    ]
    for (const [name, fields, status, error] of bad) {
      it(`refuses ${name} with ${error}`, async () => {
        await assertRefused(await ask(counter, fields(ada)), status, error)
      })
    }

    it('is for confidential clients that prove who they are (§4, §7.1)', async () => {
      const open = await app.register({ type: 'public', grantTypes: GRANTS })
      await assertRefused(await ask(open, good()), 400, 'unauthorized_client')
      await assertRefused(await ask({ ...counter, secret: 'wrong' }, good()), 401, 'invalid_client')
      await assertRefused(await ask(await app.register(), good()), 400, 'unauthorized_client')
    })

    it('refuses a client that is pinged or pushed to, but sends no token for that (§7.1)', async () => {
      await assertRefused(await ask(await pinged(), good()), 400, 'invalid_request')
    })

    it('takes an ID token that this client got, and none of another client (§7.1 id_token_hint)', async () => {
      const { id_token } = await tokensFor(app, await app.browser(ada), counter)
      assert.equal((await ask(counter, { scope: 'openid', id_token_hint: id_token })).status, 200)
      const other = await app.register({ grantTypes: GRANTS })
      const response = await ask(other, { scope: 'openid', id_token_hint: id_token })
      await assertRefused(response, 400, 'invalid_request')
    })

    it('takes a hint that the client signed, and none that has expired (§7.1 login_hint_token, §13, RFC 9493 §3.2)', async () => {
      const by = await signing()
      const hintOf = async (exp: number) =>
        new SignJWT({ sub_id: { format: 'email', email: ada.email } })
          .setProtectedHeader({ alg: 'ES256', kid: 'one' })
          .setExpirationTime(exp)
          .sign((await keys).privateKey)
      const now = Math.floor(Date.now() / 1000)
      const fresh = await ask(by, { scope: 'openid', login_hint_token: await hintOf(now + 60) })
      assert.equal(fresh.status, 200)
      const stale = await ask(by, { scope: 'openid', login_hint_token: await hintOf(now - 60) })
      await assertRefused(stale, 400, 'expired_login_hint_token')
    })

    it('does not let an app ask a person without end', async () => {
      const eve = await someone()
      const answers = []
      for (let count = 0; count < 11; count++)
        answers.push(await ask(counter, { scope: 'openid', login_hint: eve.username }))
      assert.deepEqual(
        answers.map(({ status }) => status),
        [...Array.from({ length: 10 }, () => 200), 403],
      )
    })
  })

  describe('signed requests (§7.1.1)', () => {
    it('count when the key is that of the client, and only once (CIBA Core §7.1.1)', async () => {
      const by = await signing({ backchannelAuthenticationRequestSigningAlg: 'ES256' })
      const request = await sign(by)
      assert.equal((await ask(by, { request })).status, 200)
      await assertRefused(await ask(by, { request }), 400, 'invalid_request')
    })

    it('are asked of whoever registered an algorithm: leaving the signature out is no way around (§4)', async () => {
      const by = await signing({ backchannelAuthenticationRequestSigningAlg: 'ES256' })
      await assertRefused(await ask(by, good()), 400, 'invalid_request')
    })

    it('hold all parameters: none stands beside them', async () => {
      const by = await signing()
      const request = await sign(by)
      await assertRefused(await ask(by, { request, binding_message: 'x' }), 400, 'invalid_request')
    })

    const now = () => Math.floor(Date.now() / 1000)
    const broken: readonly [name: string, changes: () => Readonly<Record<string, unknown>>][] = [
      ['of another issuer', () => ({ iss: 'somebody' })],
      ['for another server', () => ({ aud: 'https://other.example.org' })],
      ['without aud', () => ({ aud: undefined })],
      ['that have expired', () => ({ exp: now() - 60 })],
      ['without exp', () => ({ exp: undefined })],
      ['without nbf', () => ({ nbf: undefined })],
      ['without iat', () => ({ iat: undefined })],
      ['without jti', () => ({ jti: undefined })],
      ['from the future', () => ({ nbf: now() + 3_000 })],
      ['that ask for an authorization (RFC 9101 §10.8)', () => ({ response_type: 'code' })],
      ['that come back to an app (RFC 9101 §10.8)', () => ({ redirect_uri: 'https://app.example.org/callback' })],
    ]
    for (const [name, changes] of broken) {
      it(`are refused ${name}`, async () => {
        const by = await signing()
        await assertRefused(await ask(by, { request: await sign(by, changes()) }), 400, 'invalid_request')
      })
    }

    it('are refused when they say that they are something else (RFC 8725 §3.11)', async () => {
      const by = await signing()
      for (const typ of ['oauth-authz-req+jwt', 'at+jwt'])
        await assertRefused(await ask(by, { request: await sign(by, {}, { typ }) }), 400, 'invalid_request')
      assert.equal((await ask(by, { request: await sign(by, {}, { typ: 'JWT' }) })).status, 200)
    })

    it('are refused with a resource that is no text', async () => {
      const by = await signing()
      for (const resource of [[{ toString: 1 }], [[['https://api.example.org']]]])
        await assertRefused(await ask(by, { request: await sign(by, { resource }) }), 400, 'invalid_target')
    })

    it('are refused without a signature, and with another algorithm than the registered one', async () => {
      const by = await signing({ backchannelAuthenticationRequestSigningAlg: 'PS256' })
      await assertRefused(await ask(by, { request: await sign(by) }), 400, 'invalid_request')
      const [, payload] = (await sign(by)).split('.')
      const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
      await assertRefused(await ask(by, { request: none }), 400, 'invalid_request')
    })
  })

  describe('FAPI-CIBA (§5.2.2)', () => {
    const profile = 'fapi2' as const
    const strict = async (): Promise<{ by: Registered; send: (fields: Fields) => Promise<Response> }> => {
      const by = await signing({ profile, tokenEndpointAuthMethods: ['private_key_jwt'], secrets: [] })
      const send = async (fields: Fields): Promise<Response> => {
        const client_assertion = await new SignJWT({})
          .setProtectedHeader({ alg: 'ES256', kid: 'one' })
          .setIssuer(by.client.clientId)
          .setSubject(by.client.clientId)
          .setAudience(app.issuer)
          .setJti(crypto.randomUUID())
          .setIssuedAt()
          .setExpirationTime('1m')
          .sign((await keys).privateKey)
        const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
        const body = new URLSearchParams({ client_assertion, client_assertion_type, ...fields })
        return fetch(`${app.issuer}/backchannel_authentication`, { method: 'POST', body })
      }
      return { by, send }
    }

    it('takes requests with and without a signature, short-lived, and with something that tells them from others', async () => {
      const { by, send } = await strict()
      assert.equal((await send({ ...good(), binding_message: 'W4' })).status, 200)
      await assertRefused(await send(good()), 400, 'invalid_binding_message')
      await assertRefused(await send({ request: await sign(by) }), 400, 'invalid_binding_message')
      const long = await sign(by, { binding_message: 'W4', exp: Math.floor(Date.now() / 1000) + 4_000 })
      await assertRefused(await send({ request: long }), 400, 'invalid_request')
      const response = await send({ request: await sign(by, { binding_message: 'W4' }) })
      assert.equal(response.status, 200, await response.text())
    })
  })

  describe('the decision (§8)', () => {
    it('is asked on the front page, of the person that the app named, with the binding message', async () => {
      const eve = await someone()
      await askBackchannel(app, counter, eve, { binding_message: 'W4-SCT', scope: 'openid email' })
      const browser = await app.browser(eve)
      const home = shown(await browser.open('/'))
      assert.match(home.html, /Bank counter[\s\S]*W4-SCT/)
      const page = await openWaiting(browser)
      for (const text of ['Bank counter', 'W4-SCT', '127.0.0.1', 'See your e-mail address'])
        assert.ok(page.html.includes(text))
      assert.equal(shown(await (await app.browser(bob)).open('/')).html.includes('W4-SCT'), false)
    })

    it('cannot be made by somebody else, even with the link', async () => {
      const eve = await someone()
      const { auth_req_id } = await askBackchannel(app, counter, eve, { binding_message: 'For Eve' })
      const id = openDeferred(app.keys.handles, 'backchannel', auth_req_id)
      const browser = await app.browser(bob)
      const login = shown(await browser.open(`/approve?request=${id}`), '/login')
      assert.equal(login.html.includes('For Eve'), false)
      const flow = login.url.searchParams.get('flow') ?? ''
      const csrf = app.keys.handles.seal('form', Buffer.from(`${flow} ${bob.id}`))
      await browser.post('/approve', { flow, csrf, decision: 'approve' })
      assert.equal((await pollBackchannel(app, counter, auth_req_id)).error, 'authorization_pending')
    })

    it('comes after a sign-in where nobody is signed in', async () => {
      const eve = await someone()
      const { auth_req_id } = await askBackchannel(app, counter, eve)
      const id = openDeferred(app.keys.handles, 'backchannel', auth_req_id)
      const browser = await app.browser()
      const login = shown(await browser.open(`/approve?request=${id}`), '/login')
      const page = shown(await signInAt(browser, login, eve), '/approve')
      assert.match(shown(await decide(browser, page, 'approve'), '/approve/done').html, /has your approval/)
      assert.equal((await pollBackchannel(app, counter, auth_req_id)).status, 200)
    })

    it('needs a fresh sign-in where the app wants one (OIDC Registration §2 default_max_age)', async () => {
      const eve = await someone()
      const careful = await app.register({ grantTypes: GRANTS, defaultMaxAgeSeconds: 60 })
      await askBackchannel(app, careful, eve)
      const browser = await app.browser()
      const authTime = new Date(Date.now() - 120_000)
      browser.cookies.set('sallyport-session', (await app.beginSession(eve, { authTime })).cookie)
      const home = shown(await browser.open('/'))
      const href = /href="([^"]*\/approve\?request=[0-9a-f]{32})"/.exec(home.html)?.[1] ?? ''
      shown(await browser.open(href), '/login')
    })

    it('needs the form of the page that was shown (CSRF)', async () => {
      const eve = await someone()
      const { auth_req_id } = await askBackchannel(app, counter, eve)
      const browser = await app.browser(eve)
      const { flow = '' } = hiddenFields(await openWaiting(browser))
      await browser.post('/approve', { flow, decision: 'approve' })
      assert.equal((await pollBackchannel(app, counter, auth_req_id)).error, 'authorization_pending')
    })
  })

  describe('poll mode (§10.1)', () => {
    it('waits, slows down, and gets its tokens once', async () => {
      const eve = await someone()
      const { auth_req_id } = await askBackchannel(app, counter, eve, { scope: 'openid offline_access' })
      assert.equal((await pollBackchannel(app, counter, auth_req_id)).error, 'authorization_pending')
      assert.equal((await pollBackchannel(app, counter, auth_req_id)).error, 'slow_down')
      const browser = await app.browser(eve)
      await decide(browser, await openWaiting(browser), 'approve')
      const answers = await Promise.all(Array.from({ length: 4 }, () => pollBackchannel(app, counter, auth_req_id)))
      const [tokens, ...more] = answers.filter(({ status }) => status === 200)
      assert.ok(tokens)
      assert.equal(more.length, 0)
      assert.equal(payloadOf(tokens.id_token).sub, eve.subject)
      assert.equal((await refresh(app, counter, tokens.refresh_token)).status, 200)
      assert.equal((await pollBackchannel(app, counter, auth_req_id)).error, 'invalid_grant')
    })

    it('ends with access_denied when the person said no (§11)', async () => {
      const eve = await someone()
      const { auth_req_id } = await askBackchannel(app, counter, eve)
      const browser = await app.browser(eve)
      await decide(browser, await openWaiting(browser), 'deny')
      assert.equal((await pollBackchannel(app, counter, auth_req_id)).error, 'access_denied')
    })

    it('keeps the request from another client, and from the other polling grant (CIBA Core §10.1, §11)', async () => {
      const { auth_req_id } = await askBackchannel(app, counter, ada)
      const other = await app.register({ grantTypes: [...GRANTS, 'urn:ietf:params:oauth:grant-type:device_code'] })
      assert.equal((await pollBackchannel(app, other, auth_req_id)).error, 'invalid_grant')
      const fields = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: auth_req_id }
      await assertRefused(await postAs(app, other, '/token', fields), 400, 'invalid_grant')
    })

    it('signs in openid-client unchanged', async () => {
      const eve = await someone()
      const configuration = await oidc.discovery(
        new URL(app.issuer),
        counter.client.clientId,
        {},
        oidc.ClientSecretBasic(counter.secret),
        { execute: [oidc.allowInsecureRequests] },
      )
      const asked = { scope: 'openid', login_hint: eve.username, binding_message: 'W4' }
      const answer = await oidc.initiateBackchannelAuthentication(configuration, asked)
      const browser = await app.browser(eve)
      await decide(browser, await openWaiting(browser), 'approve')
      const tokens = await oidc.pollBackchannelAuthenticationGrant(configuration, { ...answer, interval: 0.01 })
      assert.equal(tokens.claims()?.sub, eve.subject)
    })
  })

  describe('ping mode (§10.2)', () => {
    it('tells the app, with its own token, that there is an answer; the tokens are then collected', async () => {
      const eve = await someone()
      const by = await pinged()
      const { auth_req_id } = await askBackchannel(app, by, eve, { client_notification_token: TOKEN })
      const browser = await app.browser(eve)
      await decide(browser, await openWaiting(browser), 'approve')
      assert.deepEqual(await endpoint.next(), {
        authorization: `Bearer ${TOKEN}`,
        contentType: 'application/json',
        body: { auth_req_id },
      })
      assert.equal((await pollBackchannel(app, by, auth_req_id)).status, 200)
    })

    it('tells of a denial, too', async () => {
      const eve = await someone()
      const by = await pinged()
      const { auth_req_id } = await askBackchannel(app, by, eve, { client_notification_token: TOKEN })
      const browser = await app.browser(eve)
      await decide(browser, await openWaiting(browser), 'deny')
      assert.deepEqual((await endpoint.next()).body, { auth_req_id })
      assert.equal((await pollBackchannel(app, by, auth_req_id)).error, 'access_denied')
    })

    it('keeps the token sealed while it waits', async () => {
      const by = await pinged()
      const { auth_req_id } = await askBackchannel(app, by, ada, { client_notification_token: TOKEN })
      const id = openDeferred(app.keys.handles, 'backchannel', auth_req_id)
      const deferred = id && (await app.house.repositories.deferredGrants.find(id))
      assert.ok(deferred)
      assert.equal(JSON.stringify(deferred).includes(TOKEN), false)
    })

    it('remembers what it could not deliver, and follows no redirect', async () => {
      for (const [status, again] of [
        [503, true],
        [302, false],
        [404, false],
      ] as const) {
        const eve = await someone()
        const by = await pinged()
        endpoint.statuses.push(status)
        const { auth_req_id } = await askBackchannel(app, by, eve, { client_notification_token: TOKEN })
        const browser = await app.browser(eve)
        await decide(browser, await openWaiting(browser), 'approve')
        assert.equal((await endpoint.next()).body.auth_req_id, auth_req_id)
        const id = openDeferred(app.keys.handles, 'backchannel', auth_req_id)
        assert.ok(id)
        const due = async () => (await app.house.repositories.deferredGrants.find(id))?.notifyAt !== undefined
        // The server writes down what came of it after the endpoint has answered.
        if (!again) while (await due()) await new Promise(resolve => setImmediate(resolve))
        assert.equal(await due(), again, String(status))
      }
      assert.equal(endpoint.waiting, 0)
    })
  })

  describe('push mode (§10.3)', () => {
    const push = () => pinged({ backchannelTokenDeliveryMode: 'push' })

    it('delivers the tokens, tied together by the ID token', async () => {
      const eve = await someone()
      const by = await push()
      const asked = { scope: 'openid offline_access', client_notification_token: TOKEN }
      const { auth_req_id, interval } = await askBackchannel(app, by, eve, asked)
      assert.equal(interval, undefined)
      const browser = await app.browser(eve)
      await decide(browser, await openWaiting(browser), 'approve')
      const { authorization, body } = await endpoint.next()
      assert.equal(authorization, `Bearer ${TOKEN}`)
      assert.deepEqual([body.auth_req_id, body.token_type], [auth_req_id, 'Bearer'])
      const half = (text: unknown) => hash('sha256', String(text), 'buffer').subarray(0, 16).toString('base64url')
      const claims = payloadOf(String(body.id_token))
      assert.equal(claims['urn:openid:params:jwt:claim:auth_req_id'], auth_req_id)
      assert.equal(claims['urn:openid:params:jwt:claim:rt_hash'], half(body.refresh_token))
      assert.equal(claims.at_hash, half(body.access_token))
      assert.equal((await userinfo(app, String(body.access_token))).status, 200)
      assert.equal((await refresh(app, by, String(body.refresh_token))).status, 200)
      assert.equal((await pollBackchannel(app, by, auth_req_id)).error, 'unauthorized_client')
    })

    it('is not for clients whose tokens are bound to a key: nothing shows possession (RFC 9449 §5)', async () => {
      const by = await pinged({ backchannelTokenDeliveryMode: 'push', dpopBoundAccessTokens: true })
      const response = await ask(by, { ...good(), client_notification_token: TOKEN })
      await assertRefused(response, 400, 'unauthorized_client')
    })

    it('delivers a denial as an error (§12)', async () => {
      const eve = await someone()
      const by = await push()
      const { auth_req_id } = await askBackchannel(app, by, eve, { client_notification_token: TOKEN })
      const browser = await app.browser(eve)
      await decide(browser, await openWaiting(browser), 'deny')
      const { body } = await endpoint.next()
      assert.deepEqual([body.auth_req_id, body.error], [auth_req_id, 'access_denied'])
    })
  })

  it('leaves its whole story under one code for sallyport why', async () => {
    const eve = await someone()
    const { auth_req_id } = await askBackchannel(app, counter, eve)
    const id = openDeferred(app.keys.handles, 'backchannel', auth_req_id)
    const deferred = id && (await app.house.repositories.deferredGrants.find(id))
    assert.ok(deferred)
    const browser = await app.browser(eve)
    await decide(browser, await openWaiting(browser), 'deny')
    assert.equal((await pollBackchannel(app, counter, auth_req_id)).error, 'access_denied')
    const { traceCode } = deferred.terms
    const list = () => app.house.repositories.audit.list({ traceCode, limit: 20 })
    let events = await list()
    // Nobody waits for a refusal to be written down.
    while (!events.some(({ type }) => type === 'token.refused')) events = await list()
    const types: readonly string[] = events.map(({ type }) => type)
    for (const type of ['backchannel-authentication.requested', 'approval.refused', 'token.refused'])
      assert.ok(types.includes(type), type)
    const flow = await app.house.repositories.flows.findByTraceCode(traceCode)
    const explained = explain({ code: traceCode, flow, events, clients: [counter.client], accounts: [eve] })
    assert.equal(explained.state, 'refused')
    assert.match(explained.remedy?.why ?? '', /pressed "Deny" when the app client-\w+ waited for approval/)
  })

  it('ends with expired_token when nobody decided in time (§11)', async () => {
    const { auth_req_id } = await askBackchannel(app, counter, bob, { requested_expiry: '1' })
    const id = openDeferred(app.keys.handles, 'backchannel', auth_req_id)
    const { deferredGrants, housekeeping } = app.house.repositories
    const deferred = id && (await deferredGrants.find(id))
    assert.ok(deferred)
    await housekeeping.deleteExpired('deferred_grant', addSeconds(deferred.expiresAt, 1), 1_000)
    assert.equal((await pollBackchannel(app, counter, auth_req_id)).error, 'expired_token')
  })
})

describe('asking for strangers (CIBA Core §13 unknown_user_id)', () => {
  it('is slowed down: nobody finds out who has an account by asking for everybody', async () => {
    const app = await startApp()
    try {
      const by = await app.register({ grantTypes: [CIBA] })
      const ada = await app.enrol()
      const ask = (login_hint: string) =>
        postAs(app, by, '/backchannel_authentication', { scope: 'openid', login_hint })
      for (let count = 0; count < 20; count++) await assertRefused(await ask(`nobody${count}`), 400, 'unknown_user_id')
      // One leaks away meanwhile.
      await ask('nobody')
      await assertRefused(await ask('nobody'), 403, 'access_denied')
      // Those who are here wait as well: otherwise the wait would tell.
      await assertRefused(await ask(ada.username), 403, 'access_denied')
    } finally {
      await app.close()
    }
  })
})
