/** Tests of the server over real sockets: routing, methods, headers, failures. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createAddressList } from '../lib/addresses.ts'
import { emptyReply, htmlReply } from './replies.ts'
import { PAGE_POLICY } from './security-headers.ts'
import { echo, echoed, fixed, openSocket, readToEnd, startServer } from './test-fixtures/server-under-test.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const lanes = ['/fast', '/page'] as const
const both = { endpoints: [echo('/fast')], pages: [echo('/page')] }

for (const path of lanes) {
  describe(`a request to ${path}`, () => {
    it('reaches its endpoint with everything that doors may ask for', async t => {
      const { origin } = await startServer(t, both)
      const headers = {
        ...FORM,
        authorization: 'Basic eDp5',
        cookie: 'a=b',
        origin: 'https://app.example',
        'user-agent': 'tests',
        'accept-language': 'de',
        'if-none-match': '"1"',
      }
      const response = await fetch(`${origin}${path}?a=%20b&c`, { method: 'POST', headers, body: 'x=ä&y=1' })
      const { requestId, ...request } = await echoed(response)
      assert.deepEqual(request, {
        method: 'POST',
        path,
        query: 'a=%20b&c',
        body: 'x=ä&y=1',
        contentType: 'application/x-www-form-urlencoded',
        authorization: 'Basic eDp5',
        cookie: 'a=b',
        origin: 'https://app.example',
        userAgent: 'tests',
        acceptLanguage: 'de',
        address: '127.0.0.1',
        isUnverifiedForward: false,
        ifNoneMatch: '"1"',
      })
      assert.equal(response.headers.get('x-request-id'), requestId)
    })

    it('has a request id of its own', async t => {
      const { origin } = await startServer(t, both)
      const ids = await Promise.all([1, 2, 3].map(async () => (await echoed(await fetch(origin + path))).requestId))
      assert.equal(new Set(ids).size, 3)
    })

    it('has its body read only when it is a form; the content type says what else came', async t => {
      const { origin } = await startServer(t, both)
      const send = async (contentType: string) =>
        echoed(
          await fetch(origin + path, { method: 'POST', headers: { 'content-type': contentType }, body: '{"a":1}' }),
        )
      const json = await send('Application/JSON; charset=utf-8')
      assert.deepEqual([json.body, json.contentType], ['', 'application/json'])
      const form = await send('application/x-www-form-urlencoded; charset=UTF-8')
      assert.deepEqual([form.body, form.contentType], ['{"a":1}', 'application/x-www-form-urlencoded'])
    })

    it('is refused with 413 when the body is too large, whether its length was announced or not', async t => {
      const { origin } = await startServer(t, { ...both, limits: { bodyBytes: 1000 } })
      const send = (body: string | ReadableStream) =>
        fetch(origin + path, { method: 'POST', headers: FORM, body, ...{ duplex: 'half' } })
      assert.equal((await send('x'.repeat(1000))).status, 200)
      assert.equal((await send('x'.repeat(1001))).status, 413)
      assert.equal(
        (await send(ReadableStream.from([Buffer.from('x'.repeat(900)), Buffer.from('x'.repeat(900))]))).status,
        413,
      )
    })

    it('is refused with 400 when the body is not UTF-8', async t => {
      const { origin } = await startServer(t, both)
      const body = Buffer.from([0x61, 0x3d, 0xff])
      const response = await fetch(origin + path, { method: 'POST', headers: FORM, body })
      assert.equal(response.status, 400)
      assert.match(await response.text(), /UTF-8/)
    })

    it('answers HEAD as GET without content (RFC 9110 §9.3.2)', async t => {
      const { port } = await startServer(t, both)
      const socket = await openSocket(t, port)
      socket.write(`HEAD ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
      const text = await readToEnd(socket)
      assert.match(text, /^HTTP\/1\.1 200 /)
      assert.match(text, /content-length: [1-9]/i)
      assert.ok(text.endsWith('\r\n\r\n'))
    })

    it('answers 405 with Allow to a method that the endpoint does not have (RFC 9110 §15.5.6)', async t => {
      const { origin } = await startServer(t, {
        endpoints: [echo('/fast', ['GET', 'OPTIONS'])],
        pages: [echo('/page', ['GET', 'OPTIONS'])],
      })
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
        const response = await fetch(origin + path, { method })
        assert.equal(response.status, 405, method)
        assert.equal(response.headers.get('allow'), 'GET, HEAD, OPTIONS')
      }
      assert.equal((await echoed(await fetch(origin + path, { method: 'OPTIONS' }))).method, 'OPTIONS')
    })

    it('is answered in absolute form as well (RFC 9112 §3.2.2)', async t => {
      const { port } = await startServer(t, { endpoints: [echo('/fast')] })
      const socket = await openSocket(t, port)
      socket.write(
        'GET http://elsewhere.example/fast?a=1 HTTP/1.1\r\nhost: elsewhere.example\r\nconnection: close\r\n\r\n',
      )
      assert.match(await readToEnd(socket), /"path":"\/fast","query":"a=1"/)
    })
  })

  describe(`a failure at ${path}`, () => {
    const failing = (handle: () => never | Promise<never>) => {
      const endpoint = { name: 'failing', path, methods: ['GET' as const], handle }
      return path === '/fast' ? { endpoints: [endpoint] } : { pages: [endpoint] }
    }

    it('is logged once and told to nobody: the visitor gets a code that stands in the log', async t => {
      const throwers = [
        () => {
          throw new Error('the database said hush')
        },
        () => Promise.reject(new Error('the database said hush')),
      ]
      for (const handle of throwers) {
        const { origin, lines } = await startServer(t, failing(handle))
        const response = await fetch(origin + path, { headers: { accept: 'text/html' } })
        const text = await response.text()
        assert.equal(response.status, 500)
        assert.ok(!text.includes('hush'))
        const [logged, ...more] = lines.filter(line => line.level === 'error')
        assert.equal(more.length, 0)
        assert.equal(text, `<p>server-error ${logged?.traceCode}</p>`)
        assert.equal(logged?.requestId, response.headers.get('x-request-id'))
      }
    })

    it('is JSON for apps', async t => {
      const { origin } = await startServer(
        t,
        failing(() => {
          throw new Error('no')
        }),
      )
      const response = await fetch(origin + path)
      const { error, trace_code } = (await response.json()) as Record<string, string>
      assert.equal(error, 'server_error')
      assert.match(trace_code ?? '', /^[0-9A-Z]{8}$/)
    })

    it('leaves a plain sentence even when the error page fails', async t => {
      const { origin } = await startServer(t, {
        ...failing(() => {
          throw new Error('first')
        }),
        errorPage: () => {
          throw new Error('second')
        },
      })
      const response = await fetch(origin + path, { headers: { accept: 'text/html' } })
      assert.equal(response.status, 500)
      assert.match(await response.text(), /^Server error [0-9A-Z]{8}$/)
    })
  })

  describe(`an answer of ${path}`, () => {
    const page = htmlReply(200, '<p>')

    it('carries the security headers, and those of pages when it is one', async t => {
      const { origin } = await startServer(
        t,
        path === '/fast' ? { endpoints: [fixed(path, page)] } : { pages: [fixed(path, page)] },
      )
      const { headers } = await fetch(origin + path)
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.equal(headers.get('referrer-policy'), 'no-referrer')
      assert.equal(headers.get('content-security-policy'), PAGE_POLICY)
      assert.equal(headers.get('strict-transport-security'), null)
      assert.equal(headers.get('x-powered-by'), null)
    })

    it('may name its own policy, and HSTS comes with an https issuer (RFC 6797 §7.2)', async t => {
      const reply = { ...page, headers: { ...page.headers, 'content-security-policy': "default-src 'none'" } }
      const { origin } = await startServer(t, {
        ...(path === '/fast' ? { endpoints: [fixed(path, reply)] } : { pages: [fixed(path, reply)] }),
        issuerIsHttps: true,
      })
      const { headers } = await fetch(origin + path)
      assert.equal(headers.get('content-security-policy'), "default-src 'none'")
      assert.match(headers.get('strict-transport-security') ?? '', /^max-age=\d{7,}$/)
    })

    it('sets several cookies, and has no length where it can have no content (RFC 9110 §8.6)', async t => {
      const reply = { ...emptyReply(204), headers: { 'set-cookie': ['a=1', 'b=2'] } }
      const { origin } = await startServer(
        t,
        path === '/fast' ? { endpoints: [fixed(path, reply)] } : { pages: [fixed(path, reply)] },
      )
      const { headers, status } = await fetch(origin + path)
      assert.equal(status, 204)
      assert.deepEqual(headers.getSetCookie(), ['a=1', 'b=2'])
      assert.equal(headers.get('content-length'), null)
    })

    it('is logged without its query, and counted', async t => {
      const { origin, lines, metrics } = await startServer(t, both)
      await (await fetch(`${origin}${path}?code=S3cret`)).text()
      await (await fetch(`${origin}${path}?code=S3cret`)).text()
      await t.waitFor(() => assert.equal(lines.length, 2))
      const { time, ms, requestId, ...line } = lines[0] ?? {}
      assert.deepEqual(line, {
        level: 'info',
        msg: 'request',
        method: 'GET',
        path,
        endpoint: `echo-${path.slice(1)}`,
        status: 200,
        address: '127.0.0.1',
        userAgent: 'node',
      })
      assert.match(await metrics.render(), new RegExp(`_count\\{endpoint="echo-${path.slice(1)}",status="2xx"\\} 2`))
    })
  })
}

describe('paths', () => {
  it('stand below the path of the issuer, but for those at the root of the host (RFC 8414 §3.1)', async t => {
    const wellKnown = '/.well-known/oauth-authorization-server/auth'
    const { origin } = await startServer(t, {
      issuerPath: '/auth',
      endpoints: [echo('/token'), { ...echo(wellKnown), atRoot: true }],
      pages: [echo('/login')],
    })
    assert.equal((await echoed(await fetch(`${origin}/auth/token`))).path, '/token')
    assert.equal((await echoed(await fetch(`${origin}/auth/login`))).path, '/login')
    assert.equal((await echoed(await fetch(origin + wellKnown))).path, wellKnown)
    for (const path of ['/token', '/login', '/authtoken', `/auth${wellKnown}`, '/auth/token/', '/auth/Token']) {
      assert.equal((await fetch(origin + path)).status, 404, path)
    }
  })

  it('that nobody owns are a page for people and JSON for apps, however strange they are', async t => {
    const { origin, metrics } = await startServer(t, both)
    for (const path of ['/', '/nothing', '/%zz', '/fast/../nothing', '/a%00b', '//fast', `/${'x'.repeat(3000)}`]) {
      const page = await fetch(origin + path, { headers: { accept: 'text/html,*/*' } })
      assert.deepEqual([page.status, await page.text()], [404, '<p>not-found </p>'], path)
      assert.equal(page.headers.get('content-security-policy'), PAGE_POLICY)
      assert.ok(page.headers.get('x-request-id'))
    }
    const json = await fetch(`${origin}/nothing`, { method: 'POST', headers: FORM, body: 'a=b' })
    assert.deepEqual([json.status, ((await json.json()) as { error: string }).error], [404, 'not_found'])
    assert.match(await metrics.render(), /_count\{endpoint="unknown",status="4xx"\} 8/)
  })

  it('belong to one endpoint each', async t => {
    await assert.rejects(startServer(t, { endpoints: [echo('/x')], pages: [echo('/x')] }), /both want \/x/)
  })
})

