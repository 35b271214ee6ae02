/** A default upstream, and what it can answer without a page (OIDC Core §3.1.2.1 prompt=none). */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { authorizePath, signInAt } from '../support/hand-app.ts'
import { type Landing, sentAway, shown } from '../support/hand-browser.ts'
import type { Registered } from '../support/seeding.ts'
import { codeOn, type PairBrowser, startUpstreamPair, type UpstreamPair } from '../support/upstream-pair.ts'

describe('a default upstream (broker.default)', () => {
  let pair: UpstreamPair
  let by: Registered
  let ada: Account

  before(async () => {
    pair = await startUpstreamPair({ SALLYPORT_BROKER_DEFAULT: 'corp' })
    by = await pair.app.register()
    ada = await pair.idp.enrol({ username: 'ada', email: 'ada@corp.example', emailVerified: true })
    await pair.addUpstream('corp', { acceptsPromptNone: true, hideOnLogin: true })
    await pair.addUpstream('loud', { hideOnLogin: true })
    await pair.addUpstream('asking', { acceptsPromptNone: true, hideOnLogin: true, reviewProfile: 'always' })
    await pair.addUpstream('broken', { acceptsPromptNone: true, discoveryUri: 'http://127.0.0.1:1/nothing' })
  })
  after(async () => {
    await pair.close()
    assert.deepEqual([...pair.app.failures, ...pair.idp.failures], [])
  })

  const silent = (changes: Readonly<Record<string, string>> = {}) =>
    authorizePath(by.client, { prompt: 'none', ...changes })
  const errorOf = (landing: Landing) => sentAway(landing).params.get('error')
  /** Signed in at the upstream, and nowhere else. */
  const signedInThere = async (): Promise<PairBrowser> => {
    const browser = await pair.browser()
    shown(await signInAt(browser.there, await browser.there.open('/login'), ada), '/')
    return browser
  }

  it('is where people go at once, from an app and from our own pages', async () => {
    for (const path of [authorizePath(by.client), '/login']) {
      const away = await (await pair.browser()).leave(path)
      assert.equal(away.params.get('redirect_uri'), `${pair.app.issuer}/broker/corp/endpoint`)
    }
    const landing = await (await pair.browser()).open(authorizePath(by.client), ada)
    assert.ok(sentAway(landing).params.get('code'))
  })

  it('locks nobody out: /login?choose=yes shows the page, and the app finds who signed in there', async () => {
    const browser = await pair.browser()
    const local = await pair.app.enrol()
    const front = shown(await browser.open('/'), '/')
    const page = shown(await browser.open(/id="other-ways" href="([^"]*)"/.exec(front.html)?.[1] ?? ''), '/login')
    assert.equal(page.url.origin, pair.app.issuer)
    shown(await signInAt(browser.here, page, local), '/')
    assert.ok(sentAway(await browser.open(authorizePath(by.client))).params.get('code'))
  })

  it('is not where somebody proves who they are once more, who signed in with a password', async () => {
    const browser = await pair.browser()
    const local = await pair.app.enrol()
    await signInAt(browser.here, shown(await browser.open('/login?choose=yes')), local)
    shown(await browser.open(authorizePath(by.client, { prompt: 'login' })), '/login')
    const through = await pair.browser()
    await through.open(authorizePath(by.client), ada)
    const away = await through.leave(authorizePath(by.client, { prompt: 'login' }))
    assert.equal(away.params.get('prompt'), 'login')
  })

  it('answers without a page when the person is signed in there (accepts_prompt_none)', async () => {
    const browser = await signedInThere()
    const away = await browser.leave(silent({ state: 'silent' }))
    assert.equal(away.params.get('prompt'), 'none')
    const landing = sentAway(await browser.goOn(away))
    assert.ok(landing.params.get('code'), landing.location)
    assert.equal(landing.params.get('state'), 'silent')
  })

  it('says login_required when nobody is signed in there (OIDC Core §3.1.2.6)', async () => {
    const landing = sentAway(await (await pair.browser()).open(silent({ state: 'mine' })))
    assert.equal(landing.params.get('error'), 'login_required')
    assert.equal(landing.params.get('state'), 'mine')
    const explained = await pair.why(landing.headers.get('x-trace-code') ?? '')
    const told = explained.steps.filter(({ outcome, facts }) => outcome === 'refused' && facts.upstream === 'corp')
    assert.deepEqual(
      told.map(({ facts }) => facts.upstream_error),
      ['login_required'],
    )
  })

  it('says interaction_required when a page of ours would be needed (OIDC Core §3.1.2.6)', async () => {
    const browser = await signedInThere()
    assert.equal(errorOf(await browser.open(silent({ idp_hint: 'asking' }))), 'interaction_required')
  })

  it('is not asked when it takes no prompt=none, or in a frame of another site, which keeps no cookies', async () => {
    const browser = await signedInThere()
    assert.equal(errorOf(await browser.here.open(silent({ idp_hint: 'loud' }))), 'login_required')
    const headers = { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'cross-site' }
    const answer = await browser.here.send(silent(), { headers })
    assert.equal(new URL(answer.headers.get('location') ?? '').searchParams.get('error'), 'login_required')
  })

  it('answers the app also when the upstream is away', async () => {
    const landing = await (await pair.browser()).open(silent({ idp_hint: 'broken' }))
    assert.equal(errorOf(landing), 'login_required')
  })

  it('leaves the way to a page when the upstream is away', async () => {
    const browser = await pair.browser()
    const page = shown(await browser.open(authorizePath(by.client, { idp_hint: 'broken' })))
    assert.match(page.html, /Signing in through broken did not work/)
    const explained = await pair.why(codeOn(page))
    assert.equal(explained.failed?.facts.upstream, 'broken')
    const retry = /id="retry" href="([^"]*)"/.exec(page.html)?.[1] ?? ''
    const local = await pair.app.enrol()
    const login = shown(await browser.open(retry), '/login')
    assert.ok(sentAway(await signInAt(browser.here, login, local)).params.get('code'))
  })
})
