/** Tests of endpoints that take bytes, and of those that have everything below their path. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import type { Endpoint } from './endpoint.ts'
import { echo, openSocket, readToEnd, startServer } from './test-fixtures/server-under-test.ts'

/** Says what it got. */
function bytesEndpoint(changes: Partial<Endpoint> = {}): Endpoint {
  return {
    name: 'bytes',
    path: '/bytes',
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    takes: 'bytes',
    bodyBytes: 100_000,
    handle({ method, path, body, content }) {
      const got = Buffer.isBuffer(content) ? content.toString('hex') : (content ?? 'nothing')
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: `${method} ${path} [${body}] ${got}` }
    },
    ...changes,
  }
}

describe('an endpoint that takes bytes', () => {
  const send = async (origin: string, init: RequestInit) => (await fetch(`${origin}/bytes`, init)).text()

  it('gets them as they came, whatever type they are of, and with every method that brings content', async t => {
    const { origin } = await startServer(t, { endpoints: [bytesEndpoint()] })
    const body = new Uint8Array([0, 255, 10])
    for (const method of ['POST', 'PUT', 'PATCH'])
      assert.equal(
        await send(origin, { method, body, headers: { 'content-type': 'image/png' } }),
        `${method} /bytes [] 00ff0a`,
      )
    assert.equal(await send(origin, { method: 'POST' }), 'POST /bytes [] ')
  })

  it('gets none with GET and DELETE, where they mean nothing (RFC 9110 §9.3.1, §9.3.5)', async t => {
    const { origin } = await startServer(t, { endpoints: [bytesEndpoint()] })
    assert.equal(await send(origin, {}), 'GET /bytes [] nothing')
    assert.equal(await send(origin, { method: 'DELETE', body: 'x' }), 'DELETE /bytes [] nothing')
  })

  it('has a limit of its own, and says itself what is too large', async t => {
    const { origin } = await startServer(t, { endpoints: [bytesEndpoint(), echo('/echo')] })
    const more = 'x'.repeat(90_000)
    assert.match(await send(origin, { method: 'POST', body: more }), /^POST \/bytes \[\] 7878/)
    assert.equal(await send(origin, { method: 'POST', body: more + more }), 'POST /bytes [] too-large')
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    assert.equal(
      (await fetch(`${origin}/echo`, { method: 'POST', body: more, headers })).status,
      413,
      'the others keep theirs',
    )
  })

  it('is told too large as well where nobody said how much would come (RFC 9112 §7.1)', async t => {
    const { port } = await startServer(t, { endpoints: [bytesEndpoint()] })
    const socket = await openSocket(t, port)
    socket.write('POST /bytes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n')
    for (let count = 0; count < 20; count++) socket.write(`2710\r\n${'x'.repeat(10_000)}\r\n`)
    socket.write('0\r\n\r\n')
    assert.match(await readToEnd(socket), /too-large/)
  })

  it('is asked for what fits when the visitor wants to know first (RFC 9110 §10.1.1)', async t => {
    const { port } = await startServer(t, { endpoints: [bytesEndpoint()] })
    const socket = await openSocket(t, port)
    socket.write(
      'POST /bytes HTTP/1.1\r\nHost: x\r\nContent-Length: 80000\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n',
    )
    const [first] = await once(socket, 'data')
    assert.match(String(first), /^HTTP\/1\.1 100 /)
    socket.write('x'.repeat(80_000))
    assert.match(await readToEnd(socket), /POST \/bytes \[\] 7878/)
  })
})

describe('an endpoint with everything below its path', () => {
  const tree = bytesEndpoint({ name: 'tree', path: '/tree', isTree: true })

  it('gets what stands below, as it was written', async t => {
    const { origin } = await startServer(t, { issuerPath: '/auth', endpoints: [tree] })
    for (const path of ['/tree', '/tree/', '/tree/a', '/tree/a%2Fb/c', '/tree//x'])
      assert.match(await (await fetch(`${origin}/auth${path}`)).text(), new RegExp(`^GET ${path} `))
  })

  it('gets nothing beside it', async t => {
    const { origin } = await startServer(t, { issuerPath: '/auth', endpoints: [tree] })
    for (const path of ['/auth/trees', '/tree/a', '/auth/tre', '/auth/x/tree/a'])
      assert.equal((await fetch(`${origin}${path}`)).status, 404, path)
  })

  it('comes after whatever has a path of its own there', async t => {
    const own = bytesEndpoint({
      name: 'own',
      path: '/tree/own',
      handle: () => ({ status: 200, headers: {}, body: 'own' }),
    })
    const variable = bytesEndpoint({
      name: 'variable',
      path: '/tree/:name/page',
      handle: () => ({ status: 200, headers: {}, body: 'variable' }),
    })
    const { origin } = await startServer(t, { endpoints: [tree, own], pages: [variable] })
    const text = async (path: string) => (await fetch(`${origin}${path}`)).text()
    assert.equal(await text('/tree/own'), 'own')
    assert.equal(await text('/tree/a/page'), 'variable')
    assert.match(await text('/tree/own/more'), /^GET \/tree\/own\/more/)
  })
})

describe('the access log', () => {
  it('has of a path in a tree only where it begins: what follows are names of people', async t => {
    const tree = bytesEndpoint({ path: '/tree', isTree: true })
    const { origin, lines } = await startServer(t, { issuerPath: '/auth', endpoints: [tree] })
    for (const path of ['/tree', '/tree/people', '/tree/people/ada@example.org', '/tree/people/ada/keys?q=ada'])
      await fetch(`${origin}/auth${path}`)
    const paths = lines.filter(({ msg }) => msg === 'request').map(({ path }) => path)
    assert.deepEqual(paths, ['/tree', '/tree/people', '/tree/people/…', '/tree/people/…'])
  })
})
