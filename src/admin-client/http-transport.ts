/** The way to a running server: operations as requests below `/api/admin/v1`, answers and problems (RFC 9457) as values. */

import { type AdminAnswer, type AdminCall, AdminProblem, type AdminTransport } from './admin-client.ts'
import { away, readProblem, unreadable } from './http-problem.ts'
import { OPERATION_PLACES } from './operations.ts'
import { parseServerUrl } from './server-url.ts'

export const API_PATH = '/api/admin/v1'
/** A JSON list of sentences, with `\u` for what a header cannot carry: answers without a body have warnings, too. */
export const WARNINGS_HEADER = 'sallyport-warnings'

const STANDARD_TIMEOUT_MS = 60_000

export interface HttpTransportSettings {
  /** The issuer: `https://id.example.com`. */
  readonly server: string
  /** An access token for `${server}/api/admin/v1`. */
  readonly token?: string
  /** Instead of a token: the headers that say who asks. `refused`: those before did not count (any more). */
  readonly authorize?: (refused: boolean) => Promise<Readonly<Record<string, string>>>
  /** Every request goes through it: `globalThis.fetch`. */
  readonly fetch: typeof globalThis.fetch
  readonly timeoutMs?: number
}

export function httpTransport(settings: HttpTransportSettings): AdminTransport {
  const server = parseServerUrl(settings.server)
  const { token, authorize = async () => bearer(token) } = settings
  return {
    async send(name, call) {
      const place = OPERATION_PLACES[name]
      const url = `${server}${API_PATH}${pathOf(place.path, call)}${queryOf(call)}`
      const request = async (refused: boolean): Promise<Response> =>
        sendTo(
          url,
          { ...requestOf(place.method, call), headers: headersOf(place.method, call, await authorize(refused)) },
          settings,
        )
      const first = await request(false)
      const isRenewable = first.status === 401 && settings.authorize !== undefined
      return readAnswer(isRenewable ? await request(true) : first, server)
    },
  }
}

async function sendTo(
  url: string,
  init: RequestInit,
  { fetch, timeoutMs = STANDARD_TIMEOUT_MS }: HttpTransportSettings,
): Promise<Response> {
  try {
    // A redirect would carry the token to whoever it names.
    return await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
  } catch (error) {
    throw away(new URL(url).origin, error, timeoutMs)
  }
}

/** Names in braces become one encoded segment each (RFC 3986 §3.3). */
function pathOf(path: string, { path: names = {} }: AdminCall): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(names, name) ? `${names[name]}` : ''
    // RFC 3986 §5.2.4: these segments are taken out on the way, and the request would be about something else.
    if (value === '' || value === '.' || value === '..') {
      throw new AdminProblem('invalid', 'nothing was done', [
        { member: name, rule: 'path segment', message: `"${value}" cannot stand in an address` },
      ])
    }
    return encodeURIComponent(value)
  })
}

function queryOf({ query = {} }: AdminCall): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, `${value}`]]))
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

function requestOf(method: string, { body, bytes }: AdminCall): RequestInit {
  if (bytes !== undefined) return { method, body: new Uint8Array(bytes.content) }
  return body === undefined ? { method } : { method, body: JSON.stringify(body) }
}

function headersOf(
  method: string,
  { body, bytes, ifMatch }: AdminCall,
  authorization: Readonly<Record<string, string>>,
): Record<string, string> {
  // RFC 7396 §4: a merge patch says that it is one.
  const json = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const type = bytes?.mediaType ?? (body === undefined ? undefined : json)
  return {
    accept: 'application/json, application/problem+json, */*;q=0.1',
    ...(type === undefined ? {} : { 'content-type': type }),
    // RFC 9110 §8.8.3: an entity tag stands in quotes.
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch === '*' ? '*' : `"${ifMatch}"` }),
    ...authorization,
  }
}

function bearer(token: string | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}

async function readAnswer(response: Response, server: string): Promise<AdminAnswer> {
  if (!response.ok) throw await readProblem(response, server)
  const version = response.headers.get('etag')?.replace(/^(?:W\/)?"|"$/g, '')
  const meta = { ...(version === undefined ? {} : { version }), warnings: warningsOf(response) }
  if (response.status === 204) return meta
  const mediaType = response.headers.get('content-type')?.replace(/;.*$/, '').trim() ?? ''
  if (mediaType === 'application/json') return { document: await readJson(response, server), ...meta }
  // A page for people where an answer should be: something else stands at this address.
  if (mediaType === 'text/html' || mediaType === '') throw unreadable(response, server)
  return { bytes: { mediaType, content: new Uint8Array(await response.arrayBuffer()) }, ...meta }
}

async function readJson(response: Response, server: string): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    throw unreadable(response, server)
  }
}

function warningsOf({ headers }: Response): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(headers.get(WARNINGS_HEADER) ?? '[]')
    return Array.isArray(parsed) ? parsed.filter(item => typeof item === 'string') : []
  } catch {
    return []
  }
}
