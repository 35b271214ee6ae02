/** Two Sallyports in the test's own process: people sign in at one of them through the other. */

import type { Account } from '../../src/core/accounts/account.ts'
import { type Explanation, explain } from '../../src/core/audit/explanation.ts'
import { parseTraceCode } from '../../src/core/audit/trace-code.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { freePort } from './free-port.ts'
import { signInAt } from './hand-app.ts'
import { type HandBrowser, type Landing, type SentAway, sentAway } from './hand-browser.ts'
import { type RunningApp, startApp } from './running-app.ts'
import type { Registered } from './seeding.ts'

export interface UpstreamPair {
  /** Where apps sign people in. */
  readonly app: RunningApp
  /** The upstream. */
  readonly idp: RunningApp
  /** `app` as a client of `idp`, under this alias. */
  addUpstream(alias: string, changes?: Partial<Upstream>, secret?: string): Promise<Upstream>
  /** Somebody's browser: cookies of both, nothing else. */
  browser(): Promise<PairBrowser>
  /** What `sallyport why` says about a code. */
  why(code: string): Promise<Explanation>
  close(): Promise<void>
}

export interface PairBrowser {
  readonly here: HandBrowser
  readonly there: HandBrowser
  /** From a path here as far as it goes by itself; where the upstream asks, `person` signs in. */
  open(path: string, person?: Account): Promise<Landing>
  /** The same from where the browser is. */
  goOn(landing: Landing, person?: Account): Promise<Landing>
  /** The browser opens a path here, and stops where it is sent to the upstream. */
  leave(path: string): Promise<SentAway>
}

const MAX_STEPS = 12

export async function startUpstreamPair(environment: Readonly<Record<string, string>> = {}): Promise<UpstreamPair> {
  const port = await freePort()
  const [app, idp] = await Promise.all([
    startApp({ environment: { SALLYPORT_OUTBOUND_ALLOW_PRIVATE: '127.0.0.1,localhost', ...environment } }),
    // Another site, for a real browser too: cookies know no ports.
    startApp({ port, environment: { SALLYPORT_ISSUER: `http://localhost:${port}` } }),
  ])

  async function browser(): Promise<PairBrowser> {
    const [here, there] = await Promise.all([app.browser(), idp.browser()])
    async function goOn(from: Landing, person?: Account): Promise<Landing> {
      let landing = from
      for (let step = 0; step < MAX_STEPS; step++) {
        if (landing.kind === 'sent-away') {
          const site = [there, here].find((_, index) => isAt(landing as SentAway, index === 0 ? idp : app))
          if (site === undefined) return landing
          landing = await site.open(landing.location)
        } else if (person !== undefined && landing.url.origin === idp.issuer && landing.url.pathname === '/login') {
          landing = await signInAt(there, landing, person)
        } else return landing
      }
      throw new Error('the browser goes from one to the other without end')
    }
    return {
      here,
      there,
      goOn,
      open: async (path, person) => goOn(await here.open(path), person),
      leave: async path => {
        const away = sentAway(await here.open(path))
        if (!isAt(away, idp)) throw new Error(`the browser was sent to ${away.location}`)
        return away
      },
    }
  }

  return {
    app,
    idp,
    browser,
    async addUpstream(alias, changes = {}, secret) {
      const client: Registered = await idp.register({ redirectUris: [`${app.issuer}/broker/${alias}/endpoint`] })
      const discoveryUri = `${idp.issuer}/.well-known/openid-configuration`
      const properties = { alias, discoveryUri, clientId: client.client.clientId, ...changes }
      return app.addUpstream(properties, secret ?? client.secret)
    },
    async why(code) {
      const traceCode = parseTraceCode(code)
      if (traceCode === undefined) throw new Error(`${code} is no code`)
      const { flows, audit } = app.house.repositories
      const flow = await flows.findByTraceCode(traceCode)
      const events = await audit.list({ traceCode, limit: 100 })
      return explain({ code: traceCode, flow, events, clients: [], accounts: [] })
    },
    async close() {
      await app.close()
      await idp.close()
    },
  }
}

function isAt({ location }: SentAway, { issuer }: RunningApp): boolean {
  return new URL(location).origin === issuer
}

/** The code on an error page. */
export function codeOn(landing: Landing): string {
  const code = landing.kind === 'page' ? /<code id="error-code">([^<]+)</.exec(landing.html)?.[1] : undefined
  if (code === undefined) throw new Error('there is no code on the page')
  return code
}
