/** What a client keeps on its own server: documents on loopback, and who asked for them. */

import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ServedDocument {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

export interface DocumentServer {
  readonly origin: string
  /** Path → what stands there now. */
  readonly documents: Map<string, ServedDocument>
  /** Targets of the requests that came, in order. */
  readonly asked: { readonly target: string; readonly headers: IncomingMessage['headers'] }[]
  close(): Promise<void>
}

export async function startDocumentServer(): Promise<DocumentServer> {
  const documents = new Map<string, ServedDocument>()
  const asked: DocumentServer['asked'] = []
  const server = createServer((request, response) => {
    const target = request.url ?? ''
    asked.push({ target, headers: request.headers })
    const found = documents.get(target)
    response.writeHead(found === undefined ? 404 : (found.status ?? 200), found?.headers ?? {}).end(found?.body ?? '')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    documents,
    asked,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
