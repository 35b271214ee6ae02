/** A browser of two dozen lines: follows our redirects, keeps our cookies, sends our forms, and stops where an app would take over. */

export interface Shown {
  readonly kind: 'page'
  readonly status: number
  readonly url: URL
  readonly headers: Headers
  readonly html: string
}

/** The browser was sent to somebody else: the app's redirect URI, as far as we do our work. */
export interface SentAway {
  readonly kind: 'sent-away'
  /** As it stood in the header, not as a URL parser would put it right. */
  readonly location: string
  readonly params: URLSearchParams
  readonly headers: Headers
}

export type Landing = Shown | SentAway

export interface HandBrowser {
  /** Name → value; a test may take, keep or plant some. */
  readonly cookies: Map<string, string>
  /** One request with the cookies, no redirect followed. `path` below the issuer, or a whole URL. */
  send(path: string, init?: RequestInit): Promise<Response>
  open(path: string): Promise<Landing>
  post(path: string, fields: Readonly<Record<string, string>>): Promise<Landing>
  /** Posts the form of a page with its hidden fields. */
  submit(page: Landing, path: string, fields: Readonly<Record<string, string>>): Promise<Landing>
}

const MAX_REDIRECTS = 10

export function createHandBrowser(issuer: string): HandBrowser {
  const cookies = new Map<string, string>()

  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const url = path.startsWith('http') ? path : `${issuer}${path}`
    const headers = new Headers(init.headers)
    if (!headers.has('accept')) headers.set('accept', 'text/html')
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(pair => pair.join('=')).join('; '))
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) keep(line)
    return response
  }

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';')
    const name = pair.slice(0, pair.indexOf('='))
    if (attributes.some(attribute => attribute.trim() === 'Max-Age=0')) cookies.delete(name)
    else cookies.set(name, pair.slice(name.length + 1))
  }

  async function follow(first: Response, firstUrl: string): Promise<Landing> {
    let response = first
    let url = new URL(firstUrl, issuer)
    for (let count = 0; count < MAX_REDIRECTS; count++) {
      const location = response.headers.get('location')
      if (location === null) {
        return { kind: 'page', status: response.status, url, headers: response.headers, html: await response.text() }
      }
      await response.body?.cancel()
      const target = new URL(location, url)
      if (target.origin !== new URL(issuer).origin) {
        return { kind: 'sent-away', location, params: target.searchParams, headers: response.headers }
      }
      url = target
      response = await send(target.href)
    }
    throw new Error(`${firstUrl} redirects without end`)
  }

  const browser: HandBrowser = {
    cookies,
    send,
    open: async path => follow(await send(path), path),
    post: async (path, fields) => follow(await send(path, formPost(fields)), path),
    submit: (page, path, fields) => browser.post(path, { ...hiddenFields(page), ...fields }),
  }
  return browser
}

export function formPost(fields: Readonly<Record<string, string>>): RequestInit {
  return { method: 'POST', body: new URLSearchParams(fields) }
}

/** The hidden fields of the first form of a page. */
export function hiddenFields(page: Landing): Readonly<Record<string, string>> {
  if (page.kind !== 'page') throw new Error(`not at a page of ours, but sent to ${page.location}`)
  const form = /<form[\s\S]*?<\/form>/.exec(page.html)?.[0] ?? ''
  const fields = form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)
  return Object.fromEntries([...fields].map(([, name = '', value = '']) => [name, value]))
}

/** At an app's redirect URI, or the test fails with what is shown instead. */
export function sentAway(landing: Landing): SentAway {
  if (landing.kind === 'sent-away') return landing
  const heading = /<h1>([\s\S]*?)<\/h1>/.exec(landing.html)?.[1]
  throw new Error(`the browser shows ${landing.url.pathname} (${landing.status}): ${heading ?? landing.html}`)
}

/** At a page of ours, or the test fails with where the browser was sent. */
export function shown(landing: Landing, pathname?: string): Shown {
  if (landing.kind !== 'page') throw new Error(`the browser was sent to ${landing.location}`)
  if (pathname !== undefined && landing.url.pathname !== pathname) {
    throw new Error(`the browser shows ${landing.url.pathname}, not ${pathname}`)
  }
  return landing
}
