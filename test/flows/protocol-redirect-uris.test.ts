/** Redirect URIs: only those that are registered, to the letter; everything else ends on our own page (numbers of the certification's lines). */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { authorizePath, query, requestOf } from '../support/hand-app.ts'
import { type HandBrowser, sentAway, shown } from '../support/hand-browser.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const REGISTERED = 'https://app.example.org/callback'

/** How open redirects have been found elsewhere: each means something else to some parser. */
const NASTY: readonly string[] = [
  'https://evil.example/callback',
  'https://app.example.org/callback/',
  'https://app.example.org/callback/x',
  'https://app.example.org/callback/../evil',
  'https://app.example.org/callback/..%2fevil',
  'https://app.example.org/callback?',
  'https://app.example.org/callback#',
  'https://app.example.org/callback#@evil.example',
  'https://app.example.org/callback%00',
  'https://app.example.org/callback%0d%0aLocation:%20https://evil.example',
  'https://app.example.org/callback\r\nLocation: https://evil.example',
  'https://app.example.org/callback\n',
  'https://app.example.org/callback\t',
  ' https://app.example.org/callback',
  'https://app.example.org/callback ',
  'https://app.example.org/Callback',
  'HTTPS://app.example.org/callback',
  'https://APP.example.org/callback',
  'https://app.example.org:443/callback',
  'https://app.example.org./callback',
  'https://app.example.org//callback',
  'https://app.example.org/./callback',
  'https://app.example.org/%63allback',
  'http://app.example.org/callback',
  '//app.example.org/callback',
  '/callback',
  'app.example.org/callback',
  'https:app.example.org/callback',
  'https:/\\app.example.org/callback',
  'https:\\\\app.example.org\\callback',
  'https://evil.example\\@app.example.org/callback',
  'https://evil.example\\.app.example.org/callback',
  'https://app.example.org@evil.example/callback',
  'https://app.example.org:x@evil.example/callback',
  'https://user@app.example.org/callback',
  'https://app.example.org%40evil.example/callback',
  'https://app.example.org%2f@evil.example/callback',
  'https://app.example.org.evil.example/callback',
  'https://evil.example/?https://app.example.org/callback',
  'https://evil.example/#https://app.example.org/callback',
  'https://app。example.org/callback',
  'https://аpp.example.org/callback',
  'https://app.example.org／callback',
  'https://app.example.org/callback\u202e',
  'https://app.example.org/callba\u0000ck',
  'javascript:alert(1)//https://app.example.org/callback',
  'data:text/html,<script>location="https://evil.example"</script>',
  'https://app.example.org/callback,https://evil.example/',
  'https://app.example.org/callback https://evil.example/',
  `https://app.example.org/callback${'/a'.repeat(3000)}`,
]

