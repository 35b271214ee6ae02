/** A token for the admin API by the client credentials grant (RFC 6749 §4.4), from what the issuer says of itself (OIDC Discovery §4). */

import { AdminProblem } from './admin-client.ts'
import { away } from './http-problem.ts'
import { API_PATH } from './http-transport.ts'
import { parseServerUrl } from './server-url.ts'

const TIMEOUT_MS = 20_000

export interface TokenRequest {
  /** Checked: https, or loopback. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** RFC 8707 §2: what the token is for. */
  readonly resource: string
  readonly fetch: typeof globalThis.fetch
  readonly timeoutMs?: number
}

export interface ClientCredentials {
  /** The issuer: `https://id.example.com`. */
  readonly server: string
  readonly clientId: string
  readonly clientSecret: string
  /** Every request goes through it: `globalThis.fetch`. */
  readonly fetch: typeof globalThis.fetch
  readonly timeoutMs?: number
}

/** For `authorize` of `httpTransport`: a token of the app's own, and another one when that does not count any more. */
export function clientCredentials({
  server,
  ...credentials
}: ClientCredentials): (refused: boolean) => Promise<Readonly<Record<string, string>>> {
  const issuer = parseServerUrl(server)
  let token: Promise<string> | undefined
  return async refused => {
    if (refused) token = undefined
    token ??= requestToken({ ...credentials, issuer, resource: `${issuer}${API_PATH}` })
    try {
      return { authorization: `Bearer ${await token}` }
    } catch (error) {
      // Whoever asks next may have more luck.
      token = undefined
      throw error
    }
  }
}

export async function requestToken(request: TokenRequest): Promise<string> {
  const { issuer, clientId, clientSecret, resource } = request
  const endpoint = await findTokenEndpoint(request)
  const answer = await ask(
    endpoint,
    {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        authorization: basic(clientId, clientSecret),
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource }).toString(),
    },
    request,
  )
  const { access_token: token, error, error_description: description } = answer.members
  if (answer.ok && typeof token === 'string' && token !== '') return token
  const code = typeof error === 'string' ? error : `${answer.status}`
  const why = typeof description === 'string' ? `: ${description}` : ''
  throw new AdminProblem('unauthenticated', `${issuer} gives the client ${clientId} no token (${code}${why})`)
}

async function findTokenEndpoint(request: TokenRequest): Promise<string> {
  const { issuer } = request
  const { ok, status, members } = await ask(`${issuer}/.well-known/openid-configuration`, {}, request)
  if (!ok) throw new AdminProblem('unavailable', `${issuer} answered ${status} to discovery: is this the issuer?`)
  // OIDC Discovery §4.3: the issuer MUST be the one that was asked, or the secret would go where somebody else says.
  if (members.issuer !== issuer) {
    const named = typeof members.issuer === 'string' ? members.issuer : 'nothing'
    throw new AdminProblem('unavailable', `the server at ${issuer} calls itself ${named}: name it so`)
  }
  const endpoint = typeof members.token_endpoint === 'string' ? members.token_endpoint : ''
  if (URL.parse(endpoint)?.origin !== new URL(issuer).origin) {
    throw new AdminProblem('unavailable', `the token endpoint of ${issuer} is elsewhere: the secret stays here`)
  }
  return endpoint
}

interface Answered {
  readonly ok: boolean
  readonly status: number
  readonly members: Readonly<Record<string, unknown>>
}

async function ask(url: string, init: RequestInit, { fetch, timeoutMs = TIMEOUT_MS }: TokenRequest): Promise<Answered> {
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
    return { ok: response.ok, status: response.status, members: objectOf(await response.text()) }
  } catch (error) {
    throw away(new URL(url).origin, error, timeoutMs)
  }
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** RFC 6749 §2.3.1: both are form-encoded before they are put together. */
function basic(clientId: string, clientSecret: string): string {
  const encoded = [clientId, clientSecret].map(text => new URLSearchParams({ '': text }).toString().slice(1))
  return `Basic ${btoa(encoded.join(':'))}`
}
