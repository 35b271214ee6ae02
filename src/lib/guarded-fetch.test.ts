/** Tests of the guarded client against real servers on loopback. */

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createPlainServer } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { createAddressList } from './addresses.ts'
import { createGuardedFetch, type GuardedFetchSettings } from './guarded-fetch.ts'

const settings: GuardedFetchSettings = {
  allowHttp: true,
  allowedPrivate: createAddressList(['127.0.0.1']),
  timeoutMs: 2_000,
  maxBytes: 1_000,
  userAgent: 'Sallyport tests',
}

function serve(t: TestContext, listener: RequestListener): Promise<number> {
  return listenOn(t, createServer(listener))
}

async function listenOn(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

async function reasonFor(url: string, others: Partial<GuardedFetchSettings> = {}): Promise<string> {
  const answer = await createGuardedFetch({ ...settings, ...others })({ url })
  return answer.kind === 'refused' ? answer.reason : `answered ${answer.status}`
}

describe('the guarded client', () => {
  it('sends method, headers and body, and gives back status, headers and bytes', async t => {
    const port = await serve(t, async (request, response) => {
      const body = (await request.toArray()).join('')
      const { 'user-agent': agent, 'x-a': a, host } = request.headers
      response.writeHead(201, { 'x-b': '2' }).end(JSON.stringify({ method: request.method, body, agent, a, host }))
    })
    const answer = await createGuardedFetch(settings)({
      url: `http://127.0.0.1:${port}/x`,
      method: 'POST',
      headers: { 'x-a': '1' },
      body: 'ä=1',
    })
    assert.ok(answer.kind === 'answered')
    assert.deepEqual([answer.status, answer.headers['x-b']], [201, '2'])
    assert.deepEqual(JSON.parse(answer.body.toString()), {
      method: 'POST',
      body: 'ä=1',
      agent: 'Sallyport tests',
      a: '1',
      host: `127.0.0.1:${port}`,
    })
  })

  it('takes https only, unless http is allowed', async () => {
    assert.equal(await reasonFor('http://127.0.0.1:9/', { allowHttp: false }), 'not-https')
  })

  it('takes no other schemes, no user names, and nothing that is no URL', async () => {
    for (const url of ['file:///etc/passwd', 'ftp://example.com/', 'nonsense', 'https://user:secret@example.com/']) {
      assert.equal(await reasonFor(url), 'bad-url', url)
    }
  })

  it('asks no private address, in whatever way it is written', async t => {
    const port = await serve(t, (_request, response) => response.end('secret'))
    const none = { allowedPrivate: createAddressList([]) }
    for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '0', 'localhost']) {
      assert.equal(await reasonFor(`http://${host}:${port}/`, none), 'private-address', host)
    }
    assert.equal(await reasonFor('http://169.254.169.254/latest/meta-data/'), 'private-address')
  })

  it('names the setting that would allow a private address', async () => {
    const resolve = () => Promise.resolve([{ address: '10.0.0.5', family: 4 }])
    const detailOf = async (url: string) => {
      const answer = await createGuardedFetch({ ...settings, allowedPrivate: createAddressList([]), resolve })({ url })
      return answer.kind === 'refused' ? answer.detail : answer.kind
    }
    const lacking = 'and outbound.allow_private does not list it'
    assert.equal(await detailOf('http://10.0.0.5/'), `10.0.0.5 is a private address, ${lacking}`)
    assert.equal(await detailOf('http://idp.internal/'), `idp.internal has a private address (10.0.0.5), ${lacking}`)
  })

  it('asks a private address that is on the list', async t => {
    const port = await serve(t, (_request, response) => response.end('fine'))
    assert.equal(await reasonFor(`http://127.0.0.1:${port}/`), 'answered 200')
    assert.equal(await reasonFor(`http://[::ffff:127.0.0.1]:${port}/`), 'answered 200')
  })

  it('asks a name that may stand for a private address', async t => {
    const port = await serve(t, (_request, response) => response.end('fine'))
    const resolve = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }])
    const allowed = { allowedPrivate: createAddressList([]), allowedHosts: ['Upstream.internal'], resolve }
    assert.equal(await reasonFor(`http://upstream.internal:${port}/`, allowed), 'answered 200')
    assert.equal(await reasonFor(`http://other.internal:${port}/`, allowed), 'private-address')
  })

  it('connects to the address that was checked, whatever the name means a moment later', async t => {
    const port = await serve(t, (request, response) => response.end(request.headers.host))
    let lookups = 0
    const resolve = () => {
      lookups++
      return Promise.resolve([{ address: lookups === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }])
    }
    const answer = await createGuardedFetch({ ...settings, resolve })({ url: `http://upstream.example:${port}/` })
    assert.ok(answer.kind === 'answered')
    assert.equal(answer.body.toString(), `upstream.example:${port}`)
    assert.equal(lookups, 1)
  })

  it('leaves out the forbidden ones of several addresses', async t => {
    const port = await serve(t, (_request, response) => response.end())
    const resolve = () =>
      Promise.resolve([
        { address: '10.0.0.1', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ])
    assert.equal(await reasonFor(`http://upstream.example:${port}/`, { resolve }), 'answered 200')
  })

  it('follows no redirect', async t => {
    let requests = 0
    const port = await serve(t, (_request, response) => {
      requests++
      response.writeHead(302, { location: '/again' }).end()
    })
    assert.equal(await reasonFor(`http://127.0.0.1:${port}/`), 'answered 302')
    assert.equal(requests, 1)
  })

  it('reads no more than it may', async t => {
    const port = await serve(t, (_request, response) => {
      const flood = setInterval(() => response.write('x'.repeat(400)), 1)
      response.once('close', () => clearInterval(flood))
    })
    assert.equal(await reasonFor(`http://127.0.0.1:${port}/`), 'too-large')
  })

  it('waits no longer than it may: for the name, for the head, for the rest', async t => {
    const soon = { timeoutMs: 60 }
    assert.equal(await reasonFor('http://a.example/', { ...soon, resolve: () => new Promise(() => {}) }), 'timeout')
    const silent = await serve(t, () => {})
    assert.equal(await reasonFor(`http://127.0.0.1:${silent}/`, soon), 'timeout')
    const halting = await serve(t, (_request, response) => response.write('half'))
    assert.equal(await reasonFor(`http://127.0.0.1:${halting}/`, soon), 'timeout')
  })

  it('trusts the authorities of NODE_EXTRA_CA_CERTS, and no certificate that nobody vouches for', async t => {
    const fixture = (name: string) => join(import.meta.dirname, '../http/test-fixtures', name)
    const certificate = fixture('first.certificate.pem')
    const tls = { cert: await readFile(certificate), key: await readFile(fixture('first.key.pem')) }
    const port = await listenOn(
      t,
      createTlsServer(tls, (_request, response) => response.end('private')),
    )
    const url = `https://127.0.0.1:${port}/`
    assert.equal(await reasonFor(url), 'unreachable')
    // Node reads the variable when it starts, so the one who trusts is a process of its own.
    const program = `
      const [addresses, guardedFetch, url] = process.argv.slice(1)
      const { createAddressList } = await import(addresses)
      const { createGuardedFetch } = await import(guardedFetch)
      const allowedPrivate = createAddressList(['127.0.0.1'])
      const limits = { timeoutMs: 5000, maxBytes: 1000, userAgent: 'tests' }
      const answer = await createGuardedFetch({ allowHttp: false, allowedPrivate, ...limits })({ url })
      process.stdout.write(answer.kind === 'answered' ? answer.body.toString() : answer.detail)`
    const modules = ['./addresses.ts', './guarded-fetch.ts'].map(path => import.meta.resolve(path))
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: certificate }
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program, ...modules, url]
    const { stdout } = await promisify(execFile)(process.execPath, args, { env })
    assert.equal(stdout, 'private')
  })

  it('gives up what is no answer to a request, and nobody waits for it for ever (RFC 9110 §15.2.2)', async t => {
    // Written by hand: what node's own server would never say.
    const answers: readonly (readonly [says: string, reason: string])[] = [
      ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nhello', 'unreachable'],
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nNO\r\n', 'unreachable'],
      ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nhello', 'unreachable'],
      ['SSH-2.0-OpenSSH\r\n', 'unreachable'],
      [`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n`, 'unreachable'],
      ['HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1_000), 'timeout'],
    ]
    for (const [says, reason] of answers) {
      const server = createPlainServer(socket => {
        socket.on('error', () => {}).once('data', () => socket.write(says))
        t.after(() => socket.destroy())
      })
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      t.after(() => server.close())
      const { port } = server.address() as AddressInfo
      const timeoutMs = reason === 'timeout' ? 300 : 10_000
      assert.equal(await reasonFor(`http://127.0.0.1:${port}/`, { timeoutMs }), reason, says.slice(0, 60))
    }
  })

  it('says what it could not reach, without an exception', async t => {
    const port = await serve(t, request => request.socket.destroy())
    assert.equal(await reasonFor(`http://127.0.0.1:${port}/`), 'unreachable')
    assert.equal(await reasonFor('http://127.0.0.1:1/'), 'unreachable')
    const resolve = () => Promise.reject(new Error('ENOTFOUND'))
    assert.equal(await reasonFor('https://nowhere.example/', { resolve }), 'unreachable')
  })
})
