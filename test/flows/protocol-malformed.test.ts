/** Whatever is sent, wherever: an answer that means something, never a 500, and nothing about it in the log of errors. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { onBothDatabases } from '../support/both-databases.ts'
import { authorizePath, basic, codeFor, query, requestOf, tokensFor } from '../support/hand-app.ts'
import { type HandBrowser, hiddenFields, shown } from '../support/hand-browser.ts'
import { ODD_VALUES, PARAMETERS, PATHS } from '../support/odd-requests.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

onBothDatabases('malformed, oversized, duplicated and contradictory requests', database => {
  let app: RunningApp
  let by: Registered
  let browser: HandBrowser

  before(async () => {
    app = await startApp({ database: await database(), environment: { SALLYPORT_THROTTLING_ENABLED: 'false' } })
    by = await app.register()
    browser = await app.browser(await app.enrol())
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  async function post(
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Readonly<Record<string, string>> = form,
  ) {
    return accepted(path, await browser.send(path, { method: 'POST', body, headers }))
  }

  /** Anything but a failure of ours; whatever redirects stays in the house or goes to the registered URI. */
  async function accepted(what: string, response: Response): Promise<Response> {
    assert.ok(response.status < 500, `${response.status} for ${what}`)
    const location = response.headers.get('location')
    if (location !== null) {
      const [callback = ''] = by.client.redirectUris
      assert.ok(location.startsWith(`${app.issuer}/`) || location.startsWith(`${callback}?`), location)
    }
    await response.body?.cancel()
    assert.deepEqual(app.failures, [], what)
    return response
  }

  for (const path of PATHS) {
    it(`${path} takes every odd value of every parameter without failing`, async () => {
      const base = path === '/authorize' ? query(requestOf(by.client)) : ''
      for (const value of ODD_VALUES) {
        // All names at once, and each alone beside a complete request would be thousands: the names that this value spoils first go first.
        const all = PARAMETERS.map(name => `${encodeURIComponent(name)}=${value.slice(0, 300)}`).join('&')
        await accepted(`${path}?${all}`, await browser.send(`${path}?${all}`))
        await post(path, all)
      }
      for (const [index, name] of PARAMETERS.entries()) {
        const value = ODD_VALUES[index % ODD_VALUES.length] ?? ''
        const text = `${base}&${encodeURIComponent(name)}=${value.slice(0, 6000)}`
        await accepted(`${path}?${text}`, await browser.send(`${path}?${text}`))
        await post(path, text)
      }
    })
  }

  it('every parameter of a complete request, spoiled one by one, at /authorize', async () => {
    const complete = {
      ...requestOf(by.client),
      nonce: 'n',
      prompt: 'none',
      max_age: '9',
      ui_locales: 'de',
      code_challenge: 'x',
    }
    for (const name of Object.keys(complete)) {
      for (const value of ODD_VALUES) {
        const others = query({ ...complete, [name]: undefined })
        const text = `${others}&${name}=${value.slice(0, 3000)}`
        await accepted(text, await browser.send(`/authorize?${text}`))
      }
    }
  })

  it('every parameter of a complete request, spoiled one by one, at /token', async () => {
    const authorization = basic(by.client.clientId, by.secret)
    for (const value of ODD_VALUES) {
      const code = await codeFor(browser, by.client)
      for (const body of [
        `grant_type=authorization_code&code=${code}&redirect_uri=${value}`,
        `grant_type=authorization_code&code=${value}`,
        `grant_type=refresh_token&refresh_token=${value}&scope=${value}`,
        `grant_type=${value}&code=${code}`,
        `client_id=${value}&client_secret=${value}&grant_type=client_credentials`,
      ]) {
        const headers = body.startsWith('client_id') ? form : { ...form, authorization }
        const response = await post('/token', body, headers)
        assert.ok(response.status === 400 || response.status === 401, `${response.status} for ${body.slice(0, 100)}`)
      }
    }
  })

  it('refuses every parameter that comes twice: on our page, at the app, or as JSON (RFC 6749 §3.1)', async () => {
    const complete = authorizePath(by.client, { nonce: 'n' })
    for (const name of ['response_type', 'scope', 'state', 'nonce', 'unknown_name']) {
      const twice = await browser.send(`${complete}&${name}=a&${name}=a`)
      assert.equal(new URL(twice.headers.get('location') ?? '').searchParams.get('error'), 'invalid_request', name)
    }
    const headers = { ...form, authorization: basic(by.client.clientId, by.secret) }
    for (const path of ['/token', '/introspect', '/revoke']) {
      const response = await browser.send(path, { method: 'POST', headers, body: 'token=a&token=a&grant_type=x' })
      assert.equal(response.status, 400)
      assert.equal(((await response.json()) as { error: string }).error, 'invalid_request')
    }
  })

  it('refuses bodies that are too large with 413, too many parameters and bytes that are no UTF-8 with 400', async () => {
    for (const path of [
      '/token',
      '/authorize',
      '/userinfo',
      '/revoke',
      '/introspect',
      '/login',
      '/consent',
      '/end_session',
    ]) {
      assert.equal((await post(path, `x=${'a'.repeat(70_000)}`)).status, 413, path)
      assert.equal((await post(path, new Uint8Array([0x61, 0x3d, 0xff, 0xfe]))).status, 400, path)
      const many = await post(path, Array.from({ length: 200 }, (_, index) => `a${index}=b`).join('&'))
      assert.ok([303, 400, 401].includes(many.status), `${path} ${many.status}`)
    }
  })

  it('takes every media type for what it is', async () => {
    const types = [
      'application/json',
      'text/plain',
      'multipart/form-data',
      '',
      ';',
      'application/x-www-form-urlencoded; charset=utf-16',
      'x'.repeat(5000),
    ]
    for (const path of PATHS) {
      for (const type of types) await post(path, '{"grant_type":["x"]}', { 'content-type': type })
    }
  })

  it('takes every cookie and header for what it is', async () => {
    const odd = [
      '',
      '=',
      ';;;',
      'sallyport-session',
      'sallyport-session="x',
      `sallyport-session=${'A'.repeat(3000)}`,
      '\xff\xfe',
      `${'a=b;'.repeat(500)}`,
    ]
    const flows = Array.from({ length: 60 }, (_, index) => `sallyport-flow-${index}=x`).join('; ')
    for (const cookie of [...odd, flows, 'sallyport-flow-__proto__=x; __proto__=y']) {
      for (const path of ['/', authorizePath(by.client), '/login', '/sign-out', '/consent?flow=x', '/end_session']) {
        const headers = {
          cookie,
          'accept-language': '*;q=x,,;',
          'user-agent': '\x80'.repeat(900),
          origin: 'x',
          accept: '*/*,,',
        }
        await accepted(`${path} with ${cookie}`, await fetch(`${app.issuer}${path}`, { headers, redirect: 'manual' }))
      }
    }
    for (const authorization of [
      'Basic',
      'Basic ',
      'Basic =',
      'Bearer',
      'Bearer ',
      `Bearer ${'A'.repeat(9000)}`,
      'Basic 4pyT',
      ' ',
      ',',
    ]) {
      for (const path of ['/token', '/userinfo', '/introspect', '/revoke']) {
        const response = await fetch(`${app.issuer}${path}`, {
          method: 'POST',
          headers: { ...form, authorization },
          body: 'token=x',
        })
        await accepted(`${path} with ${authorization}`, response)
        assert.ok(response.status === 400 || response.status === 401, `${path} ${authorization} ${response.status}`)
      }
    }
  })

  it('takes forms of pages with fields that contradict one another', async () => {
    const stranger = await app.browser()
    const page = shown(await stranger.open(authorizePath(by.client)), '/login')
    const fields = query(hiddenFields(page))
    for (const value of ODD_VALUES) {
      for (const body of [
        `${fields}&username=${value}&password=${value}`,
        `${fields}&continue=${value}`,
        `${fields}&decision=${value}`,
      ]) {
        for (const path of ['/login', '/consent', '/sign-out']) {
          const headers = { ...form, cookie: [...stranger.cookies].map(pair => pair.join('=')).join('; ') }
          // One password is checked for all: each costs 20 ms.
          if (path === '/login' && body.includes('password') && value !== '%22%5c') continue
          const init: RequestInit = { method: 'POST', body: body.slice(0, 60_000), headers, redirect: 'manual' }
          await accepted(`${path} ${body}`, await fetch(`${app.issuer}${path}`, init))
        }
      }
    }
  })

  describe('at random (fast-check)', () => {
    const name = fc.constantFrom(...PARAMETERS)
    const value = fc.oneof(
      fc.constantFrom(...ODD_VALUES.map(text => text.slice(0, 200))),
      fc.string({ unit: 'binary', maxLength: 30 }).map(encodeURIComponent),
      fc.webUrl(),
    )
    const pairs = fc
      .array(fc.tuple(name, value), { maxLength: 12 })
      .map(list => list.map(pair => pair.join('=')).join('&'))

    it('no combination of parameters fails at any endpoint', async () => {
      const authorization = fc.constantFrom(
        undefined,
        basic(by.client.clientId, by.secret),
        basic(by.client.clientId, 'x'),
        'Bearer x',
      )
      const arbitrary = fc.record({
        path: fc.constantFrom(...PATHS.filter(path => path !== '/login')),
        pairs,
        authorization,
        posted: fc.boolean(),
      })
      await fc.assert(
        fc.asyncProperty(arbitrary, async sent => {
          const headers = sent.authorization === undefined ? form : { ...form, authorization: sent.authorization }
          if (sent.posted) await post(sent.path, sent.pairs, headers)
          else await accepted(sent.pairs, await browser.send(`${sent.path}?${sent.pairs}`, { headers }))
        }),
        { numRuns: 200 },
      )
    })

    it('no combination beside a good client and redirect URI leads anywhere else (RFC 9700 §4.11)', async () => {
      const base = query({ client_id: by.client.clientId, redirect_uri: by.client.redirectUris[0] })
      await fc.assert(
        fc.asyncProperty(pairs, async sent => {
          const response = await accepted(sent, await browser.send(`/authorize?${base}&${sent}`))
          assert.ok(response.status === 303 || response.status === 400)
        }),
        { numRuns: 150 },
      )
    })

    it('no change of a token, however small, makes another good one', async () => {
      const { access_token } = await tokensFor(app, browser, by)
      const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
      const change = fc.tuple(fc.nat(access_token.length - 1), fc.constantFrom(...digits))
      await fc.assert(
        fc.asyncProperty(change, async ([place, digit]) => {
          const changed = access_token.slice(0, place) + digit + access_token.slice(place + 1)
          const headers = { authorization: `Bearer ${changed}` }
          const { status } = await fetch(`${app.issuer}/userinfo`, { headers })
          assert.equal(status, changed === access_token ? 200 : 401)
        }),
        { numRuns: 100 },
      )
    })
  })

  it('answers raw bytes that no HTTP library sends', async () => {
    const { port } = new URL(app.issuer)
    const targets = [
      '/authorize?\xff\xfe=\xe4',
      '/authorize?a\\b',
      '*',
      'http://evil.example/authorize',
      '/%',
      `/authorize?${'a'.repeat(20_000)}`,
      '/a b',
    ]
    for (const target of targets) {
      const socket = connect(Number(port), '127.0.0.1')
      await once(socket, 'connect')
      socket.end(Buffer.from(`GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`, 'latin1'))
      const answer = await text(socket)
      assert.match(answer, /^HTTP\/1\.1 (200|303|400|404|414|431) /, `${target.slice(0, 60)}: ${answer.slice(0, 80)}`)
      assert.ok(!/\r\nlocation: http:\/\/evil/i.test(answer))
    }
  })
})