describe('redirect URIs, on the wire', () => {
  let app: RunningApp
  let by: Registered
  let browser: HandBrowser

  before(async () => {
    app = await startApp()
    by = await app.register({ redirectUris: [REGISTERED] })
    // Signed in and nothing to be asked: whatever is let through brings a code at once.
    browser = await app.browser(await app.enrol())
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  async function refusedOnOurPage(path: string): Promise<string> {
    const response = await browser.send(path)
    assert.equal(response.headers.get('location'), null, path)
    assert.equal(response.status, 400, path)
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/)
    assert.equal(response.headers.get('refresh'), null)
    return response.text()
  }

  const rows: readonly [string, string][] = [
    ['an unregistered path', `${REGISTERED}/Rnd0m`],
    ['a query added', `${REGISTERED}?foo=bar`],
    ['another scheme', REGISTERED.replace('https', 'http')],
  ]
  for (const [what, redirect_uri] of rows) {
    it(`(17) refuses a redirect URI with ${what}, on our own page with a code (OIDC Core §3.1.2.1)`, async () => {
      const html = await refusedOnOurPage(authorizePath(by.client, { redirect_uri }))
      assert.match(html, /id="error-code"[^>]*>[0-9A-Z]{4}-[0-9A-Z]{4}</)
      assert.ok(!html.includes(`href="${redirect_uri}`), 'the page does not lead there either')
    })
  }

  it('(17) refuses a redirect URI whose registered query was changed, on our own page', async () => {
    const own = await app.register({ redirectUris: [`${REGISTERED}?bar=foo`] })
    for (const redirect_uri of [
      REGISTERED,
      `${REGISTERED}?bar=fo`,
      `${REGISTERED}?bar=foo&x=1`,
      `${REGISTERED}?BAR=foo`,
    ]) {
      await refusedOnOurPage(authorizePath(own.client, { redirect_uri }))
    }
  })

  it('(17) keeps a registered query and adds the answer to it with & (RFC 6749 §3.1.2)', async () => {
    const own = await app.register({ redirectUris: [`${REGISTERED}?bar=foo%20x`] })
    const { location, params } = sentAway(await browser.open(authorizePath(own.client)))
    assert.ok(location.startsWith(`${REGISTERED}?bar=foo%20x&code=`), location)
    assert.equal(params.get('bar'), 'foo x')
  })

  it('(18) does not guess when redirect_uri is missing, whether two are registered or one (OIDC Core §3.1.2.1)', async () => {
    const two = await app.register({ redirectUris: [REGISTERED, 'https://app.example.org/other'] })
    for (const { client } of [two, by]) {
      await refusedOnOurPage(authorizePath(client, { redirect_uri: undefined }))
      await refusedOnOurPage(authorizePath(client, { redirect_uri: '' }))
    }
  })

  for (const redirect_uri of NASTY) {
    const name = JSON.stringify(redirect_uri).slice(1, 80)
    it(`(17) never sends anybody to ${name}`, async () => {
      await refusedOnOurPage(authorizePath(by.client, { redirect_uri }))
      // With an error of the request as well, and in the silent mode, where everything else is redirected.
      await refusedOnOurPage(authorizePath(by.client, { redirect_uri, response_type: 'x', prompt: 'none' }))
      // By POST it comes again as a GET to ourselves.
      const fields = { ...requestOf(by.client), redirect_uri }
      const page = shown(await browser.post('/authorize', fields))
      assert.equal(page.url.origin, app.issuer)
      assert.equal(page.status, 400)
    })
  }

  it('(17) does not take the raw form of a URI whose encoded form is registered, nor the other way round', async () => {
    const own = await app.register({ redirectUris: ['https://app.example.org/call%2Fback?x=%C3%A4'] })
    for (const redirect_uri of [
      'https://app.example.org/call/back?x=ä',
      'https://app.example.org/call%2fback?x=%c3%a4',
    ]) {
      await refusedOnOurPage(authorizePath(own.client, { redirect_uri }))
    }
    assert.ok(sentAway(await browser.open(authorizePath(own.client))).params.get('code'))
  })

  it('(17) refuses two redirect URIs in one request, even when both are registered (RFC 6749 §3.1)', async () => {
    const repeated = `/authorize?${query(requestOf(by.client))}&redirect_uri=${encodeURIComponent(REGISTERED)}`
    await refusedOnOurPage(repeated)
    await refusedOnOurPage(`${repeated.replace('redirect_uri', 'redirect%5Furi')}`)
  })

  it('refuses a client that is missing, unknown, repeated or disabled on our own page (RFC 6749 §4.1.2.1)', async () => {
    const disabled = await app.register({ disabledAt: new Date() })
    await refusedOnOurPage(authorizePath(by.client, { client_id: undefined }))
    await refusedOnOurPage(authorizePath(by.client, { client_id: 'nobody' }))
    await refusedOnOurPage(authorizePath(by.client, { client_id: `${by.client.clientId} ` }))
    await refusedOnOurPage(authorizePath(by.client, { client_id: by.client.clientId.toUpperCase() }))
    await refusedOnOurPage(authorizePath(disabled.client))
    await refusedOnOurPage(`${authorizePath(by.client)}&client_id=${by.client.clientId}`)
  })

  it('lets a native app choose the port of its loopback address, and nothing else of it (RFC 8252 §7.3)', async () => {
    const native = await app.register({ type: 'public', redirectUris: ['http://127.0.0.1/cb', 'http://[::1]/cb'] })
    for (const redirect_uri of ['http://127.0.0.1:51004/cb', 'http://[::1]:1/cb', 'http://127.0.0.1/cb']) {
      const { location } = sentAway(await browser.open(authorizePath(native.client, { redirect_uri })))
      assert.ok(location.startsWith(`${redirect_uri}?`))
    }
    const others = [
      'http://127.0.0.1:51004/cb/x',
      'http://127.0.0.1:51004/cb?x',
      'http://127.0.0.1:0x50/cb',
      'http://127.0.0.1:99999/cb',
      'http://127.0.0.1:80@evil.example/cb',
      'http://127.0.0.1:80:80/cb',
      'http://127.0.0.2:51004/cb',
      'http://localhost:51004/cb',
      'https://127.0.0.1:51004/cb',
    ]
    for (const redirect_uri of others) await refusedOnOurPage(authorizePath(native.client, { redirect_uri }))
    const server = await app.register({ redirectUris: ['http://127.0.0.1/cb'] })
    await refusedOnOurPage(authorizePath(server.client, { redirect_uri: 'http://127.0.0.1:51004/cb' }))
  })

  it('keeps the redirect URI of the request for the exchange, to the letter (RFC 6749 §4.1.3)', async () => {
    const { params } = sentAway(await browser.open(authorizePath(by.client)))
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: params.get('code') ?? '',
      redirect_uri: `${REGISTERED}/`,
      client_id: by.client.clientId,
      client_secret: by.secret,
    })
    const response = await fetch(`${app.issuer}/token`, { method: 'POST', body })
    assert.equal(response.status, 400)
    assert.equal(((await response.json()) as { error: string }).error, 'invalid_grant')
  })
})
