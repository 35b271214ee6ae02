/** A person at a browser who does what pages ask of them, for tests that are about the app. */

import { createHandBrowser, type Landing, shown } from './hand-browser.ts'
import { ADA } from './registrations.ts'

/** Ada's browser: she signs in where she is asked, and allows what she is asked for. */
export function personsBrowser(issuer: string): (url: URL) => Promise<URL> {
  const browser = createHandBrowser(issuer)
  return async url => {
    let landing: Landing = await browser.open(url.href)
    for (let step = 0; landing.kind === 'page' && step < 6; step += 1) {
      const { pathname } = shown(landing).url
      if (pathname === '/login')
        landing = await browser.submit(landing, '/login', { username: ADA.username, password: ADA.password })
      else if (pathname === '/consent') landing = await browser.submit(landing, '/consent', { decision: 'approve' })
      else if (pathname === '/device')
        landing = await browser.post('/device', { user_code: url.searchParams.get('user_code') ?? '' })
      else if (pathname === '/approve') landing = await browser.submit(landing, '/approve', { decision: 'approve' })
      else if (pathname === '/approve/done') return landing.url
      else if (pathname === '/') landing = await browser.open(waitingOf(landing) ?? '/login')
      else break
    }
    if (landing.kind === 'page') throw new Error(`the browser stays at ${landing.url}: ${landing.html.slice(0, 2000)}`)
    // The app sees our issuer under the name that the page prints.
    return new URL(landing.location)
  }
}

/** The first request that waits for a person on the front page (CIBA Core §8). */
function waitingOf(home: Landing): string | undefined {
  return /href="([^"]*\/approve\?request=[0-9a-f]{32})"/.exec(shown(home).html)?.[1]
}
