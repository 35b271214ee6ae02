/** Every setting of signing out, from us to an upstream and from it to us, for somebody who really signed in there. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { JsonObject } from '../../src/core/clients/client.ts'
import { basic, exchange, type Fields, query } from '../support/hand-app.ts'
import { type SentAway, sentAway, shown } from '../support/hand-browser.ts'
import { type Knobs, startKnobs, type Visit } from '../support/knobs.ts'
import { SESSION_COOKIE } from '../support/running-app.ts'
import type { OddRequest } from '../support/upstreams/odd-upstream.ts'

const BACK = 'https://app.example.org/'

describe('signing out (RP-Initiated Logout §2, Back-Channel and Front-Channel Logout)', () => {
  let knobs: Knobs

  before(async () => {
    knobs = await startKnobs()
  })
  after(() => knobs.close())

  /** Signs in, and out at the app: where the browser goes. */
  async function signOut(settings: JsonObject, further: Fields = {}): Promise<{ away: SentAway; visit: Visit }> {
    const visit = await knobs.signIn(settings)
    const code = sentAway(visit.landing).params.get('code') ?? ''
    const { id_token } = await exchange(knobs.app, knobs.by, code)
    const params = { id_token_hint: id_token, post_logout_redirect_uri: BACK, ...further }
    return { visit, away: sentAway(await visit.browser.open(`/end_session?${query(params)}`)) }
  }

  const there = (): string => `${knobs.odd.issuer}/logout`
  const sent = async (settings: JsonObject, further?: Fields) => (await signOut(settings, further)).away.params

  it('end_session_endpoint: is where the browser goes, typed in or discovered', async () => {
    assert.ok((await signOut({})).away.location.startsWith(`${there()}?`))
    const typed = `${knobs.odd.issuer}/bye`
    assert.ok((await signOut({ end_session_endpoint: typed })).away.location.startsWith(`${typed}?`))
  })

  it('logout_mode: redirect sends the browser, none leaves the upstream alone', async () => {
    assert.ok((await signOut({ logout_mode: 'redirect' })).away.location.startsWith(there()))
    assert.equal((await signOut({ logout_mode: 'none' })).away.location, BACK)
  })

  it('send_id_token_hint: is on by default, and off sends none', async () => {
    assert.match((await sent({})).get('id_token_hint') ?? '', /^[\w-]+\.[\w-]+\.[\w-]+$/)
    assert.equal((await sent({ send_id_token_hint: false })).get('id_token_hint'), null)
  })

  it('send_client_id_on_logout: is off by default', async () => {
    assert.equal((await sent({})).get('client_id'), null)
    assert.equal((await sent({ send_client_id_on_logout: true })).get('client_id'), 'sallyport')
  })

  it('logout_parameters: are sent with the browser', async () => {
    assert.equal((await sent({ logout_parameters: { tenant: 'acme & co' } })).get('tenant'), 'acme & co')
  })

  it('logout_pass_parameters: lets further parameters of the app travel on', async () => {
    assert.equal((await sent({}, { theme: 'dark' })).get('theme'), null)
    assert.equal((await sent({ logout_pass_parameters: true }, { theme: 'dark' })).get('theme'), 'dark')
  })

  it('post_logout_redirect_parameter: is the name of the way back', async () => {
    const params = await sent({ post_logout_redirect_parameter: 'returnTo' })
    assert.match(params.get('returnTo') ?? '', /\/endpoint\/logout_response$/)
    assert.equal(params.get('post_logout_redirect_uri'), null)
  })

  it('post_logout_redirect_uri: is the way back, in the place of ours', async () => {
    const place = 'https://www.example.org/bye'
    assert.equal((await sent({ post_logout_redirect_uri: place })).get('post_logout_redirect_uri'), place)
  })

  /** What the upstream is called with, by us. */
  async function called(settings: JsonObject, further?: Fields): Promise<OddRequest> {
    const { away, visit } = await signOut({ logout_mode: 'backchannel', ...settings }, further)
    assert.equal(away.location, BACK)
    const { deliveries } = knobs.app.house.repositories
    for (;;) {
      const list = await deliveries.list({ kind: 'upstream-logout', limit: 100 })
      const delivery = list.find(({ about }) => about.upstream === visit.upstream.alias) ?? assert.fail('no delivery')
      if (delivery.lastResult !== undefined) break
      await turn()
    }
    return knobs.odd.requests.at(-1) ?? assert.fail('not called')
  }
  const formOf = ({ body }: OddRequest): Fields => Object.fromEntries(new URLSearchParams(body))

  it('logout_mode: backchannel calls the end session endpoint, and the browser goes nowhere', async () => {
    const call = await called({})
    assert.deepEqual([call.method, call.path], ['POST', '/logout'])
    assert.match(formOf(call).id_token_hint ?? '', /\./)
  })

  it('logout_uri: is what is called instead', async () => {
    assert.equal((await called({ logout_uri: `${knobs.odd.issuer}/mtls/logout` })).path, '/mtls/logout')
  })

  it('logout_authorization: is basic, bearer or none', async () => {
    const seen = async (settings: JsonObject) => (await called(settings)).headers.authorization
    const ours = basic('sallyport', knobs.odd.secret)
    assert.equal(await seen({ logout_authorization: 'basic' }), ours)
    assert.equal(await seen({ logout_authorization: 'bearer' }), 'Bearer an-access-token')
    assert.equal(await seen({}), undefined)
  })

  it('logout_token_method: is form, json or none, and logout_token_parameter: is its name there', async () => {
    const place = { logout_uri: there() }
    assert.equal(formOf(await called(place)).token, 'an-access-token')
    assert.equal(formOf(await called({ ...place, logout_token_parameter: 'access' })).access, 'an-access-token')
    const json = await called({ ...place, logout_token_method: 'json' })
    assert.match(json.headers['content-type'] ?? '', /^application\/json/)
    assert.equal((JSON.parse(json.body) as Fields).token, 'an-access-token')
    assert.doesNotMatch((await called({ ...place, logout_token_method: 'none' })).body, /an-access-token/)
    const refresh = await called({ ...place, logout_token_parameter: 'refresh_token' })
    assert.equal(formOf(refresh).refresh_token, 'a-refresh-token')
  })

  it('logout_parameters and logout_pass_parameters: travel with the call, too', async () => {
    const settings = { logout_parameters: { tenant: 'acme' }, logout_pass_parameters: true }
    const { tenant, theme } = formOf(await called(settings, { theme: 'dark' }))
    assert.deepEqual([tenant, theme], ['acme', 'dark'])
    const own = await called({ ...settings, logout_uri: there() }, { theme: 'dark' })
    assert.deepEqual([own.query.get('tenant'), own.query.get('theme')], ['acme', 'dark'])
  })

  const isSignedIn = async ({ browser }: Visit): Promise<boolean> => {
    const { landing } = { landing: await browser.open('/account') }
    return shown(landing).url.pathname === '/account'
  }

  it('backchannel_logout: takes logout tokens; off, there is nothing', async () => {
    for (const [settings, status, stays] of [
      [{}, 200, false],
      [{ backchannel_logout: false }, 404, true],
    ] as const) {
      const visit = await knobs.signIn(settings)
      const { alias } = visit.upstream
      const claims = { sub: visit.person, sid: undefined, jti: `jti-${alias}` }
      const body = new URLSearchParams({ logout_token: await knobs.odd.logoutToken({ claims }) })
      const response = await fetch(`${knobs.app.issuer}/broker/${alias}/backchannel-logout`, { method: 'POST', body })
      assert.equal(response.status, status)
      assert.equal(await isSignedIn(visit), stays)
    }
  })

  it('frontchannel_logout: signs out who is sent there; off, there is nothing', async () => {
    const on = await knobs.signIn({ frontchannel_logout: true })
    shown(await on.browser.open(`/broker/${on.upstream.alias}/logout`), '/signed-out')
    assert.equal(await isSignedIn(on), false)
    const off = await knobs.signIn({})
    assert.equal(shown(await off.browser.open(`/broker/${off.upstream.alias}/logout`)).status, 404)
    assert.equal(await isSignedIn(off), true)
  })

  it('frontchannel_logout_redirect_uri: is where people go then', async () => {
    const place = 'https://www.example.org/bye'
    const { browser, upstream } = await knobs.signIn({
      frontchannel_logout: true,
      frontchannel_logout_redirect_uri: place,
    })
    assert.equal(sentAway(await browser.open(`/broker/${upstream.alias}/logout`)).location, place)
  })

  it('frontchannel_logout_frame_ancestors: may show it in a frame, and nobody else', async () => {
    const portal = 'https://portal.example'
    const settings = { frontchannel_logout: true, frontchannel_logout_frame_ancestors: [portal] }
    for (const [referer, ends] of [
      [`${portal}/`, true],
      ['https://evil.example/', false],
    ] as const) {
      const { browser, upstream } = await knobs.signIn(settings)
      const headers = { 'sec-fetch-dest': 'iframe', referer }
      const response = await browser.send(`/broker/${upstream.alias}/logout`, { headers })
      if (ends)
        assert.match(
          response.headers.get('content-security-policy') ?? '',
          /frame-ancestors https:\/\/portal\.example(;|$)/,
        )
      await response.body?.cancel()
      assert.equal(browser.cookies.has(SESSION_COOKIE), !ends)
    }
  })
})
