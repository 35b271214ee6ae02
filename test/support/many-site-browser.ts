/** A browser that goes from site to site by itself: redirects, cookies by origin, and forms that send themselves. */

export interface Page {
  readonly url: URL
  readonly status: number
  readonly text: string
}

export interface ManySiteBrowser {
  /** Origin → name → value. */
  readonly cookies: Map<string, Map<string, string>>
  open(url: string): Promise<Page>
  post(url: string, fields: Readonly<Record<string, string>>): Promise<Page>
}

const MAX_STEPS = 20

export function createManySiteBrowser(): ManySiteBrowser {
  const cookies = new Map<string, Map<string, string>>()

  async function send(url: URL, init: RequestInit): Promise<Response> {
    const jar = cookies.get(url.origin) ?? new Map<string, string>()
    cookies.set(url.origin, jar)
    const headers = new Headers({ accept: 'text/html', ...init.headers })
    if (jar.size > 0) headers.set('cookie', [...jar].map(pair => pair.join('=')).join('; '))
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) keep(jar, line)
    return response
  }

  async function go(start: URL, init: RequestInit): Promise<Page> {
    let url = start
    let next = init
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const response = await send(url, next)
      const location = response.headers.get('location')
      const text = await response.text()
      if (location !== null) {
        url = new URL(location, url)
        next = {}
        continue
      }
      const form = selfSendingForm(text)
      if (form === undefined) return { url, status: response.status, text }
      url = new URL(form.action, url)
      next = { method: 'POST', body: new URLSearchParams(form.fields) }
    }
    throw new Error(`${start} goes on without end`)
  }

  return {
    cookies,
    open: url => go(new URL(url), {}),
    post: (url, fields) => go(new URL(url), { method: 'POST', body: new URLSearchParams(fields) }),
  }
}

function keep(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';')
  const name = pair.slice(0, pair.indexOf('='))
  const isOver = attributes.some(text => /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(text))
  if (isOver) jar.delete(name)
  else jar.set(name, pair.slice(name.length + 1))
}

/** A page with one form and a script is one that posts itself (OAuth 2.0 Form Post Response Mode §2). */
function selfSendingForm(html: string): { readonly action: string; readonly fields: [string, string][] } | undefined {
  const form = /<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/i.exec(html)
  if (form === null || !/<script/i.test(html)) return undefined
  const fields = [...(form[2] ?? '').matchAll(/<input[^>]*>/gi)].flatMap(([input]): [string, string][] => {
    const name = /\bname="([^"]*)"/.exec(input)?.[1]
    const value = /\bvalue="([^"]*)"/.exec(input)?.[1] ?? ''
    return name === undefined ? [] : [[unescapeHtml(name), unescapeHtml(value)]]
  })
  return { action: unescapeHtml(form[1] ?? ''), fields }
}

function unescapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    return names[name] ?? whole
  })
}
