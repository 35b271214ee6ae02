/** A server of documents on loopback: what apps keep on their own servers, and what a test wants to go wrong there. */

import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'

export interface DocumentAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

export interface LoopbackDocuments {
  url(path: string): string
  /** As JSON. */
  answer(path: string, document: unknown, headers?: Readonly<Record<string, string>>): void
  /** To the last byte. */
  answerWith(path: string, answer: DocumentAnswer): void
  remove(path: string): void
  /** How often a path was asked for. */
  asked(path: string): number
  close(): Promise<void>
}

const FIXTURES = join(import.meta.dirname, '../../src/http/test-fixtures')

export async function startLoopbackDocuments({ tls = false } = {}): Promise<LoopbackDocuments> {
  const answers = new Map<string, DocumentAnswer>()
  const counts = new Map<string, number>()
  const listener: RequestListener = (request, response) => {
    const path = request.url ?? '/'
    counts.set(path, (counts.get(path) ?? 0) + 1)
    const { status = 200, headers = {}, body } = answers.get(path) ?? { status: 404, body: '' }
    response.writeHead(status, headers).end(body)
  }
  const server = tls ? createTlsServer(trustedCertificate(), listener) : createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const origin = `${tls ? 'https' : 'http'}://localhost:${(server.address() as AddressInfo).port}`
  const answerWith = (path: string, answer: DocumentAnswer): void => {
    answers.set(path, answer)
  }
  return {
    url: path => origin + path,
    answer: (path, document, headers = {}) =>
      answerWith(path, { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(document) }),
    answerWith,
    remove(path) {
      answers.delete(path)
    },
    asked: path => counts.get(path) ?? 0,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** For `localhost`; this process trusts it from now on. */
function trustedCertificate(): { readonly cert: string; readonly key: string } {
  const cert = readFileSync(join(FIXTURES, 'first.certificate.pem'), 'utf8')
  setDefaultCACertificates([...getCACertificates('default'), cert])
  return { cert, key: readFileSync(join(FIXTURES, 'first.key.pem'), 'utf8') }
}
