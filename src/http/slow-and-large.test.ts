/** Tests of visitors who are slow, too large or go away: over raw sockets. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { echo, openSocket, readToEnd, startServer } from './test-fixtures/server-under-test.ts'

const both = { endpoints: [echo('/fast')], pages: [echo('/page')] }
const impatient = { headersTimeoutMs: 150, requestTimeoutMs: 300, checkEveryMs: 50 }
const FORM = 'content-type: application/x-www-form-urlencoded\r\n'

describe('a slow visitor', () => {
  it('who never ends the headers is shown out', async t => {
    const { port } = await startServer(t, { ...both, limits: impatient })
    const socket = await openSocket(t, port)
    socket.write('GET /fast HTTP/1.1\r\nhost: x\r\n')
    const drip = setInterval(() => socket.write('x-a: b\r\n'), 20)
    t.after(() => clearInterval(drip))
    assert.match(await readToEnd(socket), /^HTTP\/1\.1 408 /)
  })

  for (const path of ['/fast', '/page']) {
    it(`who never ends a body for ${path} is shown out`, async t => {
      const { port } = await startServer(t, { ...both, limits: impatient })
      const socket = await openSocket(t, port)
      socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\n${FORM}content-length: 1000\r\n\r\n`)
      const drip = setInterval(() => socket.write('a'), 20)
      t.after(() => clearInterval(drip))
      assert.match(await readToEnd(socket), /^HTTP\/1\.1 408 /)
    })

    it(`who goes away in the middle of a body for ${path} does no harm`, async t => {
      const { port, origin, lines } = await startServer(t, both)
      const socket = await openSocket(t, port)
      socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\n${FORM}content-length: 1000\r\n\r\nhalf`)
      socket.destroy()
      assert.equal((await fetch(origin + path)).status, 200)
      assert.ok(!lines.some(line => line.level === 'error'))
    })
  }
})

describe('a large request', () => {
  it('with more than 16 KiB of headers is refused with 431', async t => {
    const { port } = await startServer(t, both)
    const socket = await openSocket(t, port)
    socket.write(`GET /fast HTTP/1.1\r\nhost: x\r\nx-large: ${'a'.repeat(17 * 1024)}\r\n\r\n`)
    assert.match(await readToEnd(socket), /^HTTP\/1\.1 431 /)
  })

  it('that asks before it sends is told no at once (RFC 9110 §10.1.1)', async t => {
    const { port } = await startServer(t, both)
    for (const path of ['/fast', '/page']) {
      const socket = await openSocket(t, port)
      const head = `${FORM}content-length: 1000000\r\nexpect: 100-continue\r\nconnection: close\r\n`
      socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\n${head}\r\n`)
      assert.match(await readToEnd(socket), /^HTTP\/1\.1 413 /)
    }
  })

  it('gets its 413 even while it is still being sent, and is cut off when it never ends', async t => {
    const { port } = await startServer(t, { ...both, limits: { bodyBytes: 1024 } })
    const socket = await openSocket(t, port)
    socket.write(`POST /fast HTTP/1.1\r\nhost: x\r\n${FORM}transfer-encoding: chunked\r\n\r\n`)
    const chunk = `2000\r\n${'a'.repeat(0x2000)}\r\n`
    const flood = setInterval(() => socket.write(chunk), 1)
    t.after(() => clearInterval(flood))
    assert.match(await readToEnd(socket), /^HTTP\/1\.1 413 /)
  })
})

describe('a request that is two at once', () => {
  it('is refused: both lengths (RFC 9112 §6.1), two lengths, a bare line feed in a header', async t => {
    const { port } = await startServer(t, both)
    for (const headers of [
      'content-length: 5\r\ntransfer-encoding: chunked\r\n',
      'content-length: 5\r\ncontent-length: 6\r\n',
      'x-a: b\nx-c: d\r\n',
    ]) {
      const socket = await openSocket(t, port)
      socket.write(
        `POST /fast HTTP/1.1\r\nhost: x\r\n${FORM}${headers}\r\n0\r\n\r\nGET /page HTTP/1.1\r\nhost: x\r\n\r\n`,
      )
      const text = await readToEnd(socket)
      assert.match(text, /^HTTP\/1\.1 400 /, headers)
      assert.equal(text.split('HTTP/1.1 ').length, 2)
    }
  })
})
