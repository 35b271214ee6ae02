/** Tests of the shutdown: nobody is cut off, nobody holds it up. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import type { Endpoint, Reply } from './endpoint.ts'
import { emptyReply } from './replies.ts'
import { echo, openSocket, readToEnd, startServer } from './test-fixtures/server-under-test.ts'

function held(path: string) {
  const arrived = Promise.withResolvers<void>()
  const released = Promise.withResolvers<Reply>()
  const endpoint: Endpoint = {
    name: 'held',
    path,
    methods: ['GET'],
    handle() {
      arrived.resolve()
      return released.promise
    },
  }
  return { endpoint, arrived: arrived.promise, release: () => released.resolve({ ...emptyReply(200), body: 'done' }) }
}

describe('a shutdown', () => {
  for (const lane of ['endpoints', 'pages'] as const) {
    it(`answers a request in flight, ends its connection, and takes no new one (${lane})`, async t => {
      const { endpoint, arrived, release } = held('/held')
      const { server, port } = await startServer(t, { [lane]: [endpoint] })
      const socket = await openSocket(t, port)
      socket.write('GET /held HTTP/1.1\r\nhost: x\r\n\r\n')
      await arrived
      let isClosed = false
      const closing = server.close().then(() => {
        isClosed = true
      })
      const [refusal] = await once(connect(port, '127.0.0.1'), 'error')
      assert.equal(refusal.code, 'ECONNREFUSED')
      assert.equal(isClosed, false)
      release()
      const text = await readToEnd(socket)
      assert.match(text, /^HTTP\/1\.1 200 .*\r\nconnection: close\r\n.*done$/is)
      await closing
    })
  }

  it('does not wait for idle connections, whether they were used before or not', async t => {
    const patient = { shutdownTimeoutMs: 3_600_000 }
    const { server, port } = await startServer(t, { endpoints: [echo('/fast')], limits: patient })
    const used = await openSocket(t, port)
    used.write('GET /fast HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(used, 'data')
    const unused = await openSocket(t, port)
    await server.close()
    await Promise.all([used, unused].map(readToEnd))
  })

  it('does not wait longer than it may', async t => {
    const { endpoint, arrived } = held('/held')
    const { server, port } = await startServer(t, { endpoints: [endpoint], limits: { shutdownTimeoutMs: 100 } })
    const socket = await openSocket(t, port)
    socket.write('GET /held HTTP/1.1\r\nhost: x\r\n\r\n')
    await arrived
    await server.close()
    assert.equal(await readToEnd(socket), '')
  })

  it('is one, however often it is asked for', async t => {
    const { server } = await startServer(t)
    await Promise.all([server.close(), server.close()])
  })
})
