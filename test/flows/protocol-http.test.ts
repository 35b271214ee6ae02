/** What every endpoint owes to HTTP: methods, CORS, caching, headers; looked at from outside. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { authorizePath, codeFor, exchange, query, requestOf, tokensFor } from '../support/hand-app.ts'
import type { HandBrowser } from '../support/hand-browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const ORIGIN = 'https://spa.example.org'
const FOREIGN = 'https://evil.example'

interface Row {
  readonly path: string
  readonly allow: string
  readonly forPeople?: boolean
}

const ENDPOINTS: readonly Row[] = [
  { path: '/authorize', allow: 'GET, HEAD, POST', forPeople: true },
  { path: '/token', allow: 'POST, OPTIONS' },
  { path: '/userinfo', allow: 'GET, HEAD, POST, OPTIONS' },
  { path: '/introspect', allow: 'POST' },
  { path: '/revoke', allow: 'POST, OPTIONS' },
  { path: '/end_session', allow: 'GET, HEAD, POST', forPeople: true },
  { path: '/jwks', allow: 'GET, HEAD, OPTIONS' },
  { path: '/.well-known/openid-configuration', allow: 'GET, HEAD, OPTIONS' },
  { path: '/login', allow: 'GET, HEAD, POST', forPeople: true },
  { path: '/consent', allow: 'GET, HEAD, POST', forPeople: true },
]

describe('what every endpoint owes to HTTP', () => {
  let app: RunningApp
  let spa: Registered
  let browser: HandBrowser

  before(async () => {
    app = await startApp()
    spa = await app.register({ type: 'public', redirectUris: [`${ORIGIN}/callback`], postLogoutRedirectUris: [] })
    browser = await app.browser(await app.enrol())
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const at = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${app.issuer}${path}`, { redirect: 'manual', ...init })
  const fromApp = (origin: string, headers = {}) => ({ headers: { origin, ...headers } })

  describe('methods (RFC 9110 §9)', () => {
    for (const { path, allow } of ENDPOINTS) {
      it(`${path} answers what it does not take with 405 and Allow: ${allow} (§15.5.6)`, async () => {
        for (const method of ['PUT', 'DELETE', 'PATCH', 'GET', 'POST', 'OPTIONS']) {
          if (allow.split(', ').includes(method)) continue
          const response = await at(path, { method })
          assert.equal(response.status, 405, method)
          assert.equal(response.headers.get('allow'), allow)
          assert.equal(response.headers.get('cache-control'), 'no-store')
        }
      })
    }

    it('HEAD is GET without the content, wherever GET is (§9.3.2)', async () => {
      for (const { path, allow } of ENDPOINTS) {
        if (!allow.includes('HEAD')) continue
        const [head, get] = [await at(path, { method: 'HEAD' }), await at(path)]
        assert.equal(head.status, get.status, path)
        assert.equal(await head.text(), '')
        assert.equal(head.headers.get('content-type'), get.headers.get('content-type'))
      }
    })

    it('what is nowhere is 404, as a page for people and as JSON for apps', async () => {
      for (const path of ['/nowhere', '/token/', '/Token', '//token', '/token/../userinfo%00', '/.well-known/']) {
        const json = await at(path)
        assert.equal(json.status, 404, path)
        assert.equal(((await json.json()) as { error: string }).error, 'not_found')
        const page = await at(path, { headers: { accept: 'text/html' } })
        assert.equal(page.status, 404)
        assert.match(page.headers.get('content-type') ?? '', /^text\/html/)
      }
    })
  })

  describe('cross-origin requests (Fetch §3.2)', () => {
    it('an app reads the answers of token, user info and revocation from the origins of its own redirect URIs', async () => {
      const code = await codeFor(browser, spa.client)
      const [redirect_uri = ''] = spa.client.redirectUris
      const body = new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri,
        client_id: spa.client.clientId,
      })
      const response = await at('/token', { method: 'POST', body, ...fromApp(ORIGIN) })
      assert.equal(response.headers.get('access-control-allow-origin'), ORIGIN)
      assert.equal(response.headers.get('vary'), 'Origin')
      const { access_token } = (await response.json()) as { access_token: string }
      const authorization = `Bearer ${access_token}`
      const info = await at('/userinfo', fromApp(ORIGIN, { authorization }))
      assert.equal(info.headers.get('access-control-allow-origin'), ORIGIN)
      const token = new URLSearchParams({ token: access_token, client_id: spa.client.clientId })
      const revoked = await at('/revoke', { method: 'POST', body: token, ...fromApp(ORIGIN) })
      assert.equal(revoked.headers.get('access-control-allow-origin'), ORIGIN)
    })

    it('an app can read why it was refused, too', async () => {
      const body = new URLSearchParams({ grant_type: 'authorization_code', code: 'x', client_id: spa.client.clientId })
      const refused = await at('/token', { method: 'POST', body, ...fromApp(ORIGIN) })
      assert.equal(refused.status, 400)
      assert.equal(refused.headers.get('access-control-allow-origin'), ORIGIN)
      assert.match(refused.headers.get('x-trace-code') ?? '', /^[0-9A-Z]{4}-[0-9A-Z]{4}$/, 'for `sallyport why`')
      const info = await at('/userinfo', fromApp(ORIGIN, { authorization: 'Bearer x' }))
      assert.equal(info.status, 401)
      assert.equal(info.headers.get('access-control-allow-origin'), ORIGIN)
      assert.match(info.headers.get('access-control-expose-headers') ?? '', /www-authenticate/)
    })

    it('an authorization request that is refused at once leaves the code for `sallyport why` in its redirect', async () => {
      const refused = await at(authorizePath(spa.client, { response_type: 'x' }), { redirect: 'manual' })
      assert.match(refused.headers.get('location') ?? '', /error=unsupported_response_type/)
      assert.match(refused.headers.get('x-trace-code') ?? '', /^[0-9A-Z]{4}-[0-9A-Z]{4}$/)
    })

    it('any other origin reads no token and nothing about a person, null and look-alikes among them', async () => {
      const origins = [
        FOREIGN,
        'null',
        `${ORIGIN}.evil.example`,
        `${ORIGIN}:8443`,
        ORIGIN.replace('https', 'http'),
        'https://SPA.example.org',
      ]
      const { access_token } = await tokensFor(app, browser, spa)
      for (const origin of origins) {
        const [redirect_uri = ''] = spa.client.redirectUris
        const code = await codeFor(browser, spa.client)
        const body = new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          redirect_uri,
          client_id: spa.client.clientId,
        })
        const tokens = await at('/token', { method: 'POST', body, ...fromApp(origin) })
        const info = await at('/userinfo', fromApp(origin, { authorization: `Bearer ${access_token}` }))
        for (const response of [tokens, info]) {
          assert.equal(response.status, 200)
          assert.equal(response.headers.get('access-control-allow-origin'), null, origin)
          assert.equal(response.headers.get('vary'), 'Origin')
        }
      }
    })

    it('nowhere are cookies allowed, so no site borrows a session', async () => {
      for (const { path } of ENDPOINTS) {
        for (const method of ['GET', 'POST', 'OPTIONS']) {
          const response = await at(path, { method, ...fromApp(ORIGIN, { 'access-control-request-method': 'POST' }) })
          assert.equal(response.headers.get('access-control-allow-credentials'), null, `${method} ${path}`)
        }
      }
    })

    it('a preflight tells what may be sent (Fetch §4.8)', async () => {
      for (const [path, methods] of [
        ['/token', 'POST'],
        ['/userinfo', 'GET, POST'],
        ['/revoke', 'POST'],
      ] as const) {
        const headers = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }
        const response = await at(path, { method: 'OPTIONS', ...fromApp(ORIGIN, headers) })
        assert.equal(response.status, 204)
        assert.equal(response.headers.get('access-control-allow-origin'), ORIGIN)
        assert.equal(response.headers.get('access-control-allow-methods'), methods)
        assert.match(response.headers.get('access-control-allow-headers') ?? '', /authorization, content-type/)
      }
    })

    it('pages, the authorization endpoint and introspection are for no script of another origin', async () => {
      for (const path of ['/authorize', '/login', '/consent', '/end_session', '/introspect', '/']) {
        const response = await at(path, fromApp(ORIGIN))
        assert.equal(response.headers.get('access-control-allow-origin'), null, path)
      }
    })
  })

  describe('caching and headers', () => {
    it('nothing that carries codes, tokens, claims or forms is stored (RFC 6749 §5.1, RFC 9700 §4.3)', async () => {
      const { access_token } = await exchange(app, spa, await codeFor(browser, spa.client))
      const answers = [
        await browser.send(authorizePath(spa.client)),
        await browser.send(authorizePath(spa.client, { prompt: 'login' })),
        await browser.send(authorizePath(spa.client, { response_type: 'x' })),
        await browser.send(authorizePath(spa.client, { redirect_uri: 'x' })),
        await at('/authorize', { method: 'POST', body: new URLSearchParams(requestOf(spa.client)) }),
        await browser.send('/'),
        await browser.send('/login'),
        await browser.send('/sign-out'),
        await browser.send('/end_session'),
        await at('/userinfo', { headers: { authorization: `Bearer ${access_token}` } }),
        await at('/userinfo'),
        await at('/introspect', { method: 'POST' }),
        await at('/revoke', { method: 'POST' }),
        await at('/token', { method: 'POST' }),
      ]
      for (const response of answers) {
        assert.equal(response.headers.get('cache-control'), 'no-store', response.url)
        assert.equal(response.headers.get('referrer-policy'), 'no-referrer', 'codes stand in query strings')
        assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
      }
    })

    it('redirects are 303, so that a form with a password in it is never sent on (RFC 9700 §4.12)', async () => {
      const answers = [
        await browser.send(authorizePath(spa.client)),
        await at('/authorize', { method: 'POST', body: new URLSearchParams(requestOf(spa.client)) }),
        await at('/end_session'),
      ]
      for (const { status } of answers) assert.equal(status, 303)
    })

    it('pages run no script and are shown in no frame (CSP 3, RFC 9700 §4.16)', async () => {
      const pages = [await browser.send(authorizePath(spa.client, { redirect_uri: 'x' })), await browser.send('/')]
      for (const page of pages) {
        const policy = page.headers.get('content-security-policy') ?? ''
        assert.match(policy, /default-src 'none'/)
        assert.match(policy, /frame-ancestors 'none'/)
        assert.ok(!/script-src|unsafe/.test(policy), policy)
        assert.ok(!(await page.text()).includes('<script'))
      }
    })

    it('what a request says is escaped on the page (login_hint, client_id, username)', async () => {
      const stranger = await app.browser()
      const hostile = '"><img src=x onerror=alert(1)>'
      const page = await (
        await stranger.send(`/authorize?${query({ ...requestOf(spa.client), login_hint: hostile })}`)
      ).text()
      const shownPage = await (
        await stranger.send(
          ((await stranger.open(authorizePath(spa.client, { login_hint: hostile }))) as { url: URL }).url.href,
        )
      ).text()
      for (const html of [page, shownPage]) assert.ok(!html.includes('<img src=x'))
      assert.match(shownPage, /value="&quot;&gt;&lt;img/)
    })
  })
})
