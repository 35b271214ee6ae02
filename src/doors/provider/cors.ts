/** Cross-origin requests of browser apps (Fetch standard): from the origins of their own redirect URIs, and never with cookies. */

import type { Client } from '../../core/clients/client.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import { emptyReply, type Headers } from '../../http/replies.ts'

/** For documents that are the same for everybody. */
export const ANY_ORIGIN: Headers = { 'access-control-allow-origin': '*' }

/** A preflight carries no client_id, so it only says what may be sent; the answer itself is readable to the client's own origins alone. */
export function preflight(request: HttpRequest, methods: string): Reply {
  if (request.origin === undefined) return emptyReply(204, { allow: methods })
  return emptyReply(204, {
    'access-control-allow-origin': request.origin,
    'access-control-allow-methods': methods,
    'access-control-allow-headers': 'authorization, content-type, dpop',
    'access-control-max-age': '3600',
    vary: 'Origin',
  })
}

/** What a browser app may read of an answer besides its body (RFC 9449 §8: DPoP-Nonce). */
export const READABLE_HEADERS = 'dpop-nonce, www-authenticate, x-trace-code'

export function corsHeaders(request: HttpRequest, client: Client | undefined): Headers {
  const { origin } = request
  if (origin === undefined || client === undefined) return {}
  return mayRead(client, origin)
    ? {
        'access-control-allow-origin': origin,
        'access-control-expose-headers': READABLE_HEADERS,
        vary: 'Origin',
      }
    : { vary: 'Origin' }
}

const allowedOrigins = new WeakMap<Client, ReadonlySet<string>>()

function mayRead(client: Client, origin: string): boolean {
  let origins = allowedOrigins.get(client)
  if (origins === undefined) {
    const uris = [...client.redirectUris, ...client.postLogoutRedirectUris]
    origins = new Set(uris.map(originOf).filter(value => value !== 'null'))
    allowedOrigins.set(client, origins)
  }
  return origins.has(origin)
}

function originOf(uri: string): string {
  return URL.canParse(uri) ? new URL(uri).origin : 'null'
}
