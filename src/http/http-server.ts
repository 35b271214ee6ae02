/** The server: one port, two lanes. Protocol endpoints are served straight from node:http, pages and the rest by way of a framework. */

import { createServer as createPlainServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer, Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import type { AddressList } from '../lib/addresses.ts'
import type { Logger } from '../lib/logger.ts'
import type { Metrics } from '../lib/metrics.ts'
import type { Random } from '../lib/random.ts'
import { createAccessLog } from './access-log.ts'
import { createOriginFinder } from './client-address.ts'
import { type ClientCertificateSettings, createCertificateFinder } from './client-certificate.ts'
import { createDispatcher } from './dispatcher.ts'
import type { RenderErrorPage } from './error-page.ts'
import { createFailureReplies } from './failure-replies.ts'
import { createFastLane } from './fast-lane.ts'
import { shutDown } from './graceful-shutdown.ts'
import { DEFAULT_LIMITS, type HttpLimits } from './limits.ts'
import { createPageLane } from './page-lane.ts'
import { createReplyWriter } from './reply-writer.ts'
import { createRequestIds } from './request-id.ts'
import { createRouteTable } from './route-table.ts'
import type { RouteLists } from './routes.ts'
import { createSecurityHeaders } from './security-headers.ts'
import { type CertificateReloader, readCertificate, reloadOnChange, type TlsFiles } from './tls-certificate.ts'
import { createVisits } from './visit.ts'

export interface HttpServerSettings extends RouteLists {
  /** Empty, or `/auth`. */
  readonly issuerPath: string
  readonly issuerIsHttps: boolean
  readonly listen: { readonly host: string; readonly port: number }
  readonly tls?: TlsFiles
  readonly trustedProxies: AddressList
  /** How client certificates come here (RFC 8705); absent: not at all. */
  readonly clientCertificates?: ClientCertificateSettings
  readonly errorPage: RenderErrorPage
  /** Requests are logged at `info`; otherwise at `debug`. */
  readonly logRequests: boolean
  readonly limits?: Partial<HttpLimits>
  readonly logger: Logger
  readonly metrics: Metrics
  readonly random: Random
}

export interface HttpServer {
  /** The port that was bound, when `listen.port` is 0. Rejects when the address is taken or not ours. */
  listen(): Promise<{ readonly host: string; readonly port: number }>
  /**
   * From the next request on these endpoints answer; those in flight end as they began. Throws, and changes nothing, when the pages stand
   * at other paths than before.
   */
  replaceRoutes(lists: RouteLists): void
  /** After it resolves no request is in flight. A second call waits for the same end. */
  close(): Promise<void>
  /** Takes the TLS files as they are now; nothing without TLS. */
  reloadCertificate(): Promise<void>
}

export async function createHttpServer(settings: HttpServerSettings): Promise<HttpServer> {
  const limits = { ...DEFAULT_LIMITS, ...settings.limits }
  const certificate = settings.tls === undefined ? undefined : await readCertificate(settings.tls)
  let closing: Promise<void> | undefined
  const { server, pageLane, replaceRoutes } = await assemble(settings, limits, certificate, () => closing !== undefined)
  let reloader: CertificateReloader | undefined
  if (settings.tls !== undefined && server instanceof TlsServer) {
    reloader = reloadOnChange(server, settings.tls, settings.logger)
  }
  const end = async (): Promise<void> => {
    reloader?.stop()
    await shutDown(server, limits.shutdownTimeoutMs)
    await pageLane.close()
  }
  return {
    listen: () => listen(server, settings.listen),
    replaceRoutes,
    close() {
      closing ??= end()
      return closing
    },
    async reloadCertificate() {
      await reloader?.reload()
    },
  }
}

async function assemble(
  settings: HttpServerSettings,
  limits: HttpLimits,
  certificate: SecureContextOptions | undefined,
  isClosing: () => boolean,
) {
  const { issuerPath, issuerIsHttps, trustedProxies, metrics, random } = settings
  const table = createRouteTable(settings, issuerPath, metrics)
  const { routes, pages, endpointAt, replaceRoutes } = table
  const failures = createFailureReplies(settings)
  const writer = createReplyWriter(createSecurityHeaders(issuerIsHttps), isClosing)
  const { dispatch, visitOf } = createDispatcher({
    routes,
    fastLane: createFastLane(failures, limits.bodyBytes),
    openVisit: createVisits({
      findOrigin: createOriginFinder(trustedProxies),
      findCertificate: createCertificateFinder(settings.clientCertificates),
      nextRequestId: createRequestIds(random),
      issuerPath,
      onUnverifiedForward: warnOnce(settings.logger),
    }),
    writer,
    failures,
    observeUnknown: metrics.forEndpoint('unknown'),
    logAccess: createAccessLog(settings.logger, settings.logRequests),
  })
  const largestBody = Math.max(limits.bodyBytes, ...settings.endpoints.map(({ bodyBytes = 0 }) => bodyBytes))
  let server: Server | undefined
  const pageLane = await createPageLane({
    pages,
    endpointAt,
    visitOf,
    failures,
    writer,
    bodyBytes: limits.bodyBytes,
    createServer(framework) {
      const asksForCertificate = settings.tls?.requestsClientCertificate === true
      server = openServer(dispatch(framework), { ...limits, bodyBytes: largestBody }, certificate, asksForCertificate)
      return server
    },
  })
  if (server === undefined) throw new Error('the framework asked for no server')
  return { server, pageLane, replaceRoutes }
}

/** Behind a proxy that is not trusted everybody has the proxy's address: throttling would take all people for one. */
function warnOnce(logger: Logger): (address: string) => void {
  let warned = false
  return address => {
    if (warned) return
    warned = true
    logger.warn({ address }, 'forwarding headers come from an address that is not in proxies.trusted, and are ignored')
  }
}

function openServer(
  listener: RequestListener,
  limits: HttpLimits,
  certificate: SecureContextOptions | undefined,
  asksForCertificate: boolean,
): Server {
  const options = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.checkEveryMs,
    noDelay: true,
  }
  const server =
    certificate === undefined
      ? createPlainServer(options, listener)
      : createTlsServer(
          {
            ...options,
            ...certificate,
            handshakeTimeout: limits.headersTimeoutMs,
            // RFC 8705 §2: whether a certificate is needed depends on the client, which is known later; browsers have none.
            requestCert: asksForCertificate,
            rejectUnauthorized: false,
          },
          listener,
        )
  // A visitor who is told to continue sends what we would not read: the size is known before.
  server.on('checkContinue', (raw: IncomingMessage, response) => {
    const isTooLarge = Number(raw.headers['content-length']) > limits.bodyBytes
    if (!isTooLarge) response.writeContinue()
    listener(raw, response)
  })
  return server
}

function listen(server: Server, { host, port }: HttpServerSettings['listen']) {
  return new Promise<{ readonly host: string; readonly port: number }>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', reject)
      const bound = server.address() as AddressInfo
      resolve({ host: bound.address, port: bound.port })
    })
  })
}
