/** The browser's leg of a sign-in at a test upstream, by hand: from its authorization URL to what comes back to us. */

import type { ManySiteBrowser } from '../many-site-browser.ts'

export interface UpstreamReply {
  readonly method: 'GET' | 'POST'
  /** Where the browser was sent, without the query. */
  readonly target: string
  /** As it would arrive. */
  readonly params: URLSearchParams
}

const MAX_STEPS = 20

export async function signIn(
  url: string,
  person: string,
  browser: ManySiteBrowser,
  issuer: string,
): Promise<UpstreamReply> {
  let next = new URL(url)
  let init: RequestInit = {}
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const response = await sendWithCookies(next, init, browser)
    const location = response.headers.get('location')
    const html = await response.text()
    if (location !== null) {
      next = new URL(location, next)
      init = {}
      if (next.origin !== new URL(issuer).origin)
        return { method: 'GET', target: `${next.origin}${next.pathname}`, params: next.searchParams }
    } else if (html.includes('name="login"')) {
      init = { method: 'POST', body: new URLSearchParams({ login: person }) }
    } else {
      const form = /<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/i.exec(html)
      if (form === null) throw new Error(`the upstream shows ${response.status} ${html.slice(0, 500)}`)
      const fields = [...(form[2] ?? '').matchAll(/name="([^"]*)" value="([^"]*)"/g)]
      const params = new URLSearchParams(fields.map(([, name = '', value = '']) => [name, unescapeHtml(value)]))
      return { method: 'POST', target: unescapeHtml(form[1] ?? ''), params }
    }
  }
  throw new Error(`${url} goes on without end`)
}

async function sendWithCookies(url: URL, init: RequestInit, { cookies }: ManySiteBrowser): Promise<Response> {
  const jar = cookies.get(url.origin) ?? new Map<string, string>()
  cookies.set(url.origin, jar)
  const headers = new Headers({ accept: 'text/html' })
  if (jar.size > 0) headers.set('cookie', [...jar].map(pair => pair.join('=')).join('; '))
  const response = await fetch(url, { ...init, headers, redirect: 'manual' })
  for (const line of response.headers.getSetCookie()) {
    const [pair = ''] = line.split(';', 1)
    const name = pair.slice(0, pair.indexOf('='))
    if (/expires=thu, 01 jan 1970/i.test(line)) jar.delete(name)
    else jar.set(name, pair.slice(name.length + 1))
  }
  return response
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#x2F;', '/')
    .replaceAll('&amp;', '&')
}