describe('a strange Content-Type', () => {
  it('is no outage', async t => {
    const { origin, lines } = await startServer(t, both)
    for (const path of lanes) {
      const response = await fetch(origin + path, { method: 'POST', headers: { 'content-type': ';;' }, body: 'x' })
      assert.ok(response.status < 500, `${path} ${response.status}`)
    }
    assert.ok(!lines.some(line => line.level === 'error'))
  })
})

describe('an address that is taken', () => {
  it('is said when the server is to listen', async t => {
    const { port } = await startServer(t)
    const listen = { host: '127.0.0.1', port }
    await assert.rejects(startServer(t, { listen, trustedProxies: createAddressList([]) }), /EADDRINUSE/)
  })
})

describe('an endpoint that takes JSON', () => {
  const taking = {
    endpoints: [{ ...echo('/json', ['GET', 'POST', 'PUT', 'DELETE']), takes: 'json' as const }],
    pages: [],
  }
  const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

  it('has it read with POST and PUT; forms and anything else are left unread', async t => {
    const { origin } = await startServer(t, taking)
    for (const method of ['POST', 'PUT']) {
      const send = async (headers: Record<string, string>) =>
        (await echoed(await fetch(`${origin}/json`, { method, headers, body: '{"a":"ä"}' }))).body
      assert.equal(await send(JSON_TYPE), '{"a":"ä"}')
      assert.equal(await send(FORM), '')
      assert.equal(await send({ 'content-type': 'application/json5' }), '')
    }
    const deleted = await fetch(`${origin}/json`, { method: 'DELETE', headers: JSON_TYPE, body: '{"a":1}' })
    assert.deepEqual([(await echoed(deleted)).method, deleted.status], ['DELETE', 200])
  })

  it('refuses too much of it with 413 and what is not UTF-8 with 400, before anybody reads it', async t => {
    const { origin } = await startServer(t, { ...taking, limits: { bodyBytes: 100 } })
    const put = (body: string | Buffer<ArrayBuffer>) =>
      fetch(`${origin}/json`, { method: 'PUT', headers: JSON_TYPE, body })
    assert.equal((await put('x'.repeat(101))).status, 413)
    assert.equal((await put(Buffer.from([0x22, 0xff, 0x22]))).status, 400)
  })

  it('names its methods to whoever uses another (RFC 9110 §15.5.6)', async t => {
    const { origin } = await startServer(t, taking)
    const response = await fetch(`${origin}/json`, { method: 'PATCH', headers: JSON_TYPE, body: '{}' })
    assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, HEAD, POST, PUT, DELETE'])
  })
})
