/** The one way out: every request that the server sends goes through here, so no address that somebody types in can reach our own network. */

import { lookup as systemLookup } from 'node:dns/promises'
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { type AddressList, isPrivateAddress } from './addresses.ts'

export interface OutboundRequest {
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** PEM. RFC 8705 §2: shown when the other side asks who we are. */
  readonly clientCertificate?: { readonly certificate: string; readonly key: string }
}

export interface OutboundAnswer {
  readonly kind: 'answered'
  /** 3xx as well: redirects are never followed. */
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface OutboundRefusal {
  readonly kind: 'refused'
  readonly reason: 'bad-url' | 'not-https' | 'private-address' | 'unreachable' | 'timeout' | 'too-large'
  /** For operators: names host, limit or setting; never what was sent or received. */
  readonly detail: string
}

export type GuardedFetch = (request: OutboundRequest) => Promise<OutboundAnswer | OutboundRefusal>

export interface ResolvedAddress {
  readonly address: string
  readonly family: number
}

export interface GuardedFetchSettings {
  readonly allowHttp: boolean
  /** Private addresses that may be reached all the same. */
  readonly allowedPrivate: AddressList
  /** Names that may stand for private addresses. */
  readonly allowedHosts?: readonly string[]
  /** From the look-up of the name to the last byte of the answer. */
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly userAgent: string
  /** The system's own resolver when absent. */
  readonly resolve?: (host: string) => Promise<readonly ResolvedAddress[]>
}

export function createGuardedFetch(settings: GuardedFetchSettings): GuardedFetch {
  return async request => {
    const url = checkUrl(request.url, settings)
    if (!(url instanceof URL)) return url
    const signal = AbortSignal.timeout(settings.timeoutMs)
    try {
      const addresses = await untilAborted(resolveHost(url, settings), signal)
      if ('kind' in addresses) return addresses
      const response = await send(request, url, addresses, settings, signal)
      return await receive(response, settings, signal)
    } catch (error) {
      if (signal.aborted) return refused('timeout', `${url.host} took longer than ${settings.timeoutMs} ms`)
      return refused('unreachable', `${url.host}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

function checkUrl(text: string, { allowHttp }: GuardedFetchSettings): URL | OutboundRefusal {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return refused('bad-url', 'the address is no http or https URL')
  }
  if (url.username !== '' || url.password !== '') return refused('bad-url', 'the address has a user name in it')
  if (url.protocol === 'http:' && !allowHttp) return refused('not-https', `${url.host} is not asked without https`)
  return url
}

async function resolveHost(
  url: URL,
  { allowedPrivate, allowedHosts = [], resolve = resolveBySystem }: GuardedFetchSettings,
): Promise<readonly ResolvedAddress[] | OutboundRefusal> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const version = isIP(host)
  const found = version === 0 ? await resolve(host) : [{ address: host, family: version }]
  const isAllowedHost = allowedHosts.some(name => name.toLowerCase() === host)
  const reachable = found.filter(
    ({ address }) => isAllowedHost || !isPrivateAddress(address) || allowedPrivate.has(address),
  )
  if (reachable.length > 0) return reachable
  if (found.length === 0) return refused('unreachable', `${host} has no address`)
  const what = version === 0 ? `${host} has a private address (${found[0]?.address})` : `${host} is a private address`
  return refused('private-address', `${what}, and outbound.allow_private does not list it`)
}

function resolveBySystem(host: string): Promise<readonly ResolvedAddress[]> {
  return systemLookup(host, { all: true })
}

function send(
  { method = 'GET', headers = {}, body, clientCertificate }: OutboundRequest,
  url: URL,
  addresses: readonly ResolvedAddress[],
  { userAgent }: GuardedFetchSettings,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  const options = {
    method,
    // No compression: what is limited is what is read, and a small bomb unpacks into a large one.
    headers: { 'accept-encoding': 'identity', 'user-agent': userAgent, ...headers },
    // The connection goes to an address that was checked, not to what the name means a moment later (DNS rebinding).
    lookup: pinnedLookup(addresses),
    agent: false as const,
    signal,
    ...(clientCertificate === undefined ? {} : { cert: clientCertificate.certificate, key: clientCertificate.key }),
  }
  return new Promise((resolve, reject) => {
    request(url, options, resolve)
      .on('error', reject)
      // RFC 9110 §15.2.2: nobody asked to speak another protocol. Without a listener there would be neither an answer nor an error, ever.
      .once('upgrade', (_response, socket) => {
        socket.destroy()
        reject(new Error('it wants to speak another protocol (101)'))
      })
      .end(body)
  })
}

function pinnedLookup(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const first = addresses[0]
    if (options.all === true) callback(null, [...addresses])
    else callback(null, first?.address ?? '', first?.family)
  }
}

async function receive(
  response: IncomingMessage,
  { maxBytes }: GuardedFetchSettings,
  signal: AbortSignal,
): Promise<OutboundAnswer | OutboundRefusal> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) {
      response.destroy()
      return refused('too-large', `the answer has more than ${maxBytes} bytes`)
    }
    chunks.push(chunk)
  }
  signal.throwIfAborted()
  return { kind: 'answered', status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function refused(reason: OutboundRefusal['reason'], detail: string): OutboundRefusal {
  return { kind: 'refused', reason, detail }
}
