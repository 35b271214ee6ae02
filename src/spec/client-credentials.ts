/** How a client says who it is (RFC 6749 §2.3, OIDC Core §9): reads the presented credentials, decides nothing about them. */

import type { Params } from './params.ts'
import { type Refusal, refuse } from './refusal.ts'

export type PresentedCredentials =
  | { readonly method: 'none'; readonly clientId: string }
  | {
      readonly method: 'client_secret_basic' | 'client_secret_post'
      readonly clientId: string
      readonly secret: string
    }

export const TOKEN_ENDPOINT_AUTH_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'attest_jwt_client_auth',
  'none',
] as const

export function parseClientCredentials(
  authorization: string | undefined,
  params: Params,
): PresentedCredentials | Refusal {
  const clientId = params.get('client_id')
  const secret = params.get('client_secret')
  if (authorization !== undefined) {
    const basic = parseBasic(authorization)
    if (basic === undefined) {
      return refuse(
        'invalid_client',
        'the Authorization header is not valid Basic authentication',
        'RFC 6749 §2.3.1 client_secret_basic',
      )
    }
    // RFC 6749 §2.3: a client MUST NOT use more than one authentication method in each request.
    if (secret !== undefined || params.get('client_assertion') !== undefined) {
      return refuse(
        'invalid_request',
        'more than one client authentication method was used',
        'RFC 6749 §2.3 one authentication method',
      )
    }
    if (clientId !== undefined && clientId !== basic.clientId) {
      return refuse('invalid_request', 'client_id differs from the Authorization header', 'RFC 6749 §2.3 one client')
    }
    return { method: 'client_secret_basic', ...basic }
  }
  if (params.get('client_assertion') !== undefined) {
    return refuse('invalid_client', 'client assertions are not supported', 'RFC 7523 §2.2 client_assertion')
  }
  if (clientId === undefined) {
    return refuse('invalid_client', 'client authentication is missing', 'RFC 6749 §3.2.1 client authentication')
  }
  return secret === undefined ? { method: 'none', clientId } : { method: 'client_secret_post', clientId, secret }
}

/** RFC 6749 §2.3.1: `Basic base64(urlencode(client_id) ":" urlencode(client_secret))`. */
function parseBasic(authorization: string): { readonly clientId: string; readonly secret: string } | undefined {
  const space = authorization.indexOf(' ')
  if (space === -1 || authorization.slice(0, space).toLowerCase() !== 'basic') return undefined
  const pair = Buffer.from(authorization.slice(space + 1).trim(), 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  if (colon < 1) return undefined
  const clientId = formDecode(pair.slice(0, colon))
  const secret = formDecode(pair.slice(colon + 1))
  return clientId === undefined || secret === undefined ? undefined : { clientId, secret }
}

function formDecode(text: string): string | undefined {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // Many clients skip the encoding that RFC 6749 §2.3.1 asks for: a stray % is then part of the secret itself.
    return text
  }
}
