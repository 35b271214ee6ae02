/** One request on its way through the server: parsed once, whichever lane answers it. */

import type { IncomingMessage } from 'node:http'
import type { FindOrigin } from './client-address.ts'
import type { FindCertificate } from './client-certificate.ts'
import type { HttpRequest, Method } from './endpoint.ts'
import type { NextRequestId } from './request-id.ts'
import type { RequestTarget } from './request-target.ts'

/** The body is added when it has been read. */
export type OpenVisit = (raw: IncomingMessage, target: RequestTarget) => HttpRequest

export interface VisitPorts {
  readonly findOrigin: FindOrigin
  readonly nextRequestId: NextRequestId
  readonly findCertificate: FindCertificate
  readonly issuerPath: string
  /** Forwarding headers came from this peer, which is no trusted proxy. Called for every such request. */
  readonly onUnverifiedForward: (address: string) => void
}

export function createVisits(ports: VisitPorts): OpenVisit {
  const { findOrigin, findCertificate, nextRequestId, issuerPath, onUnverifiedForward } = ports
  return (raw, target) => {
    const { headers } = raw
    const { address, isProxied, isUnverifiedForward } = findOrigin(raw.socket, headers)
    if (isUnverifiedForward) onUnverifiedForward(address)
    return {
      method: methodOf(raw.method),
      path: belowIssuer(target.path, issuerPath),
      query: target.query,
      body: '',
      contentType: mediaType(headers['content-type']),
      authorization: headers.authorization,
      cookie: headers.cookie,
      origin: headers.origin,
      userAgent: headers['user-agent'] ?? '',
      acceptLanguage: headers['accept-language'] ?? '',
      address,
      isUnverifiedForward,
      requestId: nextRequestId(headers, isProxied),
      ifNoneMatch: headers['if-none-match'],
      header: name => {
        const value = headers[name]
        return Array.isArray(value) ? value.join(', ') : value
      },
      ...findCertificate(raw.socket, headers, isProxied),
    }
  }
}

// RFC 9110 §9.3.2: HEAD is GET without the content of the answer. Other methods never get as far as an endpoint.
function methodOf(method: string | undefined): Method {
  return method !== undefined && isMethod(method) ? method : 'GET'
}

const METHODS: readonly string[] = ['POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'] satisfies readonly Method[]

function isMethod(method: string): method is Method {
  return METHODS.includes(method)
}

function belowIssuer(path: string, issuerPath: string): string {
  if (issuerPath === '' || !path.startsWith(issuerPath)) return path
  return path[issuerPath.length] === '/' ? path.slice(issuerPath.length) : path
}

const FORM = 'application/x-www-form-urlencoded'

/** RFC 9110 §8.3.1: type and subtype are compared without regard to case; parameters are for others. */
function mediaType(header: string | undefined): string {
  if (header === undefined) return ''
  if (header === FORM) return FORM
  const end = header.indexOf(';')
  return (end === -1 ? header : header.slice(0, end)).trim().toLowerCase()
}

export function isForm(contentType: string): boolean {
  return contentType === FORM
}

export function isJson(contentType: string): boolean {
  return contentType === 'application/json'
}
