/** A real server on a free port of loopback, and a client that writes raw bytes: what HTTP libraries would put right stays wrong. */

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { createAddressList } from '../../lib/addresses.ts'
import { createLogger } from '../../lib/logger.ts'
import { createMetrics } from '../../lib/metrics.ts'
import { createSystemRandom } from '../../lib/random.ts'
import type { Endpoint, HttpRequest, Reply } from '../endpoint.ts'
import type { RenderErrorPage } from '../error-page.ts'
import { createHttpServer, type HttpServer, type HttpServerSettings } from '../http-server.ts'
import { htmlReply } from '../replies.ts'

export interface ServerUnderTest {
  readonly server: HttpServer
  readonly port: number
  readonly origin: string
  /** What it wrote to its log. */
  readonly lines: Record<string, unknown>[]
  readonly metrics: HttpServerSettings['metrics']
}

export async function startServer(
  t: TestContext,
  settings: Partial<HttpServerSettings> & { readonly proxies?: readonly string[] } = {},
): Promise<ServerUnderTest> {
  const lines: Record<string, unknown>[] = []
  const metrics = createMetrics({ withProcess: false })
  const { proxies = [], ...others } = settings
  const server = await createHttpServer({
    endpoints: [],
    pages: [],
    issuerPath: '',
    issuerIsHttps: false,
    listen: { host: '127.0.0.1', port: 0 },
    trustedProxies: createAddressList(proxies),
    errorPage: plainErrorPage,
    logRequests: true,
    logger: createLogger('info', { write: line => lines.push(JSON.parse(line)) }),
    metrics,
    random: createSystemRandom(),
    ...others,
    limits: { shutdownTimeoutMs: 2_000, ...others.limits },
  })
  const { port } = await server.listen()
  t.after(() => server.close())
  return { server, port, origin: `http://127.0.0.1:${port}`, lines, metrics }
}

export const plainErrorPage: RenderErrorPage = (_request, { status, kind, traceCode }) =>
  htmlReply(status, `<p>${kind} ${traceCode ?? ''}</p>`)

/** Answers with what it was asked, as JSON. */
export function echo(path: string, methods: Endpoint['methods'] = ['GET', 'POST', 'OPTIONS']): Endpoint {
  return {
    name: `echo${path.replaceAll('/', '-')}`,
    path,
    methods,
    handle: request => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    }),
  }
}

export function fixed(path: string, reply: Reply): Endpoint {
  return { name: 'fixed', path, methods: ['GET', 'POST'], handle: () => reply }
}

export async function echoed(response: Response): Promise<HttpRequest> {
  return (await response.json()) as HttpRequest
}

export async function openSocket(t: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  // A server that has heard enough may reset the connection.
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** All that comes until the server ends the connection. */
export async function readToEnd(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', chunk => {
    text += chunk
  })
  // Not events.once: a reset is an end as well.
  if (!socket.closed) await new Promise(resolve => socket.once('close', resolve))
  return text
}
