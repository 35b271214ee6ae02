/** The authorization endpoint, line by line of what certification asks (numbers in parentheses). */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import {
  authorizePath,
  CHALLENGE,
  codeFor,
  exchange,
  payloadOf,
  requestOf,
  signInAt,
  tokensFor,
  VERIFIER,
} from '../support/hand-app.ts'
import { type HandBrowser, sentAway, shown } from '../support/hand-browser.ts'
import { type RunningApp, SESSION_COOKIE, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

type Changes = Readonly<Record<string, string | undefined>>

describe('the authorization endpoint (RFC 6749 §4.1.1), on the wire', () => {
  let app: RunningApp
  let by: Registered
  let ada: Account
  let browser: HandBrowser

  before(async () => {
    app = await startApp()
    by = await app.register()
    ada = await app.enrol()
    browser = await app.browser(ada)
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const errorFor = async (changes: Changes, with_: HandBrowser = browser) => {
    const { params, location } = sentAway(await with_.open(authorizePath(by.client, changes)))
    assert.equal(params.get('code'), null, 'an error brings no code')
    assert.ok(!location.includes('#'), 'the answer of the code flow stands in the query')
    return params
  }

  it('(13) takes a request by GET and by POST alike (OIDC Core §3.1.2.1)', async () => {
    const byGet = sentAway(await browser.open(authorizePath(by.client, { nonce: 'n' })))
    const byPost = sentAway(await browser.post('/authorize', { ...requestOf(by.client), nonce: 'n' }))
    assert.ok(byGet.params.get('code') && byPost.params.get('code'))
    assert.equal(byPost.params.get('state'), 'a state')
    assert.equal((await exchange(app, by, byPost.params.get('code') ?? '')).status, 200)
  })

  it('(13) brings a posted request through the sign-in whole: umlauts, plus and percent signs among it', async () => {
    const state = 'ä+b %2F&=<>"'
    const stranger = await app.browser()
    const page = shown(await stranger.post('/authorize', { ...requestOf(by.client), state }), '/login')
    assert.equal(sentAway(await signInAt(stranger, page, ada)).params.get('state'), state)
  })

  it('(13) ignores parameters it does not know, and does not mind their order nor that of scopes (RFC 6749 §3.1)', async () => {
    const { redirect_uri = '', client_id = '' } = requestOf(by.client)
    const reversed = new URLSearchParams([
      ['extra', 'thing'],
      ['scope', 'email unheard-of openid'],
      ['redirect_uri', redirect_uri],
      ['client_id', client_id],
      ['response_type', 'code'],
    ])
    const { params } = sentAway(await browser.open(`/authorize?${reversed}`))
    const { scope } = await exchange(app, by, params.get('code') ?? '')
    assert.deepEqual(scope.split(' ').sort(), ['email', 'openid'])
  })

  const harmless: readonly Changes[] = [
    { display: 'page' },
    { display: 'popup' },
    { display: 'touch' },
    { ui_locales: 'se' },
    { ui_locales: 'de-AT fr x-klingon' },
    { claims_locales: 'se' },
    { login_hint: 'ada@example.org' },
    { acr_values: 'urn:mace:incommon:iap:silver 1 2' },
    { claims: '{"id_token":{"acr":null}}' },
  ]
  it('(13) never refuses display, ui_locales, claims_locales, login_hint, acr_values (OIDC Core §15.1)', async () => {
    for (const changes of harmless) {
      const claims = payloadOf((await tokensFor(app, browser, by, changes)).id_token)
      assert.equal(claims.acr, 'urn:sallyport:acr:password', 'only what was reached is claimed')
    }
  })

  it('(14) works without nonce in the code flow (OIDC Core §3.1.2.1)', async () => {
    assert.ok(await codeFor(browser, by.client, { nonce: undefined }))
  })

  it('(15) takes PKCE with S256, and a client that is not held to it goes without (RFC 7636 §4.4)', async () => {
    const code = await codeFor(browser, by.client, CHALLENGE)
    assert.equal((await exchange(app, by, code, { code_verifier: VERIFIER })).status, 200)
    assert.equal((await exchange(app, by, await codeFor(browser, by.client))).status, 200)
  })

  it('(15) sends invalid_request back when a client that is held to PKCE sends none, or plain (RFC 7636 §4.4.1)', async () => {
    const held = await app.register({ requirePkce: true })
    for (const changes of [
      {},
      { ...CHALLENGE, code_challenge_method: 'plain' },
      { code_challenge: CHALLENGE.code_challenge },
    ]) {
      const { params } = sentAway(await browser.open(authorizePath(held.client, changes)))
      assert.equal(params.get('error'), 'invalid_request')
    }
  })

  it('(16) sends a missing response_type back in the query, with state (RFC 6749 §4.1.2.1)', async () => {
    const params = await errorFor({ response_type: undefined })
    assert.equal(params.get('error'), 'invalid_request')
    assert.equal(params.get('state'), 'a state')
  })

  it('(16) sends response types that are not served back as unsupported_response_type', async () => {
    for (const response_type of ['token', 'CODE', 'code code', '~']) {
      assert.equal((await errorFor({ response_type })).get('error'), 'unsupported_response_type', response_type)
    }
  })

  const STATES = [
    'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~'.repeat(2).slice(0, 128),
    'a b+c%2F"<ä>&x=1#?\'\\',
    'línea\r\nSet-Cookie: x=y',
    '💡',
  ]
  it('(19) echoes state verbatim with errors and with codes (RFC 6749 §4.1.2)', async () => {
    for (const state of STATES) {
      assert.equal((await errorFor({ state, response_type: 'x' })).get('state'), state)
      assert.equal(sentAway(await browser.open(authorizePath(by.client, { state }))).params.get('state'), state)
    }
    assert.equal((await errorFor({ state: undefined, response_type: 'x' })).get('state'), null)
  })

  it('(19) says in an error redirect error, error_description, state and iss, and nothing else (RFC 9207 §2)', async () => {
    const params = await errorFor({ prompt: 'none login' })
    assert.deepEqual([...params.keys()].sort(), ['error', 'error_description', 'iss', 'state'])
    assert.equal(params.get('iss'), app.issuer)
  })

  it('(19) keeps error_description within ASCII without quotes, whatever was sent (RFC 6749 §4.1.2.1)', async () => {
    const hostile = ['"\\', 'ä\r\n\t', '\u2028</script>', '💡'.repeat(30), 'x'.repeat(2000)]
    for (const text of hostile) {
      for (const member of [
        'response_type',
        'response_mode',
        'prompt',
        'max_age',
        'scope',
        'code_challenge_method',
        'request',
      ]) {
        const { params, location } = sentAway(await browser.open(authorizePath(by.client, { [member]: text })))
        if (params.get('code') !== null) continue
        assert.match(params.get('error_description') ?? '', /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/)
        assert.match(location, /^[\x21-\x7e]+$/)
      }
    }
  })

  it('(20) answers in the query, and refuses a mode that nobody knows (Multiple Response Types §2.1)', async () => {
    const { location } = sentAway(await browser.open(authorizePath(by.client, { response_mode: 'query' })))
    assert.ok(location.startsWith(`${by.client.redirectUris[0]}?code=`))
    for (const response_mode of ['pigeon', 'QUERY', 'query.JWT', 'jwt.jwt']) {
      assert.equal((await errorFor({ response_mode })).get('error'), 'invalid_request')
    }
  })

  it('(21) answers prompt=none with login_required at once, without a page or a cookie, when nobody is signed in', async () => {
    const stranger = await app.browser()
    const response = await stranger.send(authorizePath(by.client, { prompt: 'none' }))
    assert.equal(response.status, 303)
    assert.equal(new URL(response.headers.get('location') ?? '').searchParams.get('error'), 'login_required')
    assert.deepEqual(response.headers.getSetCookie(), [])
  })

  it('(21) answers prompt=none with consent_required when the person has not allowed it (OIDC Core §3.1.2.6)', async () => {
    const asking = await app.register({ consentMode: 'remember' })
    const { params } = sentAway(await browser.open(authorizePath(asking.client, { prompt: 'none' })))
    assert.equal(params.get('error'), 'consent_required')
  })

  it('(21) refuses prompt=none beside another value (OIDC Core §3.1.2.1)', async () => {
    for (const prompt of ['none login', 'consent none', 'none none x']) {
      assert.equal((await errorFor({ prompt })).get('error'), 'invalid_request')
    }
  })

  it('(22) answers prompt=none, id_token_hint and max_age=10000 with no question, same sub, same auth_time', async () => {
    const first = payloadOf((await tokensFor(app, browser, by)).id_token)
    const hint = (await tokensFor(app, browser, by)).id_token
    for (const changes of [{ prompt: 'none' }, { prompt: 'none', id_token_hint: hint }, { max_age: '10000' }]) {
      const again = payloadOf((await tokensFor(app, browser, by, changes)).id_token)
      assert.equal(again.sub, first.sub)
      assert.equal(again.auth_time, first.auth_time)
    }
  })

  it('(22) remembers consent: the second prompt=none goes through (OIDC Core §3.1.2.4)', async () => {
    const asking = await app.register({ consentMode: 'remember' })
    const page = shown(await browser.open(authorizePath(asking.client)), '/consent')
    sentAway(await browser.submit(page, '/consent', { decision: 'approve' }))
    assert.ok(await codeFor(browser, asking.client, { prompt: 'none' }))
  })

  it('(22) answers login_required when the hint names somebody else (OIDC Core §3.1.2.1)', async () => {
    const hint = (await tokensFor(app, await app.browser(await app.enrol()), by)).id_token
    assert.equal((await errorFor({ prompt: 'none', id_token_hint: hint })).get('error'), 'login_required')
    assert.equal((await errorFor({ id_token_hint: 'nonsense' })).get('error'), 'invalid_request')
  })

  it('(23) asks to sign in again for prompt=login, and for a sign-in older than max_age', async () => {
    shown(await browser.open(authorizePath(by.client, { prompt: 'login' })), '/login')
    const old = await app.beginSession(ada, { authTime: addSeconds(app.house.clock.now(), -2) })
    const returning = await app.browser()
    returning.cookies.set(SESSION_COOKIE, old.cookie)
    shown(await returning.open(authorizePath(by.client, { max_age: '1' })), '/login')
    assert.equal((await errorFor({ prompt: 'none', max_age: '1' }, returning)).get('error'), 'login_required')
  })

  it('(23) brings a later auth_time after prompt=login and after max_age (OIDC Core §2)', async () => {
    for (const changes of [{ prompt: 'login' }, { max_age: '1' }]) {
      const authTime = addSeconds(app.house.clock.now(), -100)
      const returning = await app.browser()
      returning.cookies.set(SESSION_COOKIE, (await app.beginSession(ada, { authTime })).cookie)
      const page = shown(await returning.open(authorizePath(by.client, changes)), '/login')
      const { params } = sentAway(await signInAt(returning, page, ada))
      const claims = payloadOf((await exchange(app, by, params.get('code') ?? '')).id_token)
      assert.ok(Number(claims.auth_time) > authTime.getTime() / 1000 + 90, `auth_time ${claims.auth_time}`)
    }
  })

  it('(24) answers the registration parameter with registration_not_supported (OIDC Core §3.1.2.6, §7.2.1)', async () => {
    assert.equal((await errorFor({ registration: '{}' })).get('error'), 'registration_not_supported')
  })

  it('sends scopes and grant types that the client may not use back as errors (RFC 6749 §4.1.2.1)', async () => {
    const narrow = await app.register({ scopes: ['openid'] })
    const { params } = sentAway(await browser.open(authorizePath(narrow.client, { scope: 'openid email' })))
    assert.equal(params.get('error'), 'invalid_scope')
    const machine = await app.register({ responseTypes: [] })
    const refused = sentAway(await browser.open(authorizePath(machine.client)))
    assert.equal(refused.params.get('error'), 'unauthorized_client')
  })
})
