/** A whole life of a session: signed in at an app through a second Sallyport, and signed out of all three. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { authorizePath, exchange, payloadOf, query } from '../support/hand-app.ts'
import { type HandBrowser, sentAway, shown } from '../support/hand-browser.ts'
import type { Registered } from '../support/seeding.ts'
import { type PairBrowser, startUpstreamPair, type UpstreamPair } from '../support/upstream-pair.ts'

const BACK = 'https://app.example.org/'

describe('signing out of an app, of this server and of its upstream (RP-Initiated Logout §2, §3)', () => {
  let pair: UpstreamPair
  let by: Registered
  let second: Upstream
  let refusing: Upstream

  before(async () => {
    pair = await startUpstreamPair()
    by = await pair.app.register({ postLogoutRedirectUris: [BACK] })
    second = await addUpstream('second', [`${pair.app.issuer}/broker/second/endpoint/logout_response`])
    refusing = await addUpstream('refusing', [])
  })
  after(async () => {
    const failures = [...pair.app.failures, ...pair.idp.failures]
    await pair.close()
    assert.deepEqual(failures, [])
  })

  /** Registered at the upstream with the URI that people come back to, or without it. */
  async function addUpstream(alias: string, postLogoutRedirectUris: readonly string[]): Promise<Upstream> {
    const { app, idp } = pair
    const redirectUris = [`${app.issuer}/broker/${alias}/endpoint`]
    const { client, secret } = await idp.register({ redirectUris, postLogoutRedirectUris })
    const discoveryUri = `${idp.issuer}/.well-known/openid-configuration`
    return app.addUpstream({ alias, discoveryUri, clientId: client.clientId }, secret)
  }
  async function signedInThrough({ alias }: Upstream): Promise<{ browser: PairBrowser; id_token_hint: string }> {
    const browser = await pair.browser()
    const person = await pair.idp.enrol()
    const landing = await browser.open(authorizePath(by.client, { idp_hint: alias, scope: 'openid' }), person)
    const { id_token } = await exchange(pair.app, by, sentAway(landing).params.get('code') ?? '')
    return { browser, id_token_hint: id_token }
  }
  const isSignedIn = async (browser: HandBrowser): Promise<boolean> =>
    shown(await browser.open('/')).html.includes('csrf')
  const signOutPath = (id_token_hint: string): string =>
    `/end_session?${query({ id_token_hint, post_logout_redirect_uri: BACK, state: 'app state' })}`

  it('signs the person out of all of them, and the browser is back at the app with its state', async () => {
    const { browser, id_token_hint } = await signedInThrough(second)
    const sid = String(payloadOf(id_token_hint).sid)
    assert.deepEqual([await isSignedIn(browser.here), await isSignedIn(browser.there)], [true, true])
    const landing = sentAway(await browser.open(signOutPath(id_token_hint)))
    assert.equal(landing.location, `${BACK}?state=app%20state`)
    assert.deepEqual([await isSignedIn(browser.here), await isSignedIn(browser.there)], [false, false])
    const { sessions, upstreamSessions } = pair.app.house.repositories
    const ended = await sessions.find(sid as never)
    assert.ok(ended?.endedAt !== undefined)
    assert.deepEqual(await upstreamSessions.listOfSession(ended.id), [])
    const silent = sentAway(await browser.open(authorizePath(by.client, { prompt: 'none' })))
    assert.equal(silent.params.get('error'), 'login_required')
  })

  it('signs the person out here also when the upstream refuses, and keeps the browser', async () => {
    const { browser, id_token_hint } = await signedInThrough(refusing)
    const page = shown(await browser.open(signOutPath(id_token_hint)))
    assert.deepEqual([page.url.origin, page.status], [pair.idp.issuer, 400])
    assert.equal(await isSignedIn(browser.here), false)
  })

  it('asks the upstream for everything again at the next sign-in', async () => {
    const { browser, id_token_hint } = await signedInThrough(second)
    await browser.open(signOutPath(id_token_hint))
    const page = shown(await browser.open(authorizePath(by.client, { idp_hint: second.alias })))
    assert.deepEqual([page.url.origin, page.url.pathname], [pair.idp.issuer, '/login'])
  })
})
