/**
 * One setting of an upstream at a time: set by its name in files, as `upstream create --file` takes it, and somebody signed in.
 *
 * ```ts
 * const knobs = await startKnobs()
 * const { asked, token } = await knobs.signIn({ pass_login_hint: true }, { request: { login_hint: 'ada' } })
 * ```
 *
 * Every sign-in is by somebody new at an upstream of its own (`test/support/upstreams/odd-upstream.ts`), and goes the whole way: from an
 * app's request to `/broker/ALIAS/endpoint` and on. What the upstream was sent and where the browser stopped is handed back.
 */

import assert from 'node:assert/strict'
import type { Account } from '../../src/core/accounts/account.ts'
import type { JsonObject } from '../../src/core/clients/client.ts'
import { createUpstream } from '../../src/core/upstreams/settings/create-upstream.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { random } from './builders.ts'
import { authorizePath, exchange, type Fields, payloadOf, query } from './hand-app.ts'
import { type HandBrowser, type Landing, type SentAway, sentAway, shown } from './hand-browser.ts'
import { type RunningApp, startApp } from './running-app.ts'
import type { Registered } from './seeding.ts'
import { type OddBehaviour, type OddRequest, type OddUpstream, startOddUpstream } from './upstreams/odd-upstream.ts'

export interface Way {
  /** Of the app's own request. */
  readonly request?: Fields
  /** Of our sign-in URL. */
  readonly link?: Fields
  /** By the registration URL. */
  readonly registers?: boolean
  readonly behaviour?: OddBehaviour
  /** Otherwise somebody new. */
  readonly person?: string
  /** Otherwise a new one. */
  readonly browser?: HandBrowser
  readonly headers?: Fields
}

export interface Visit {
  readonly upstream: Upstream
  readonly browser: HandBrowser
  readonly person: string
  /** The authorization request, as it reached the upstream. */
  readonly asked: URLSearchParams
  /** All that the upstream was asked on this way, oldest first. */
  readonly requests: readonly OddRequest[]
  readonly token: OddRequest | undefined
  readonly userinfo: OddRequest | undefined
  /** Where the browser is then: at the app, or at a page of ours. */
  readonly landing: Landing
}

export interface Knobs {
  readonly app: RunningApp
  readonly odd: OddUpstream
  readonly by: Registered
  add(settings?: JsonObject): Promise<Upstream>
  /** Changes the settings of one that is there. */
  change(upstream: Upstream, settings: JsonObject): Promise<Upstream>
  /** Where the browser is sent, or what is shown instead. */
  setOut(upstream: Upstream, way?: Way): Promise<{ readonly browser: HandBrowser; readonly landing: Landing }>
  signIn(settings: JsonObject | Upstream, way?: Way): Promise<Visit>
  /** The account that came of it. */
  accountOf(visit: Pick<Visit, 'upstream' | 'person'>, subject?: string): Promise<Account>
  /** Of the ID token that the app gets. */
  claimsOf(visit: Visit): Promise<Readonly<Record<string, unknown>>>
  /** What the audit says a sign-in was refused for. */
  whyRefused(visit: Visit): Promise<string>
  close(): Promise<void>
}

