/** RP-Initiated Logout, line by line of what certification asks (numbers in parentheses). */

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { authorizePath, headerOf, payloadOf, query, tokensFor } from '../support/hand-app.ts'
import { type HandBrowser, sentAway, shown } from '../support/hand-browser.ts'
import { type RunningApp, SESSION_COOKIE, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const BACK = 'https://app.example.org/'

describe('the end session endpoint (RP-Initiated Logout §2), on the wire', () => {
  let app: RunningApp
  let by: Registered
  let ada: Account

  before(async () => {
    app = await startApp()
    by = await app.register({ postLogoutRedirectUris: [BACK, `${BACK}bye?from=op`] })
    ada = await app.enrol()
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const signedIn = async (): Promise<{ browser: HandBrowser; id_token_hint: string }> => {
    const browser = await app.browser(ada)
    return { browser, id_token_hint: (await tokensFor(app, browser, by)).id_token }
  }
  const endSession = (fields: Readonly<Record<string, string | undefined>>): string => `/end_session?${query(fields)}`
  const isSignedIn = async (browser: HandBrowser): Promise<boolean> => {
    const { params } = sentAway(await browser.open(authorizePath(by.client, { prompt: 'none' })))
    if (params.get('code') === null) assert.equal(params.get('error'), 'login_required')
    return params.get('code') !== null
  }

  it('(38) is named in discovery, and ID tokens carry the sid that it goes by', async () => {
    const discovery = await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()
    assert.equal((discovery as { end_session_endpoint: string }).end_session_endpoint, `${app.issuer}/end_session`)
    assert.match(String(payloadOf((await signedIn()).id_token_hint).sid), /^[0-9a-f]{32}$/)
  })

  it('(39) sends the browser back with state verbatim and nothing else, and the person is signed out', async () => {
    const states = ['plain', '!"#$%&\'()*+,-./0123456789:;<=>?@[\\]^_`{|}~ aZ', 'ä 💡']
    for (const state of states) {
      const { browser, id_token_hint } = await signedIn()
      const copied = browser.cookies.get(SESSION_COOKIE) ?? ''
      const away = sentAway(await browser.open(endSession({ id_token_hint, post_logout_redirect_uri: BACK, state })))
      assert.ok(away.location.startsWith(`${BACK}?state=`))
      assert.deepEqual([...away.params], [['state', state]])
      assert.equal(browser.cookies.has(SESSION_COOKIE), false)
      assert.equal(await isSignedIn(browser), false, 'prompt=none → login_required')
      browser.cookies.set(SESSION_COOKIE, copied)
      assert.equal(await isSignedIn(browser), false, 'the cookie is dead, not only gone')
    }
  })

  it('(39) returns no state when none was sent, and keeps the query of a registered URI', async () => {
    const first = await signedIn()
    const plain = { id_token_hint: first.id_token_hint, post_logout_redirect_uri: BACK }
    assert.equal(sentAway(await first.browser.open(endSession(plain))).location, BACK)
    const { browser, id_token_hint } = await signedIn()
    const uri = `${BACK}bye?from=op`
    const away = sentAway(await browser.open(endSession({ id_token_hint, post_logout_redirect_uri: uri, state: 's' })))
    assert.equal(away.location, `${uri}&state=s`)
  })

  it('(39) takes POST as well as GET (§2)', async () => {
    const { browser, id_token_hint } = await signedIn()
    const away = sentAway(
      await browser.post('/end_session', { id_token_hint, post_logout_redirect_uri: BACK, state: 'ä&"' }),
    )
    assert.equal(away.params.get('state'), 'ä&"')
    assert.equal(await isSignedIn(browser), false)
  })

  it('(39) takes a client_id beside the hint when they agree, and refuses when they do not (§2)', async () => {
    const { browser, id_token_hint } = await signedIn()
    const other = await app.register({ postLogoutRedirectUris: [BACK] })
    const fields = { id_token_hint, post_logout_redirect_uri: BACK }
    assert.equal(shown(await browser.open(endSession({ ...fields, client_id: other.client.clientId }))).status, 400)
    assert.equal(await isSignedIn(browser), true)
    sentAway(await browser.open(endSession({ ...fields, client_id: by.client.clientId })))
  })

  const neverTo = [
    'https://app.example.org/other',
    'https://app.example.org',
    `${BACK}?foo=bar`,
    `${BACK}bye`,
    `${BACK}bye?from=op&x=1`,
    'https://evil.example/',
    'https://app.example.org/\\@evil.example',
    '//evil.example/',
    'javascript:alert(1)',
  ]
  it('(40) never redirects to a URI that is not registered, to the letter (§3)', async () => {
    const { browser, id_token_hint } = await signedIn()
    for (const post_logout_redirect_uri of neverTo) {
      const page = shown(await browser.open(endSession({ id_token_hint, post_logout_redirect_uri, state: 's' })))
      assert.equal(page.status, 400, post_logout_redirect_uri)
      assert.ok(!page.html.includes(`href="${post_logout_redirect_uri}`))
    }
    assert.equal(await isSignedIn(browser), true, 'a refused request ends nothing')
  })

  it('(40) never redirects on a hint with alg none, signed by the client, of another issuer or tampered with', async () => {
    const { browser, id_token_hint } = await signedIn()
    const [head = '', body = '', signature = ''] = id_token_hint.split('.')
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const header = headerOf(id_token_hint)
    const none = encode({ ...header, alg: 'none' })
    const byClient = `${encode({ alg: 'HS256', kid: header.kid })}.${encode({ ...payloadOf(id_token_hint), iss: by.client.clientId })}`
    const hmac = createHmac('sha256', by.secret).update(byClient).digest('base64url')
    const otherSubject = encode({ ...payloadOf(id_token_hint), sub: 'somebody' })
    const hints = [
      `${none}.${body}.`,
      `${none}.${body}.${signature}`,
      `${byClient}.${hmac}`,
      `${head}.${otherSubject}.${signature}`,
      `${head}.${body}.${signature.slice(0, -4)}AAAA`,
      `${head}.${body}`,
      'x',
      `${head}.${body}.${signature}.x`,
    ]
    for (const hint of hints) {
      const page = shown(await browser.open(endSession({ id_token_hint: hint, post_logout_redirect_uri: BACK })))
      assert.equal(page.status, 400, hint)
    }
    assert.equal(await isSignedIn(browser), true)
  })

  it('(40) never redirects without a hint, even with the right client_id', async () => {
    const { browser } = await signedIn()
    for (const changes of [{}, { client_id: by.client.clientId }]) {
      assert.equal(shown(await browser.open(endSession({ post_logout_redirect_uri: BACK, ...changes }))).status, 400)
    }
    assert.equal(await isSignedIn(browser), true)
  })

  it('(40) asks the person when there is no hint, then signs out and says so (§2)', async () => {
    for (const path of ['/end_session', endSession({ state: 's' }), endSession({ client_id: by.client.clientId })]) {
      const { browser } = await signedIn()
      const question = shown(await browser.open(path), '/sign-out')
      assert.equal(await isSignedIn(browser), true, 'asking alone ends nothing')
      const page = shown(await browser.submit(question, '/sign-out', { decision: 'sign-out' }), '/signed-out')
      assert.equal(page.status, 200)
      assert.equal(await isSignedIn(browser), false)
    }
  })

  it('(40) leaves the person signed in who says no', async () => {
    const { browser } = await signedIn()
    const question = shown(await browser.open('/end_session'), '/sign-out')
    await browser.submit(question, '/sign-out', { decision: 'stay' })
    assert.equal(await isSignedIn(browser), true)
  })

  it('(40) signs out at once with a hint and no URI, and says so', async () => {
    const { browser, id_token_hint } = await signedIn()
    shown(await browser.open(endSession({ id_token_hint })), '/signed-out')
    assert.equal(await isSignedIn(browser), false)
  })

  it('(40) signs out at once by the hint of an app that knows the person by another name (OIDC Core §8.1)', async () => {
    const pairwise = { subjectType: 'pairwise', sectorIdentifier: 'app.example.org' } as const
    const known = await app.register({ ...pairwise, postLogoutRedirectUris: [BACK] })
    const browser = await app.browser(ada)
    const { id_token } = await tokensFor(app, browser, known)
    sentAway(await browser.open(endSession({ id_token_hint: id_token, post_logout_redirect_uri: BACK })))
    assert.equal(await isSignedIn(browser), false)
  })

  it('(40) says that one is signed out when nobody was signed in', async () => {
    shown(await (await app.browser()).open('/end_session'), '/signed-out')
  })

  it('asks first when the hint names another session or another person: no site signs others out (§2)', async () => {
    const { id_token_hint } = await signedIn()
    const bob = await app.enrol()
    for (const browser of [await app.browser(ada), await app.browser(bob)]) {
      const question = shown(
        await browser.open(endSession({ id_token_hint, post_logout_redirect_uri: BACK, state: 's' })),
        '/sign-out',
      )
      assert.equal(await isSignedIn(browser), true)
      const away = sentAway(await browser.submit(question, '/sign-out', { decision: 'sign-out' }))
      assert.deepEqual([...away.params], [['state', 's']])
      assert.equal(await isSignedIn(browser), false)
    }
  })

  it('takes a hint that has expired (§2): sessions outlive ID tokens', async () => {
    const browser = await app.browser(ada)
    const claims = payloadOf((await tokensFor(app, browser, by)).id_token)
    const past = { ...claims, iat: Number(claims.iat) - 90_000, exp: Number(claims.exp) - 90_000 }
    const hint = await (await app.keys.signer('RS256')).sign(past)
    sentAway(await browser.open(endSession({ id_token_hint: hint, post_logout_redirect_uri: BACK })))
    assert.equal(await isSignedIn(browser), false)
  })

  it('refuses parameters that are sent twice', async () => {
    const { browser, id_token_hint } = await signedIn()
    const path = `${endSession({ id_token_hint, post_logout_redirect_uri: BACK })}&post_logout_redirect_uri=x`
    assert.equal(shown(await browser.open(path)).status, 400)
    assert.equal(await isSignedIn(browser), true)
  })
})
