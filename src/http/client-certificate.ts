/** The certificate of a client (RFC 8705): from our own TLS handshake, or from the header of a trusted proxy. Nobody else is believed. */

import { X509Certificate } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { HttpRequest } from './endpoint.ts'

export interface ClientCertificateSettings {
  /** Our own TLS asks for certificates. */
  readonly isAskedFor: boolean
  /** Lower-case name of the header in which a trusted proxy hands them on. */
  readonly proxyHeader?: string
  /** The proxy hands on only what leads to an authority it was given. */
  readonly isProxyVerifying: boolean
}

type Found = Pick<HttpRequest, 'clientCertificate' | 'isClientCertificateVerified'>

export type FindCertificate = (socket: Socket, headers: IncomingHttpHeaders, isProxied: boolean) => Found

const NONE: Found = {}

export function createCertificateFinder(settings: ClientCertificateSettings | undefined): FindCertificate {
  if (settings === undefined) return () => NONE
  const { isAskedFor, proxyHeader, isProxyVerifying } = settings
  // The handshake says the same for every request of a connection.
  const shaken = new WeakMap<Socket, Found>()
  return (socket, headers, isProxied) => {
    // RFC 9440 §4: only the proxy's own word counts. Its connection to us, with a certificate or without, says nothing of the client.
    if (isProxied) return proxyHeader === undefined ? NONE : fromHeader(headers[proxyHeader], isProxyVerifying)
    if (!isAskedFor || !(socket instanceof TLSSocket)) return NONE
    let found = shaken.get(socket)
    if (found === undefined) {
      found = fromHandshake(socket)
      shaken.set(socket, found)
    }
    return found
  }
}

function fromHandshake(socket: TLSSocket): Found {
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return NONE
  return { clientCertificate: certificate.raw, isClientCertificateVerified: socket.authorized }
}

function fromHeader(value: string | string[] | undefined, isVerified: boolean): Found {
  const der = typeof value === 'string' ? certificateInHeader(value) : undefined
  return der === undefined ? NONE : { clientCertificate: der, isClientCertificateVerified: isVerified }
}

/**
 * DER of the certificate in a proxy's header: `:base64:` (RFC 9440 §2.2), URL-encoded PEM (nginx `$ssl_client_escaped_cert`, HAProxy,
 * Traefik without its markers), or Envoy's `x-forwarded-client-cert`. Nothing when it is none of these, or names two.
 */
export function certificateInHeader(value: string): Buffer | undefined {
  const item = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(value)?.[1]
  if (item !== undefined) return parse(Buffer.from(item, 'base64'))
  return pemInText(envoyCertificate(value) ?? value)
}

/** `By=…;Hash=…;Cert="…", …`: each proxy appends an element, and only the last is by the one that we trust. */
function envoyCertificate(value: string): string | undefined {
  const last = splitOutsideQuotes(value, ',').at(-1) ?? ''
  for (const pair of splitOutsideQuotes(last, ';')) {
    const quoted = /^\s*Cert="([^"\\]*)"\s*$/i.exec(pair)?.[1]
    if (quoted !== undefined) return quoted
  }
  return undefined
}

function splitOutsideQuotes(text: string, separator: string): readonly string[] {
  const parts: string[] = []
  let start = 0
  let isQuoted = false
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') isQuoted = !isQuoted
    else if (text[at] === separator && !isQuoted) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  return [...parts, text.slice(start)]
}

const PEM = /^\s*-----BEGIN CERTIFICATE-----\s*([A-Za-z0-9+/=\s]+?)\s*-----END CERTIFICATE-----\s*$/

function pemInText(text: string): Buffer | undefined {
  let decoded: string
  try {
    // A plus is itself here: it belongs to the base64.
    decoded = decodeURIComponent(text)
  } catch {
    return undefined
  }
  const body = PEM.exec(decoded)?.[1]
  return body === undefined ? undefined : parse(Buffer.from(body, 'base64'))
}

/** As the certificate says itself: what stands behind it is left out, so that its thumbprint has one value. */
function parse(bytes: Buffer): Buffer | undefined {
  try {
    return new X509Certificate(bytes).raw
  } catch {
    return undefined
  }
}