export async function startKnobs(environment: Fields = {}): Promise<Knobs> {
  const [app, odd] = await Promise.all([
    startApp({ environment: { SALLYPORT_OUTBOUND_ALLOW_PRIVATE: '127.0.0.1,localhost', ...environment } }),
    startOddUpstream(),
  ])
  const by = await app.register({ postLogoutRedirectUris: ['https://app.example.org/'] })
  const { repositories } = app.house
  let count = 0

  function made(settings: JsonObject, existing?: Upstream): Upstream {
    const making = { random, now: new Date(), sealer: app.keys.sealer }
    const result = createUpstream(settings, { allowHttp: true }, making, existing)
    assert.ok('upstream' in result, JSON.stringify(result))
    return result.upstream
  }
  const whole = (alias: string, settings: JsonObject): JsonObject => ({
    alias,
    client_id: odd.whereItIs.clientId,
    client_secret: odd.secret,
    discovery_uri: odd.issuer,
    ...settings,
  })

  async function add(settings: JsonObject = {}): Promise<Upstream> {
    count += 1
    const upstream = made(whole(`knob-${count}`, settings))
    assert.ok((await repositories.commit([repositories.upstreams.insert(upstream)])).committed)
    await seen()
    return upstream
  }

  /** The server keeps upstreams in memory for a moment; one that it does not know makes it look again. */
  async function seen(): Promise<void> {
    await (await fetch(`${app.issuer}/broker/nobody/login`)).body?.cancel()
  }

  async function setOut(upstream: Upstream, way: Way = {}) {
    const browser = way.browser ?? (await app.browser())
    const { alias } = upstream
    const path = `/broker/${alias}/${way.registers === true ? 'register' : 'login'}?${query(way.link ?? {})}`
    const isByLink = way.link !== undefined || way.registers === true
    const start = isByLink ? path : authorizePath(by.client, { idp_hint: alias, ...way.request })
    const landing = way.headers === undefined ? await browser.open(start) : await openWith(way.headers, browser, start)
    return { browser, landing }
  }

  /** As a browser that says more of itself: as far as the upstream. */
  async function openWith(headers: Fields, browser: HandBrowser, start: string): Promise<Landing> {
    let path = start
    for (let step = 0; step < 5; step += 1) {
      const response = await browser.send(path, { headers })
      await response.body?.cancel()
      path = response.headers.get('location') ?? assert.fail(`${path} leads nowhere`)
      if (path.startsWith(odd.issuer))
        return { kind: 'sent-away', location: path, params: new URL(path).searchParams, headers: response.headers }
    }
    return assert.fail(`${start} does not lead to the upstream`)
  }

  async function signIn(settings: JsonObject | Upstream, way: Way = {}): Promise<Visit> {
    count += 1
    const { person = `person-${count}`, behaviour = {} } = way
    odd.behave({ person, ...behaviour, userinfo: { preferred_username: person, ...behaviour.userinfo } })
    const upstream = isUpstream(settings) ? settings : await add(settings)
    const before = odd.requests.length
    const { browser, landing } = await setOut(upstream, way)
    const away = atUpstream(landing)
    const answer = await odd.signIn(away.location)
    const back = await browser.open(`/broker/${upstream.alias}/endpoint?${answer}`)
    const requests = odd.requests.slice(before)
    const last = (path: string) => requests.findLast(request => request.path === path)
    return {
      upstream,
      browser,
      person,
      asked: away.params,
      requests,
      token: last('/token'),
      userinfo: last('/userinfo'),
      landing: back,
    }
  }

  function atUpstream(landing: Landing): SentAway {
    const away = sentAway(landing)
    assert.ok(away.location.startsWith(odd.issuer), away.location)
    return away
  }

  return {
    app,
    odd,
    by,
    add,
    async change(upstream, settings) {
      // What discovery said has been written down since.
      await repositories.upstreams.findByAlias('nobody')
      const stored = (await repositories.upstreams.find(upstream.uid)) ?? assert.fail(`${upstream.alias} is gone`)
      const changed = made(whole(upstream.alias, settings), stored)
      assert.ok((await repositories.commit([repositories.upstreams.replace(changed, stored)])).committed)
      await seen()
      return changed
    },
    setOut,
    signIn,
    async accountOf({ upstream, person }, subject = person) {
      const identity = await repositories.identities.find(upstream.uid, subject)
      const account = identity && (await repositories.accounts.find(identity.accountId))
      return account ?? assert.fail(`${subject} has no account`)
    },
    async claimsOf({ landing }) {
      const code = sentAway(landing).params.get('code') ?? assert.fail('no code')
      return payloadOf((await exchange(app, by, code)).id_token)
    },
    async whyRefused({ landing, upstream }) {
      shown(landing)
      const events = await repositories.audit.list({ type: 'upstream-sign-in.refused', limit: 20 })
      const { detail } =
        events.find(event => event.detail.upstream === upstream.alias) ?? assert.fail('nothing refused')
      return String(detail.rule ?? JSON.stringify(detail))
    },
    async close() {
      await app.close()
      await odd.close()
      assert.deepEqual(app.failures, [])
    },
  }
}

function isUpstream(settings: JsonObject | Upstream): settings is Upstream {
  return 'uid' in settings
}

/** The path where an app's request begins that leads to the sign-in page. */
export function loginPath({ by }: Pick<Knobs, 'by'>, request: Fields = {}): string {
  return authorizePath(by.client, request)
}

/** The app has got its code. */
export function isSignedIn({ landing }: Pick<Visit, 'landing'>): void {
  assert.match(sentAway(landing).params.get('code') ?? '', /./)
}
