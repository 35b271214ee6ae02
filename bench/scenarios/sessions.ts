/** Browsers with a session, and the codes they fetch. */

import { type Answer, headerValue } from '../load/answer.ts'
import { CookieJar, signIn } from '../load/browser.ts'
import { Connection, converse } from '../load/connection.ts'
import { type Actor, closeConnections, drive, openConnections } from '../load/drive.ts'
import { get } from '../load/request.ts'
import { type BenchClient, REDIRECT_URI, type Site } from '../servers/site.ts'

export interface SignedInBrowser {
  readonly cookie: string
}

/** RFC 6749 §4.1.1, OIDC Core §3.1.2.1. */
export function authorizeTarget(site: Site, client: BenchClient, state: string): string {
  const params = new URLSearchParams({
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: REDIRECT_URI,
    scope: 'openid offline_access',
    state,
    nonce: `n-${state}`,
  })
  return `${site.endpoints.authorize}?${params}`
}

/** Signs in `count` browsers, the people taking turns. */
export async function openBrowsers(site: Site, count: number): Promise<SignedInBrowser[]> {
  const connection = await Connection.open(site.port)
  const browsers: SignedInBrowser[] = []
  for (let index = 0; index < count; index += 1) {
    const person = site.people[index % site.people.length]
    if (person === undefined) throw new Error('the site has no people')
    const jar = new CookieJar()
    const target = authorizeTarget(site, site.clients.es256, `sign-in-${index}`)
    const location = await converse(connection, signIn(site.authority, target, REDIRECT_URI, person, jar))
    if (!location.searchParams.has('code')) throw new Error(`sign-in brought no code but ${location.href}`)
    browsers.push({ cookie: jar.header })
  }
  connection.close()
  return browsers
}

/** Asks for code after code with a session; `take` gets each one. Never runs dry. */
export function codeFetcher(
  site: Site,
  client: BenchClient,
  browser: SignedInBrowser,
  name: string,
  take: (code: string) => void,
): Actor {
  const [before = '', afterState = ''] = get(site.authority, authorizeTarget(site, client, 'STATE'), {
    cookie: browser.cookie,
  }).split('state=STATE&nonce=n-STATE')
  let count = 0
  let state = ''
  let last = ''
  return {
    next() {
      count += 1
      state = `${name}-${count}`
      return `${before}state=${state}&nonce=n-${state}${afterState}`
    },
    accept(answer) {
      const code = codeOf(answer, state)
      if (code === undefined) return 'no redirect with code and state'
      if (code === last) return 'the same code twice'
      last = code
      take(code)
      return undefined
    },
  }
}

function codeOf(answer: Answer, state: string): string | undefined {
  if (answer.status !== 303 && answer.status !== 302) return undefined
  const location = headerValue(answer.head, 'Location')
  if (location?.startsWith(`${REDIRECT_URI}?`) !== true || !location.includes(`state=${state}`)) return undefined
  const start = location.indexOf('code=') + 5
  if (start < 5) return undefined
  const end = location.indexOf('&', start)
  return location.slice(start, end < 0 ? location.length : end)
}

/** `count` fresh codes, fetched over many connections at once. */
export async function fetchCodes(
  site: Site,
  client: BenchClient,
  browsers: readonly SignedInBrowser[],
  count: number,
): Promise<string[]> {
  const codes: string[] = []
  let asked = 0
  const connections = await openConnections(site.port, browsers.length)
  const fetchers = browsers.map((browser, index): Actor => {
    const fetcher = codeFetcher(site, client, browser, `fill-${index}`, code => codes.push(code))
    return {
      next() {
        if (asked >= count) return undefined
        asked += 1
        return fetcher.next()
      },
      accept: fetcher.accept,
    }
  })
  const { wrong } = await drive(connections, fetchers, 90)
  closeConnections(connections)
  if (wrong.length > 0) throw new Error(`codes could not be prepared: ${wrong[0]}`)
  return codes
}
