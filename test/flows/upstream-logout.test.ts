/** Who signs out here signs out at the upstream: by the browser, or by a call of ours. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Delivery } from '../../src/core/deliveries/delivery.ts'
import { sealLogoutState } from '../../src/core/upstreams/sign-out/logout-state.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import type { SessionTokens } from '../../src/core/upstreams/upstream-session.ts'
import { basic, query, tokensFor } from '../support/hand-app.ts'
import { formPost, type HandBrowser, hiddenFields, type SentAway, sentAway, shown } from '../support/hand-browser.ts'
import { type LogoutUpstream, startLogoutUpstream } from '../support/logout-upstream.ts'
import { type RunningApp, SESSION_COOKIE, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'
import { hasEnded, signedInThrough, type ThroughUpstream, upstreamsOf } from '../support/upstream-sign-in.ts'

const BACK = 'https://app.example.org/'
const TOKENS: SessionTokens = { idToken: 'the.upstream.token', accessToken: 'the-access-token' }

describe('signing out at the upstream as well', () => {
  let app: RunningApp
  let by: Registered
  let ada: Account
  let idp: LogoutUpstream

  before(async () => {
    ;[app, idp] = await Promise.all([
      startApp({ environment: { SALLYPORT_OUTBOUND_ALLOW_PRIVATE: '127.0.0.1' } }),
      startLogoutUpstream(),
    ])
    by = await app.register({ postLogoutRedirectUris: [BACK] })
    ada = await app.enrol()
  })
  after(async () => {
    await app.close()
    await idp.close()
    assert.deepEqual(app.failures, [])
  })

  const addUpstream = (changes: Partial<Upstream> = {}) =>
    app.addUpstream({ ...idp.settings, ...changes }, 'our secret')
  const through = async (...from: ThroughUpstream[]) => {
    const signedIn = await signedInThrough(app, ada, ...from)
    return { ...signedIn, id_token_hint: (await tokensFor(app, signedIn.browser, by)).id_token }
  }
  /** The app signs the person out, with all that RP-Initiated Logout §2 knows. */
  const signOut = async (browser: HandBrowser, id_token_hint: string, further = {}): Promise<SentAway> =>
    sentAway(
      await browser.open(
        `/end_session?${query({ id_token_hint, post_logout_redirect_uri: BACK, state: 'app state', ...further })}`,
      ),
    )
  const returnPath = ({ alias }: Upstream, state?: string): string =>
    `/broker/${alias}/endpoint/logout_response${state === undefined ? '' : `?${query({ state })}`}`
  const isAtSignedOut = async (browser: HandBrowser, path: string): Promise<void> => {
    shown(await browser.open(path), '/signed-out')
  }

  describe('by the browser (RP-Initiated Logout §2)', () => {
    it('(46) goes to the upstream with its own ID token, and then to the app with its state', async () => {
      const upstream = await addUpstream()
      const { browser, session, id_token_hint } = await through({ upstream, tokens: TOKENS })
      const away = await signOut(browser, id_token_hint)
      assert.ok(away.location.startsWith(`${idp.issuer}/end?`))
      const { state = '', ...others } = Object.fromEntries(away.params)
      assert.deepEqual(others, {
        id_token_hint: TOKENS.idToken,
        post_logout_redirect_uri: `${app.issuer}${returnPath(upstream)}`,
      })
      assert.equal(browser.cookies.has(SESSION_COOKIE), false)
      assert.deepEqual([await hasEnded(app, session), await upstreamsOf(app, session)], [true, 0])
      const back = sentAway(await browser.open(returnPath(upstream, state)))
      assert.equal(back.location, `${BACK}?state=app%20state`)
      const again = sentAway(await browser.open(returnPath(upstream, state)))
      assert.equal(again.location, back.location, 'going back in the browser goes forward again')
    })

    const variants: readonly [what: string, settings: Partial<Upstream>, sent: Record<string, string>][] = [
      ['the client_id', { sendClientIdOnLogout: true }, { client_id: 'sallyport' }],
      ['static parameters', { logoutParameters: { tenant: 'acme & co' } }, { tenant: 'acme & co' }],
      ['the parameters of the app', { logoutPassParameters: true }, { theme: 'dark' }],
    ]
    for (const [what, settings, sent] of variants) {
      it(`sends ${what} where that is set`, async () => {
        const upstream = await addUpstream(settings)
        const { browser, id_token_hint } = await through({ upstream, tokens: TOKENS })
        const { params } = await signOut(browser, id_token_hint, { theme: 'dark' })
        for (const [name, value] of Object.entries(sent)) assert.deepEqual(params.getAll(name), [value])
        assert.equal(params.has('theme'), 'theme' in sent)
      })
    }

    it('sends no id_token_hint where that is set', async () => {
      const upstream = await addUpstream({ sendIdTokenHint: false })
      const { browser, id_token_hint } = await through({ upstream, tokens: TOKENS })
      assert.equal((await signOut(browser, id_token_hint)).params.has('id_token_hint'), false)
    })

    it('calls the return URI what the upstream calls it, and sends another one where that is set', async () => {
      const upstream = await addUpstream({ postLogoutRedirectParameter: 'returnTo' })
      const first = await through({ upstream })
      const { params } = await signOut(first.browser, first.id_token_hint)
      assert.equal(params.get('returnTo'), `${app.issuer}${returnPath(upstream)}`)
      assert.equal(params.has('post_logout_redirect_uri'), false)
      const fixed = await addUpstream({ postLogoutRedirectUri: 'https://www.example.org/bye' })
      const second = await through({ upstream: fixed })
      const away = await signOut(second.browser, second.id_token_hint)
      assert.equal(away.params.get('post_logout_redirect_uri'), 'https://www.example.org/bye')
    })

    it('asks first when the app shows no ID token, and passes on what came with its request', async () => {
      const upstream = await addUpstream({ logoutPassParameters: true })
      const { browser, session } = await through({ upstream, tokens: TOKENS })
      const page = shown(await browser.open(`/end_session?${query({ client_id: by.client.clientId, theme: 'dark' })}`))
      assert.equal(await hasEnded(app, session), false)
      const away = sentAway(await browser.submit(page, '/sign-out', { decision: 'sign-out' }))
      assert.ok(away.location.startsWith(`${idp.issuer}/end?`))
      assert.equal(away.params.get('theme'), 'dark')
      assert.equal(await hasEnded(app, session), true)
      await isAtSignedOut(browser, returnPath(upstream, away.params.get('state') ?? ''))
    })

    it('keeps nothing of what came with the request when no upstream wants it', async () => {
      const { browser } = await through({ upstream: await addUpstream() })
      const page = shown(await browser.open('/end_session?theme=dark'))
      const flow = await app.house.repositories.flows.find(hiddenFields(page).flow as never)
      assert.deepEqual(flow?.purpose, { kind: 'sign-out' })
      assert.ok(!shown(await browser.open('/sign-out?theme=dark')).html.includes('value="dark"'))
    })

    it('goes there from our own sign-out page as well, with what came with the link', async () => {
      const upstream = await addUpstream({ logoutPassParameters: true })
      const { browser, session } = await through({ upstream, tokens: TOKENS })
      const page = shown(await browser.open('/sign-out?theme=dark&client_secret=x'), '/sign-out')
      const away = sentAway(await browser.submit(page, '/sign-out', { decision: 'sign-out' }))
      assert.deepEqual([away.params.get('theme'), away.params.has('client_secret')], ['dark', false])
      assert.equal(await hasEnded(app, session), true)
      await isAtSignedOut(browser, returnPath(upstream, away.params.get('state') ?? ''))
    })

    it('(46) takes people back with another state or with none: they are signed out already', async () => {
      const upstream = await addUpstream()
      const { browser, id_token_hint } = await through({ upstream, tokens: TOKENS })
      await signOut(browser, id_token_hint)
      await isAtSignedOut(browser, returnPath(upstream))
      await isAtSignedOut(browser, returnPath(upstream, 'another'))
      await isAtSignedOut(browser, `${returnPath(upstream)}?state=a&state=b`)
      await isAtSignedOut(browser, `/broker/nobody/endpoint/logout_response`)
    })

    it('leads nobody else to where the app is: a state counts in the browser it was made for (§3)', async () => {
      const upstream = await addUpstream()
      const { browser, session, id_token_hint } = await through({ upstream, tokens: TOKENS })
      const state = (await signOut(browser, id_token_hint)).params.get('state') ?? ''
      await isAtSignedOut(await app.browser(), returnPath(upstream, state))
      const forged = sealLogoutState(app.keys.handles, { flowId: session.id as never, sessionId: session.id })
      await isAtSignedOut(browser, returnPath(upstream, forged))
      assert.equal(sentAway(await browser.open(returnPath(upstream, state))).location, `${BACK}?state=app%20state`)
    })

    const local: readonly [what: string, change: (settings: Partial<Upstream>) => Partial<Upstream>][] = [
      ['has no end session endpoint', ({ endSessionEndpoint: _, ...others }) => others],
      [
        'was never reached',
        ({ endSessionEndpoint: _, ...others }) => ({ ...others, discoveryUri: `${idp.issuer}/none` }),
      ],
      ['is to be left alone', settings => ({ ...settings, logoutMode: 'none' })],
      ['is switched off', settings => ({ ...settings, enabled: false })],
    ]
    for (const [what, change] of local) {
      it(`goes straight to the app when the upstream ${what}`, async () => {
        const upstream = await app.addUpstream(change(idp.settings))
        const { browser, session, id_token_hint } = await through({ upstream, tokens: TOKENS })
        assert.equal((await signOut(browser, id_token_hint)).location, `${BACK}?state=app%20state`)
        assert.deepEqual([await hasEnded(app, session), await upstreamsOf(app, session)], [true, 0])
      })
    }

    it('visits several upstreams one after the other, each once', async () => {
      const [first, second] = [await addUpstream(), await addUpstream()]
      const { browser, session, id_token_hint } = await through(
        { upstream: first, tokens: { idToken: 'first' } },
        { upstream: second, tokens: { idToken: 'second' } },
      )
      const one = await signOut(browser, id_token_hint)
      assert.deepEqual([await hasEnded(app, session), await upstreamsOf(app, session)], [true, 1])
      const visited = (away: SentAway) => (away.params.get('id_token_hint') === 'first' ? first : second)
      const two = sentAway(await browser.open(returnPath(visited(one), one.params.get('state') ?? '')))
      assert.notEqual(visited(two).alias, visited(one).alias)
      assert.equal(await upstreamsOf(app, session), 0)
      const back = sentAway(await browser.open(returnPath(visited(two), two.params.get('state') ?? '')))
      assert.equal(back.location, `${BACK}?state=app%20state`)
    })

    it('sends one of two tabs that sign out at once to the upstream, and both are signed out', async () => {
      const upstream = await addUpstream()
      const { browser, session, cookie } = await through({ upstream, tokens: TOKENS })
      const page = shown(await browser.open('/sign-out'))
      const other = await app.browser()
      other.cookies.set(SESSION_COOKIE, cookie)
      const landings = await Promise.all(
        [browser, other].map(each => each.post('/sign-out', { ...hiddenFields(page), decision: 'sign-out' })),
      )
      assert.equal(landings.filter(({ kind }) => kind === 'sent-away').length, 1)
      assert.equal(await hasEnded(app, session), true)
    })

    it('signs out for sure who answers one page in two tabs, and stays in the other', async () => {
      const upstream = await addUpstream()
      for (let round = 0; round < 5; round += 1) {
        const { browser, session } = await through({ upstream, tokens: TOKENS })
        const page = shown(await browser.open('/end_session'))
        const decide = (decision: string) => browser.send('/sign-out', formPost({ ...hiddenFields(page), decision }))
        const [left] = await Promise.all([decide('sign-out'), decide('stay')])
        // Whoever came second finds the page answered; nobody is told that they left while they are still signed in.
        const location = left?.headers.get('location') ?? assert.fail('sent nowhere')
        assert.equal(await hasEnded(app, session), location.startsWith(idp.issuer) || location.endsWith('/signed-out'))
      }
    })

    it('leaves a person without an upstream as it was: no detour', async () => {
      const { browser, id_token_hint } = await through()
      assert.equal((await signOut(browser, id_token_hint)).location, `${BACK}?state=app%20state`)
    })

    it('tells with `why` that the person went there and came back', async () => {
      const upstream = await addUpstream()
      const { browser, session, id_token_hint } = await through({ upstream, tokens: TOKENS })
      const { params } = await signOut(browser, id_token_hint)
      await browser.open(returnPath(upstream, params.get('state') ?? ''))
      const { repositories } = app.house
      const [event] = await repositories.audit.list({ type: 'sign-out.succeeded', accountId: ada.id, limit: 1 })
      assert.ok(event?.traceCode !== undefined)
      assert.deepEqual(event.detail, { session: session.id, told: [upstream.alias] })
      const flow = await repositories.flows.findByTraceCode(event.traceCode)
      assert.deepEqual(
        flow?.trace.map(({ rule, facts }) => [rule, facts]),
        [
          ['RP-Initiated Logout §2 the upstream is asked to sign the person out', { upstream: upstream.alias }],
          ['RP-Initiated Logout §3 the upstream sent the person back', { upstream: upstream.alias }],
        ],
      )
    })
  })

  describe('by a call of ours', () => {
    const byCall = (settings: Partial<Upstream>) =>
      addUpstream({ logoutMode: 'backchannel', logoutUri: `${idp.issuer}/logout`, ...settings })

    /** The last delivery, once it came to something. */
    const delivered = async ({ alias }: Upstream): Promise<Delivery> => {
      const { deliveries } = app.house.repositories
      for (;;) {
        const list = await deliveries.list({ kind: 'upstream-logout', limit: 100 })
        const delivery = list.find(({ about }) => about.upstream === alias)
        assert.ok(delivery !== undefined)
        if (delivery.lastResult !== undefined) return delivery
        await turn()
      }
    }
    const called = async (settings: Partial<Upstream>, further = {}) => {
      const upstream = await byCall(settings)
      const { browser, session, id_token_hint } = await through({ upstream, tokens: TOKENS })
      assert.equal((await signOut(browser, id_token_hint, further)).location, `${BACK}?state=app%20state`)
      assert.deepEqual([await hasEnded(app, session), await upstreamsOf(app, session)], [true, 0])
      const delivery = await delivered(upstream)
      return { upstream, session, delivery, call: idp.calls.at(-1) }
    }

    for (const logoutAuthorization of ['basic', 'bearer', 'none'] as const) {
      for (const logoutTokenMethod of ['form', 'json'] as const) {
        for (const logoutTokenParameter of ['token', 'access_token']) {
          it(`authorizes with ${logoutAuthorization} and hands the token over as ${logoutTokenMethod}, named ${logoutTokenParameter}`, async () => {
            const { call, delivery } = await called({
              logoutAuthorization,
              logoutTokenMethod,
              logoutTokenParameter,
              logoutParameters: { tenant: 'acme' },
            })
            assert.equal(delivery.lastResult, 'the upstream took it')
            const authorization = {
              basic: basic('sallyport', 'our secret'),
              bearer: `Bearer ${TOKENS.accessToken}`,
              none: undefined,
            }
            assert.equal(call?.headers.authorization, authorization[logoutAuthorization])
            assert.equal(call?.method, 'POST')
            const sent = bodyOf(call?.headers['content-type'], call?.body ?? '')
            assert.equal(sent[logoutTokenParameter], TOKENS.accessToken)
            assert.equal({ ...sent, ...queryOf(call?.target ?? '') }.tenant, 'acme')
            assert.deepEqual([delivery.state, delivery.attempts], ['delivered', 1])
          })
        }
      }
    }

    it('sends no token in the body where the header has it, and that is set', async () => {
      const { call } = await called({ logoutAuthorization: 'bearer', logoutTokenMethod: 'none' })
      assert.ok(!`${call?.target} ${call?.body}`.includes(TOKENS.accessToken ?? ''))
      assert.equal(call?.headers.authorization, `Bearer ${TOKENS.accessToken}`)
    })

    it('passes the parameters of the app on where that is set, and only there', async () => {
      for (const logoutPassParameters of [true, false]) {
        const { call } = await called({ logoutPassParameters }, { theme: 'dark', token: 'evil', client_secret: 'evil' })
        assert.equal(`${call?.target} ${call?.body}`.includes('dark'), logoutPassParameters)
        assert.ok(!`${call?.target} ${call?.body}`.includes('evil'))
      }
    })

    it('is a delivery: sealed while it waits, tried again, and without its tokens when it has arrived', async () => {
      idp.statuses.push(503)
      const { upstream, session, delivery } = await called({})
      assert.deepEqual([delivery.state, delivery.attempts], ['waiting', 1])
      assert.deepEqual(delivery.about, { upstream: upstream.alias, session: session.id })
      assert.ok(delivery.sealedContent !== undefined)
      assert.ok(!Buffer.from(delivery.sealedContent).includes(TOKENS.accessToken ?? ''))
      assert.ok(!JSON.stringify(delivery).includes('the-access-token'))
      const { deliveries, commit } = app.house.repositories
      const { lastResult: _, ...others } = delivery
      await commit([deliveries.advance({ ...others, nextAt: new Date(0) }, delivery)])
      await called({})
      const arrived = await delivered(upstream)
      assert.deepEqual([arrived.state, arrived.attempts, arrived.sealedContent], ['delivered', 2, undefined])
    })

    it('is made once when two tabs sign out at once', async () => {
      const upstream = await byCall({})
      const { browser, cookie } = await through({ upstream, tokens: TOKENS })
      const page = shown(await browser.open('/sign-out'))
      const other = await app.browser()
      other.cookies.set(SESSION_COOKIE, cookie)
      await Promise.all(
        [browser, other].map(each => each.post('/sign-out', { ...hiddenFields(page), decision: 'sign-out' })),
      )
      await delivered(upstream)
      const list = await app.house.repositories.deliveries.list({ kind: 'upstream-logout', limit: 200 })
      assert.equal(list.filter(({ about }) => about.upstream === upstream.alias).length, 1)
    })

    it('is given up when the upstream is deleted', async () => {
      idp.statuses.push(500)
      const { upstream, delivery } = await called({})
      const { deliveries, upstreams, commit } = app.house.repositories
      const { lastResult: _, ...others } = delivery
      await commit([upstreams.delete(upstream.uid), deliveries.advance({ ...others, nextAt: new Date(0) }, delivery)])
      await called({})
      const ended = await delivered(upstream)
      assert.deepEqual([ended.state, ended.lastResult], ['given-up', 'the upstream was deleted'])
    })

    it('is given up at once when the upstream says no or points elsewhere, or when there is no token to say it with (RFC 9110 §15.4, §15.5)', async () => {
      idp.statuses.push(401)
      const { delivery } = await called({})
      assert.deepEqual([delivery.state, delivery.attempts], ['given-up', 1])
      assert.match(delivery.lastResult ?? '', /did not take the sign-out: status 401/)
      idp.statuses.push(303)
      const elsewhere = (await called({})).delivery
      assert.deepEqual([elsewhere.state, elsewhere.attempts], ['given-up', 1])
      assert.match(elsewhere.lastResult ?? '', /did not take the sign-out: status 303/)
      const upstream = await byCall({ logoutAuthorization: 'bearer' })
      const { browser, session, id_token_hint } = await through({ upstream })
      await signOut(browser, id_token_hint)
      assert.equal((await delivered(upstream)).state, 'given-up')
      assert.equal(await hasEnded(app, session), true)
    })

    it('waits for an upstream that asks to wait', async () => {
      idp.statuses.push(429)
      assert.equal((await called({})).delivery.state, 'waiting')
    })

    it('goes beside a visit: each upstream is told in its own way', async () => {
      const [visited, told] = [await addUpstream(), await byCall({})]
      const { browser, session, id_token_hint } = await through(
        { upstream: visited, tokens: TOKENS },
        { upstream: told, tokens: TOKENS },
      )
      assert.ok((await signOut(browser, id_token_hint)).location.startsWith(`${idp.issuer}/end?`))
      assert.equal((await delivered(told)).state, 'delivered')
      assert.equal(await upstreamsOf(app, session), 0)
    })
  })
})

function queryOf(target: string): Readonly<Record<string, string>> {
  return Object.fromEntries(new URL(target, 'http://upstream.example').searchParams)
}

function bodyOf(contentType: string | undefined, body: string): Readonly<Record<string, string>> {
  return contentType?.startsWith('application/json') === true
    ? JSON.parse(body)
    : Object.fromEntries(new URLSearchParams(body))
}
