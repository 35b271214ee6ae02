/** Signing in through an upstream, which is another Sallyport: every way there, and back to the app with the app's own request. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import { newTraceCode } from '../../src/core/audit/trace-code.ts'
import { sealFlowCookie } from '../../src/core/flow/flow-handles.ts'
import { startFlow } from '../../src/core/flow/steps.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { newId } from '../../src/lib/id.ts'
import { DEVICE_CODE, pollDevice, startDevice } from '../support/deferred.ts'
import { authorizePath, CHALLENGE, exchange, payloadOf, signInAt, VERIFIER } from '../support/hand-app.ts'
import { type Landing, type SentAway, sentAway, shown } from '../support/hand-browser.ts'
import { SESSION_COOKIE } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'
import { startUpstreamPair, type UpstreamPair } from '../support/upstream-pair.ts'

describe('signing in through an upstream', () => {
  let pair: UpstreamPair
  let by: Registered
  let ada: Account

  before(async () => {
    pair = await startUpstreamPair()
    by = await pair.app.register()
    ada = await pair.idp.enrol({ username: 'ada', email: 'ada@corp.example', emailVerified: true })
    await pair.addUpstream('corp', { displayName: 'Example Corporation', passLoginHint: true, passMaxAge: true })
    await pair.addUpstream('first', { order: -1, displayName: '<b>First</b>' })
    await pair.addUpstream('off', { enabled: false })
    await pair.addUpstream('linked', { linkOnly: true })
    // On the sign-in page there are two.
    const hidden: Readonly<Record<string, Partial<Upstream>>> = {
      hidden: {},
      domain: { emailDomains: ['corp.example'], passLoginHint: true },
      new: { registrationParameters: { prompt: 'create', screen: 'sign-up' } },
      persist: { persistParameters: ['*'] },
      some: { persistParameters: ['hd'] },
      forward: { forwardParameters: ['tenant'] },
    }
    for (const [alias, changes] of Object.entries(hidden))
      await pair.addUpstream(alias, { hideOnLogin: true, ...changes })
  })
  after(async () => {
    await pair.close()
    assert.deepEqual([...pair.app.failures, ...pair.idp.failures], [])
  })

  const codeOf = (landing: Landing): string => {
    const { params, location } = sentAway(landing)
    return params.get('code') ?? assert.fail(`no code in ${location}`)
  }
  const claimsOf = async (landing: Landing, registered = by) => {
    const tokens = await exchange(pair.app, registered, codeOf(landing), { code_verifier: VERIFIER })
    assert.equal(tokens.status, 200)
    return payloadOf(tokens.id_token)
  }
  const buttonsOf = (landing: Landing): readonly string[] =>
    [...shown(landing, '/login').html.matchAll(/<a id="upstream-([\w-]+)"/g)].map(([, alias = '']) => alias)
  const hrefOf = (landing: Landing, alias: string): string => {
    const href = new RegExp(`id="upstream-${alias}" href="([^"]*)"`).exec(shown(landing, '/login').html)?.[1]
    return (href ?? assert.fail(`no button for ${alias}`)).replaceAll('&amp;', '&')
  }
  const asked = ({ params }: SentAway) => Object.fromEntries(params)

  it('goes by its button, and the app gets the answer to its own request: state, nonce and PKCE', async () => {
    const browser = await pair.browser()
    const request = { state: 'of the app', nonce: 'of the app, too', ...CHALLENGE }
    const page = await browser.open(authorizePath(by.client, request))
    const away = await browser.leave(hrefOf(page, 'corp'))
    for (const name of ['state', 'nonce', 'code_challenge'] as const)
      assert.notEqual(away.params.get(name), request[name as keyof typeof request], name)
    const landing = await browser.goOn(away, ada)
    assert.equal(sentAway(landing).params.get('state'), request.state)
    const claims = await claimsOf(landing)
    assert.equal(claims.nonce, request.nonce)
    assert.notEqual(claims.sub, ada.subject, 'the subject is ours, not that of the upstream')
  })

  it('shows the upstreams that are enabled, not hidden and not for linking alone, in their order', async () => {
    const browser = await pair.browser()
    const page = await browser.open(authorizePath(by.client))
    assert.deepEqual(buttonsOf(page), ['first', 'corp'])
    assert.match(shown(page).html, /Continue with &lt;b&gt;First/)
    assert.deepEqual(buttonsOf(await browser.open('/login')), ['first', 'corp'], 'own pages have them, too')
  })

  for (const name of ['idp_hint', 'kc_idp_hint']) {
    it(`goes there at once with ${name}, also to one that is hidden`, async () => {
      const away = await (await pair.browser()).leave(authorizePath(by.client, { [name]: 'hidden' }))
      assert.equal(asked(away).redirect_uri, `${pair.app.issuer}/broker/hidden/endpoint`)
    })
    it(`shows the sign-in page where ${name} names none that signs people in`, async () => {
      for (const alias of ['off', 'linked', 'nobody'])
        assert.deepEqual(buttonsOf(await (await pair.browser()).open(authorizePath(by.client, { [name]: alias }))), [
          'first',
          'corp',
        ])
    })
  }

  it('takes the hint of a pushed request (RFC 9126 §2.1), and none that stands beside it', async () => {
    const pushed = await fetch(`${pair.app.issuer}/par`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: by.client.clientId,
        client_secret: by.secret,
        response_type: 'code',
        redirect_uri: by.client.redirectUris[0] ?? '',
        scope: 'openid',
        idp_hint: 'corp',
      }),
      headers: {},
    })
    const { request_uri } = (await pushed.json()) as { readonly request_uri: string }
    const beside = { client_id: by.client.clientId, request_uri, idp_hint: 'hidden' }
    const away = await (await pair.browser()).leave(`/authorize?${new URLSearchParams(beside)}`)
    assert.equal(asked(away).redirect_uri, `${pair.app.issuer}/broker/corp/endpoint`)
  })

  it('asks for a fresh proof when the app does, and takes none that is old (OIDC Core §3.1.2.1 prompt=login)', async () => {
    const browser = await pair.browser()
    const first = await claimsOf(await browser.open(authorizePath(by.client, { idp_hint: 'corp', ...CHALLENGE }), ada))
    const again = { idp_hint: 'corp', prompt: 'login', ...CHALLENGE }
    const away = await browser.leave(authorizePath(by.client, again))
    assert.deepEqual([asked(away).prompt, asked(away).max_age], ['login', '0'])
    const page = shown(await browser.there.open(away.location), '/login')
    const landing = await browser.goOn(await signInAt(browser.there, page, ada))
    const second = await claimsOf(landing)
    assert.equal(second.sub, first.sub)
    assert.ok(Number(second.auth_time) >= Number(first.auth_time))
  })

  it('passes on what the app says of the person as far as the upstream wants it', async () => {
    const browser = await pair.browser()
    const wishes = { login_hint: 'ada', ui_locales: 'de', acr_values: 'gold', max_age: '600', idp_hint: 'corp' }
    const { login_hint, ui_locales, acr_values, max_age } = asked(await browser.leave(authorizePath(by.client, wishes)))
    assert.deepEqual([login_hint, max_age], ['ada', '600'])
    assert.deepEqual([ui_locales, acr_values], [undefined, undefined])
  })

  it('finishes each of many tabs with its own request', async () => {
    const browser = await pair.browser()
    const tabs = ['one', 'two', 'three', 'four', 'five']
    const away: SentAway[] = []
    for (const state of tabs) away.push(await browser.leave(authorizePath(by.client, { state, idp_hint: 'corp' })))
    assert.equal(new Set(away.map(({ params }) => params.get('state'))).size, tabs.length)
    const signedIn = await browser.goOn(await browser.there.open(away[0]?.location ?? ''), ada)
    assert.equal(sentAway(signedIn).params.get('state'), 'one')
    const rest = await Promise.all(away.slice(1).map(tab => browser.goOn(tab)))
    assert.deepEqual(
      rest.map(landing => sentAway(landing).params.get('state')),
      tabs.slice(1),
    )
  })

  it('lets many tabs of one request leave at the same moment, and lose nothing of it', async () => {
    const browser = await pair.browser()
    const page = await browser.open(authorizePath(by.client, { state: 'mine' }))
    const away = await Promise.all(Array.from({ length: 4 }, () => browser.leave(hrefOf(page, 'corp'))))
    assert.equal(new Set(away.map(({ params }) => params.get('state'))).size, 4)
    const first = sentAway(await browser.goOn(away[3] ?? assert.fail(), ada))
    assert.equal(first.params.get('state'), 'mine')
    const late = sentAway(await browser.goOn(away[0] ?? assert.fail()))
    assert.equal(late.location, first.location, 'the others get the answer that was given')
  })

  it('lets several attempts of one request come back in any order', async () => {
    const browser = await pair.browser()
    const page = await browser.open(authorizePath(by.client, { state: 'mine' }))
    const [older, newer] = [await browser.leave(hrefOf(page, 'corp')), await browser.leave(hrefOf(page, 'first'))]
    assert.notEqual(older.params.get('state'), newer.params.get('state'))
    assert.equal(sentAway(await browser.goOn(older, ada)).params.get('state'), 'mine')
  })

  it('goes by its button for a device, too (RFC 8628 §3.3), and for a request from afar', async () => {
    const tv = await pair.app.register({ type: 'public', grantTypes: [DEVICE_CODE], redirectUris: [] })
    const { user_code, device_code } = await startDevice(pair.app, tv)
    const browser = await pair.browser()
    const page = await browser.here.post('/device', { user_code })
    const approval = shown(await browser.open(hrefOf(page, 'corp'), ada), '/approve')
    await browser.here.submit(approval, '/approve', { decision: 'approve' })
    assert.equal((await pollDevice(pair.app, tv, device_code)).status, 200)
  })

  it('asks which account, when the person wants to go on as somebody else', async () => {
    const asking = await pair.app.register({ consentMode: 'always' })
    const browser = await pair.browser()
    const consent = shown(await browser.open(authorizePath(asking.client, { idp_hint: 'corp' }), ada), '/consent')
    const page = await browser.here.submit(consent, '/consent', { decision: 'other-account' })
    assert.equal(asked(await browser.leave(hrefOf(page, 'corp'))).prompt, 'select_account')
  })

  describe('to link it to an account (link_only)', () => {
    /** As the account page begins it. */
    async function linking(account: Account, alias: string) {
      const { house, keys } = pair.app
      const upstream = (await house.repositories.upstreams.findByAlias(alias)) ?? assert.fail()
      const now = house.clock.now()
      const flow = startFlow({
        id: newId(now, house.random),
        traceCode: newTraceCode(house.random),
        purpose: { kind: 'link-identity', accountId: account.id, upstreamUid: upstream.uid },
        now,
        expiresAt: addSeconds(now, 600),
      })
      await house.repositories.commit([house.repositories.flows.insert(flow)])
      const browser = await pair.browser()
      browser.here.cookies.set(SESSION_COOKIE, (await pair.app.beginSession(account)).cookie)
      browser.here.cookies.set(`sallyport-flow-${flow.id}`, sealFlowCookie(keys.handles, flow.id))
      return { browser, path: (to: string) => `/broker/${to}/login?flow=${flow.id}` }
    }

    it('goes there, and back to the account page', async () => {
      const account = await pair.app.enrol()
      const { browser, path } = await linking(account, 'linked')
      shown(await browser.open(path('linked'), await pair.idp.enrol()), '/account')
      const [identity] = await pair.app.house.repositories.identities.listOfAccount(account.id)
      assert.ok(identity)
    })

    it('goes to no other than the one that is linked, and leads back to the account page when it does not work', async () => {
      const { browser, path } = await linking(await pair.app.enrol(), 'linked')
      const refused = shown(await browser.open(path('corp')))
      assert.match(refused.html, /Linking Example Corporation did not work[\s\S]*href="[^"]*\/account"/)
      const state = (await browser.leave(path('linked'))).params.get('state') ?? ''
      const answer = new URLSearchParams({ error: 'access_denied', iss: pair.idp.issuer, state })
      const cancelled = shown(await browser.open(`/broker/linked/endpoint?${answer}`))
      assert.match(cancelled.html, /Linking linked did not work/)
    })
  })

  describe('by e-mail domain', () => {
    it('sends on who typed such an address and no password', async () => {
      const browser = await pair.browser()
      const page = await browser.open(authorizePath(by.client))
      assert.doesNotMatch(/<input id="password"[^>]*>/.exec(shown(page).html)?.[0] ?? 'required', / required/)
      assert.match(shown(page).html, /id="password-hint">Leave it empty if your organisation signs you in\./)
      const away = sentAway(await browser.here.submit(page, '/login', { username: 'Ada@Corp.example' }))
      assert.equal(asked(away).redirect_uri, `${pair.app.issuer}/broker/domain/endpoint`)
      assert.equal(asked(away).login_hint, 'Ada@Corp.example')
    })

    it('checks a password that was typed as always', async () => {
      const browser = await pair.browser()
      const local = await pair.app.enrol({ email: 'local@corp.example' })
      const page = await browser.open(authorizePath(by.client))
      codeOf(await signInAt(browser.here, page, { ...local, username: 'local@corp.example' }))
    })

    it('asks anybody else for the password, and says nothing of whether they are known', async () => {
      const browser = await pair.browser()
      const known = await pair.app.enrol()
      const page = await browser.open(authorizePath(by.client))
      for (const username of [known.username, 'nobody', 'nobody@corp.example.org']) {
        const again = shown(await browser.here.submit(page, '/login', { username }), '/login')
        assert.match(again.html, /Please enter your password/)
      }
    })

    it('goes there at once with such a login_hint', async () => {
      const away = await (await pair.browser()).leave(authorizePath(by.client, { login_hint: 'x@corp.example' }))
      assert.equal(asked(away).redirect_uri, `${pair.app.issuer}/broker/domain/endpoint`)
    })
  })

  describe('from a link', () => {
    it('signs in to our own pages, by GET /broker/ALIAS/login', async () => {
      const browser = await pair.browser()
      assert.match(shown(await browser.open('/broker/corp/login', ada), '/').html, /Sign out/)
    })

    it('leads to an app that is started from here (OIDC Core §4), and to no other address', async () => {
      const initiateLoginUri = 'https://expenses.example/begin'
      const { client } = await pair.app.register({ initiateLoginUri })
      const browser = await pair.browser()
      const query = `client_id=${client.clientId}&target_link_uri=https%3A%2F%2Fevil.example&redirect_uri=https%3A%2F%2Fevil.example`
      const landing = sentAway(await browser.open(`/broker/corp/login?${query}`, ada))
      const begin = `${initiateLoginUri}?iss=${encodeURIComponent(pair.app.issuer)}`
      assert.equal(landing.location, begin)
      const again = sentAway(await browser.here.open(`/broker/corp/login?${query}`))
      assert.equal(again.location, begin, 'whoever is signed in goes there at once')
    })

    it('goes nowhere for an app that cannot be started from here', async () => {
      const strange = await pair.app.register({ initiateLoginUri: 'https://evil.example/', origin: 'registration' })
      for (const clientId of [by.client.clientId, strange.client.clientId, 'nobody']) {
        const page = shown(await (await pair.browser()).open(`/broker/corp/login?client_id=${clientId}`))
        assert.equal(page.status, 400)
      }
    })

    it('registers by GET /broker/ALIAS/register: the upstream is asked for it', async () => {
      const browser = await pair.browser()
      const away = await browser.leave('/broker/new/register')
      assert.deepEqual([asked(away).prompt, asked(away).screen], ['create', 'sign-up'])
      const plain = await browser.leave('/broker/new/login')
      assert.deepEqual([asked(plain).prompt, asked(plain).screen], [undefined, undefined])
    })

    it('persists the parameters that are listed, never one of ours', async () => {
      const query = 'hd=corp.example&campaign=7&state=x&redirect_uri=https%3A%2F%2Fevil.example&scope=all&prompt=none'
      const all = asked(await (await pair.browser()).leave(`/broker/persist/login?${query}`))
      assert.deepEqual([all.hd, all.campaign, all.prompt], ['corp.example', '7', undefined])
      assert.equal(all.redirect_uri, `${pair.app.issuer}/broker/persist/endpoint`)
      assert.equal(all.scope, 'openid profile email')
      assert.notEqual(all.state, 'x')
      const some = asked(await (await pair.browser()).leave(`/broker/some/login?${query}`))
      assert.deepEqual([some.hd, some.campaign], ['corp.example', undefined])
    })

    it('forwards the parameters of the app that are listed', async () => {
      const request = { tenant: '7', other: '8' }
      const page = await (await pair.browser()).leave(authorizePath(by.client, { ...request, idp_hint: 'forward' }))
      assert.deepEqual([asked(page).tenant, asked(page).other], ['7', undefined])
    })

    const dead: readonly [what: string, path: string, status: number][] = [
      ['an unknown alias', '/broker/nobody/login', 404],
      ['one that is disabled', '/broker/off/login', 404],
      ['one that may only be linked', '/broker/linked/login', 404],
      ['one that may only be linked, to register', '/broker/linked/register', 404],
      ['a flow that nobody began', `/broker/corp/login?flow=${'0'.repeat(32)}`, 400],
      ['a query that is too long', `/broker/corp/login?x=${'x'.repeat(8000)}`, 400],
    ]
    for (const [what, path, status] of dead) {
      it(`shows an error with a code for ${what}`, async () => {
        const page = shown(await (await pair.browser()).open(path))
        assert.equal(page.status, status)
        assert.match(page.html, /id="error-code"/)
      })
    }

    it('refuses one that may only be linked also within a flow', async () => {
      const browser = await pair.browser()
      const page = await browser.open(authorizePath(by.client))
      const link = hrefOf(page, 'corp').replace('/corp/', '/linked/')
      const refused = shown(await browser.open(link))
      assert.equal(refused.status, 400)
      assert.match(refused.html, /Other ways to sign in/)
    })
  })
})
