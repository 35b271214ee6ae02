/** Tests of TLS without a proxy. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { connect } from 'node:tls'
import { silentLogger } from '../lib/logger.ts'
import { echo, readToEnd, startServer } from './test-fixtures/server-under-test.ts'
import { readCertificate, reloadOnChange } from './tls-certificate.ts'

const fixture = (name: string) => join(import.meta.dirname, 'test-fixtures', name)

async function someFiles(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-tls-'))
  t.after(() => rm(folder, { recursive: true }))
  const files = { certificateFile: join(folder, 'certificate.pem'), keyFile: join(folder, 'key.pem') }
  const use = async (name: 'first' | 'second'): Promise<void> => {
    await copyFile(fixture(`${name}.certificate.pem`), files.certificateFile)
    await copyFile(fixture(`${name}.key.pem`), files.keyFile)
  }
  await use('first')
  return { files, use }
}

async function handshake(t: TestContext, port: number) {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  t.after(() => socket.destroy())
  await once(socket, 'secureConnect')
  return { socket, name: socket.getPeerCertificate().subject.CN }
}

describe('TLS', () => {
  it('serves both lanes, and shuts down as gracefully', async t => {
    const { files } = await someFiles(t)
    const { port, server } = await startServer(t, { endpoints: [echo('/fast')], pages: [echo('/page')], tls: files })
    const { socket } = await handshake(t, port)
    for (const path of ['/fast', '/page']) {
      socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`)
      assert.match(String((await once(socket, 'data'))[0]), new RegExp(`"path":"${path}"`))
    }
    await server.close()
    await readToEnd(socket)
  })

  it('takes a renewed certificate for new connections when it is told to, and keeps the old one when the files are wrong', async t => {
    const { files, use } = await someFiles(t)
    const { port, server, lines } = await startServer(t, { tls: files })
    assert.equal((await handshake(t, port)).name, 'first test certificate')
    await use('second')
    await server.reloadCertificate()
    assert.equal((await handshake(t, port)).name, 'second test certificate')

    await copyFile(fixture('first.key.pem'), files.keyFile)
    await server.reloadCertificate()
    assert.equal((await handshake(t, port)).name, 'second test certificate')
    assert.ok(lines.some(line => line.level === 'error'))
  })

  it('notices by itself that the files changed', async t => {
    const { files, use } = await someFiles(t)
    const server = createServer(await readCertificate(files))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const reloader = reloadOnChange(server, files, silentLogger, 20)
    t.after(() => {
      reloader.stop()
      server.close()
    })
    await use('second')
    const { port } = server.address() as { port: number }
    await t.waitFor(async () => assert.equal((await handshake(t, port)).name, 'second test certificate'), {
      timeout: 5_000,
    })
  })

  it('does not start with a certificate and a key that do not belong together, and names both files', async () => {
    const files = { certificateFile: fixture('first.certificate.pem'), keyFile: fixture('second.key.pem') }
    await assert.rejects(readCertificate(files), /first\.certificate\.pem .*second\.key\.pem/)
  })
})
