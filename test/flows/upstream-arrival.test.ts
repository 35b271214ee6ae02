/** Coming home from an upstream: who is signed in, who gets an account, who is asked, and who is turned away. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Client } from '../../src/core/clients/client.ts'
import { openTokens } from '../../src/core/upstreams/tokens/stored-tokens.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import {
  answerWith,
  arriveAt,
  type Claims,
  comeBack,
  flowOf,
  linkTo,
  ownerOf,
  plantFlow,
  setOut,
} from '../support/arrivals.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { codeFor, exchange, payloadOf, signInAt } from '../support/hand-app.ts'
import { type Landing, sentAway, shown } from '../support/hand-browser.ts'
import { type RunningApp, SESSION_COOKIE, startApp } from '../support/running-app.ts'
import { PASSWORD, type Registered } from '../support/seeding.ts'

let count = 0
/** A person whom nobody here knows yet. */
function stranger(changes: Partial<Claims> = {}): Claims {
  const name = `new-${++count}`
  return {
    sub: `sub-${name}`,
    preferred_username: name,
    email: `${name}@example.org`,
    name: 'Grace Hopper',
    ...changes,
  }
}

onBothDatabases('an arrival from an upstream', database => {
  let app: RunningApp
  let registered: Registered
  let upstream: Upstream

  before(async () => {
    app = await startApp({ database: await database() })
    registered = await app.register()
    upstream = await app.addUpstream({ alias: 'idp', displayName: 'Example ID', trustEmail: true })
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  it('makes an account for somebody new, and signs them in to the app', async () => {
    const claims = stranger({ email_verified: true, sid: 'their sid' })
    const browser = await app.browser()
    const { landing, attempt } = await comeBack(app, browser, registered.client, upstream, claims)
    const tokens = await exchange(app, registered, sentAway(landing).params.get('code') ?? '')
    const account = await ownerOf(app, upstream, claims.sub)
    assert.ok(account)
    assert.equal(payloadOf(tokens.id_token).sub, account.subject)
    assert.deepEqual(
      [account.username, account.email, account.emailVerified, account.attributes.name, account.passwordHash],
      [claims.preferred_username, claims.email, true, 'Grace Hopper', undefined],
    )
    const used = await app.house.repositories.attempts.find(attempt.id)
    assert.deepEqual([used?.state, used?.sealedAnswer], ['settled', undefined])
    const [remembered] = await app.house.repositories.upstreamSessions.listBySid(upstream.uid, 'their sid')
    assert.deepEqual([remembered?.sub, remembered?.subject], [claims.sub, claims.sub])
  })

  it('knows them the next time, whatever they are called then', async () => {
    const claims = stranger()
    await comeBack(app, await app.browser(), registered.client, upstream, claims)
    const account = await ownerOf(app, upstream, claims.sub)
    const other = { sub: claims.sub, preferred_username: 'somebody-else', email: 'other@example.org' }
    const { landing } = await comeBack(app, await app.browser(), registered.client, upstream, other)
    sentAway(landing)
    assert.deepEqual(await app.house.repositories.accounts.find(account?.id ?? ('' as never)), account)
  })

  it('makes one account and one link of two tabs that arrive at once', async () => {
    const claims = stranger()
    const browser = await app.browser()
    const flows = [
      await setOut(app, browser, registered.client),
      await setOut(app, browser, registered.client),
      await setOut(app, browser, registered.client),
    ]
    for (const flow of flows) await answerWith(app, flow, upstream, claims)
    const landings = await Promise.all(flows.map(flow => arriveAt(browser, flow)))
    for (const landing of landings) assert.ok(sentAway(landing).params.get('code'))
    const account = await app.house.repositories.accounts.findByLogin(String(claims.email))
    assert.deepEqual(await ownerOf(app, upstream, claims.sub), account)
    const all = await app.house.repositories.accounts.list()
    assert.equal(all.filter(({ email }) => email === claims.email).length, 1)
  })

  it('takes a page that is loaded again for what it was', async () => {
    const browser = await app.browser()
    const flow = await setOut(app, browser, registered.client)
    await answerWith(app, flow, upstream, stranger())
    const both = await Promise.all([arriveAt(browser, flow), arriveAt(browser, flow)])
    const codes = [...both, await arriveAt(browser, flow)].map(landing => sentAway(landing).params.get('code'))
    assert.equal(new Set(codes).size, 1)
  })

  it('gives the address of a first account to one of two people who come at once', async () => {
    const [ada, eve] = [stranger(), stranger()]
    const shared = { email: ada.email, preferred_username: ada.preferred_username }
    const arrivals = await Promise.all(
      [ada, { ...eve, ...shared }].map(async claims => {
        const browser = await app.browser()
        const flow = await setOut(app, browser, registered.client)
        await answerWith(app, flow, upstream, claims)
        return { browser, flow }
      }),
    )
    const landings = await Promise.all(arrivals.map(({ browser, flow }) => arriveAt(browser, flow)))
    assert.deepEqual(landings.map(pageOf).sort(), ['/profile', 'the app'])
  })
})

function pageOf(landing: Landing): string {
  return landing.kind === 'page' ? landing.url.pathname : 'the app'
}

describe('an arrival from an upstream', () => {
  let app: RunningApp
  let registered: Registered
  let client: Client
  let ada: Account

  before(async () => {
    app = await startApp()
    registered = await app.register()
    client = registered.client
    ada = await app.enrol()
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  it('counts in the browser that set out, and nowhere else', async () => {
    const upstream = await app.addUpstream()
    const claims = stranger()
    const flow = await setOut(app, await app.browser(), client)
    await answerWith(app, flow, upstream, claims)
    const elsewhere = await app.browser()
    assert.equal(shown(await arriveAt(elsewhere, flow)).status, 400)
    assert.equal(elsewhere.cookies.has(SESSION_COOKIE), false)
    assert.equal(await ownerOf(app, upstream, claims.sub), undefined)
  })

  it('counts for the flow whose answer it is', async () => {
    const upstream = await app.addUpstream()
    const browser = await app.browser()
    const [mine, other] = [await setOut(app, browser, client), await setOut(app, browser, client)]
    const attempt = await answerWith(app, mine, upstream, stranger())
    const { flows, commit } = app.house.repositories
    const moved = { ...other, version: other.version + 1, upstream: { at: 'answered', attemptId: attempt.id } } as const
    await commit([flows.advance(moved)])
    assert.equal(shown(await arriveAt(browser, other)).url.pathname, '/login')
  })

  it('leads to the sign-in page when there is no answer', async () => {
    const browser = await app.browser()
    const flow = await setOut(app, browser, client)
    for (const page of ['arrive', 'profile', 'link-account'])
      assert.equal(shown(await browser.open(`/${page}?flow=${flow.id}`)).url.pathname, '/login')
  })

  it('stores the tokens of the upstream where that is wanted (store_tokens), and forgets them where it is not', async () => {
    for (const storeTokens of [true, false]) {
      const upstream = await app.addUpstream({ storeTokens })
      const claims = stranger()
      await comeBack(app, await app.browser(), client, upstream, claims)
      const identity = await app.house.repositories.identities.find(upstream.uid, claims.sub)
      assert.ok(identity?.lastSignInAt)
      const { id, sealedTokens } = identity
      const kept = sealedTokens && openTokens(app.keys.sealer, id, sealedTokens)
      const tokens = { accessToken: 'an access token', refreshToken: 'a refresh token', idToken: 'an.id.token' }
      assert.deepEqual(kept, storeTokens ? { ...tokens, tokenType: 'Bearer', scope: 'openid' } : undefined)
    }
  })

  it('tells the app how and when the person was proven (RFC 8176, OIDC Core §2 auth_time)', async () => {
    const now = Math.floor(Date.now() / 1000)
    const upstream = await app.addUpstream({ amr: ['fed'], trustAmr: true })
    const claims = stranger({ amr: ['otp'], auth_time: now - 600 })
    const { landing } = await comeBack(app, await app.browser(), client, upstream, claims)
    const tokens = await exchange(app, registered, sentAway(landing).params.get('code') ?? '')
    const { amr, auth_time } = payloadOf(tokens.id_token)
    assert.deepEqual([amr, auth_time], [['fed', 'otp'], now - 600])
  })

  it('believes no upstream that says when somebody will have signed in (OIDC Core §2 auth_time)', async () => {
    const upstream = await app.addUpstream()
    const future = Math.floor(Date.now() / 1000) + 86_400
    const { landing } = await comeBack(app, await app.browser(), client, upstream, stranger({ auth_time: future }))
    const tokens = await exchange(app, registered, sentAway(landing).params.get('code') ?? '')
    assert.ok(Number(payloadOf(tokens.id_token).auth_time) <= Date.now() / 1000)
  })

  it('signs nobody in as somebody else than the app asked for (OIDC Core §3.1.2.1 id_token_hint)', async () => {
    const upstream = await app.addUpstream()
    const expected = await app.browser(ada)
    const tokens = await exchange(app, registered, await codeFor(expected, client))
    const browser = await app.browser()
    const flow = await setOut(app, browser, client, { id_token_hint: tokens.id_token })
    await answerWith(app, flow, upstream, stranger())
    assert.equal(sentAway(await arriveAt(browser, flow)).params.get('error'), 'login_required')
  })

  it('takes over what is synchronised at every sign-in, but no name that somebody else has', async () => {
    const upstream = await app.addUpstream({ syncMode: 'force' })
    const claims = stranger()
    await comeBack(app, await app.browser(), client, upstream, claims)
    const changed = { sub: claims.sub, name: 'Rear Admiral', preferred_username: ada.username, email: ada.email ?? '' }
    sentAway((await comeBack(app, await app.browser(), client, upstream, changed)).landing)
    const account = await ownerOf(app, upstream, claims.sub)
    assert.deepEqual(
      [account?.attributes.name, account?.username, account?.email],
      ['Rear Admiral', claims.preferred_username, claims.email],
    )
  })

  it('says that something is wrong on our side when nobody else was first and nothing can be written', async () => {
    const upstream = await app.addUpstream({ syncMode: 'force', trustEmail: true })
    // One has as a user name what the other has as an address; no page and no command lets this happen.
    const taken = `both-${++count}@example.org`
    const named = await app.enrol({ username: taken })
    await app.enrol({ email: taken })
    await linkTo(app, named, upstream, 'contradiction')
    const browser = await app.browser()
    const flow = await setOut(app, browser, client)
    await answerWith(app, flow, upstream, { sub: 'contradiction', email: taken, email_verified: true })
    const { status, html } = shown(await browser.open(`/arrive?flow=${flow.id}&lost=7`))
    assert.equal(status, 500)
    assert.match(html, /id="error-code"/)
    assert.equal(browser.cookies.has(SESSION_COOKIE), false)
  })

  it('refuses a disabled account, and keeps the answer for whoever looks what was wrong', async () => {
    const upstream = await app.addUpstream()
    const disabled = await app.enrol({ disabledAt: new Date() })
    await linkTo(app, disabled, upstream, 'switched-off')
    const browser = await app.browser()
    const claims = { sub: 'switched-off' }
    const { landing, attempt, flow } = await comeBack(app, browser, client, upstream, claims)
    const page = shown(landing)
    assert.equal(page.status, 403)
    assert.match(page.html, /switched off/)
    assert.equal(browser.cookies.has(SESSION_COOKIE), false)
    const kept = await app.house.repositories.attempts.find(attempt.id)
    assert.equal(kept?.state, 'failed')
    const [event] = await app.house.repositories.audit.list({ traceCode: flow.traceCode, limit: 1 })
    assert.deepEqual([event?.type, event?.detail.rule], ['upstream-sign-in.refused', 'the account is enabled'])
    assert.equal(shown(await arriveAt(browser, flow)).url.pathname, '/login')
  })

  it('refuses whoever is unknown where no accounts are made (create_accounts)', async () => {
    const upstream = await app.addUpstream({ createAccounts: false })
    const { landing } = await comeBack(app, await app.browser(), client, upstream, stranger())
    assert.match(shown(landing).html, /You have no account here yet/)
  })

  it('refuses whoever comes through an upstream that was switched off meanwhile', async () => {
    const upstream = await app.addUpstream({ enabled: false })
    const { landing } = await comeBack(app, await app.browser(), client, upstream, stranger())
    assert.equal(shown(landing).status, 403)
  })

  it('asks for an address that is missing (review_profile missing), and takes it as unproven', async () => {
    const upstream = await app.addUpstream({ displayName: 'Example ID', trustEmail: true })
    const { email: _, ...claims } = stranger()
    const browser = await app.browser()
    const page = shown((await comeBack(app, browser, client, upstream, claims as Claims)).landing, '/profile')
    assert.match(page.html, /name="username"[^>]*value="new-/)
    assert.doesNotMatch(page.html, /aria-invalid/)
    const email = `typed-${count}@example.org`
    const typed = { username: String(claims.preferred_username), email, name: 'Grace' }
    sentAway(await browser.submit(page, '/profile', typed))
    const account = await ownerOf(app, upstream, String(claims.sub))
    assert.deepEqual([account?.email, account?.emailVerified, account?.attributes.name], [email, false, 'Grace'])
  })

  it('says beside each field what is wrong with it, and keeps what was typed', async () => {
    const upstream = await app.addUpstream({ reviewProfile: 'always', linkExisting: false })
    const browser = await app.browser()
    const page = shown((await comeBack(app, browser, client, upstream, stranger())).landing, '/profile')
    const typed = { username: ada.username, email: 'nowhere', name: 'Grace' }
    const again = shown(await browser.submit(page, '/profile', typed), '/profile')
    assert.match(again.html, /id="username-problem">This user name is taken/)
    assert.match(again.html, /id="email-problem">Please enter an e-mail address/)
    assert.match(again.html, /value="nowhere"/)
    const fresh = `fresh-${count}`
    sentAway(await browser.submit(again, '/profile', { username: fresh, email: '', name: '' }))
    assert.equal((await app.house.repositories.accounts.findByLogin(fresh))?.email, undefined)
  })

  it('takes no profile from a form on another site', async () => {
    const upstream = await app.addUpstream({ reviewProfile: 'always' })
    const browser = await app.browser()
    const { flow } = await comeBack(app, browser, client, upstream, stranger())
    await browser.post('/profile', { flow: flow.id, username: 'forged', email: '', name: '' })
    assert.equal(await app.house.repositories.accounts.findByLogin('forged'), undefined)
  })

  it('takes the way back at the profile to the other ways to sign in', async () => {
    const upstream = await app.addUpstream({ reviewProfile: 'always' })
    const browser = await app.browser()
    const { landing, attempt } = await comeBack(app, browser, client, upstream, stranger())
    const page = shown(await browser.submit(landing, '/link-account', { choice: 'cancel' }), '/login')
    assert.equal((await app.house.repositories.attempts.find(attempt.id))?.state, 'settled')
    sentAway(await signInAt(browser, page, ada))
  })

  it('asks for the password of the account as well (post_login), and says so (RFC 8176)', async () => {
    const upstream = await app.addUpstream({ postLogin: 'password', amr: ['fed'] })
    const claims = stranger()
    await linkTo(app, ada, upstream, claims.sub)
    const browser = await app.browser()
    const page = shown((await comeBack(app, browser, client, upstream, claims)).landing, '/login')
    assert.match(page.html, /id="proof"/)
    assert.ok(page.html.includes(`value="${ada.username}"`))
    assert.equal(browser.cookies.has(SESSION_COOKIE), false)
    const eve = await app.enrol()
    const refused = shown(await signInAt(browser, page, eve), '/login')
    assert.match(refused.html, /another account/)
    assert.equal(browser.cookies.has(SESSION_COOKIE), false)
    const wrong = shown(
      await browser.submit(refused, '/login', { username: ada.username, password: 'a guess' }),
      '/login',
    )
    const { params } = sentAway(await browser.submit(wrong, '/login', { username: ada.username, password: PASSWORD }))
    const tokens = await exchange(app, registered, params.get('code') ?? '')
    assert.deepEqual([...(payloadOf(tokens.id_token).amr as string[])].sort(), ['fed', 'pwd'])
  })

  it('asks for it also where the browser is signed in already (post_login)', async () => {
    const upstream = await app.addUpstream({ postLogin: 'password' })
    const claims = stranger()
    await linkTo(app, ada, upstream, claims.sub)
    const browser = await app.browser()
    const flow = await setOut(app, browser, client)
    await answerWith(app, flow, upstream, claims)
    browser.cookies.set(SESSION_COOKIE, (await app.beginSession(ada)).cookie)
    shown(await arriveAt(browser, flow), '/login')
  })

  it('tells an app that wants no page what a page would ask (OIDC Core §3.1.2.6 interaction_required)', async () => {
    const upstream = await app.addUpstream({ reviewProfile: 'always' })
    const { browser, flow } = await silentFlow(client)
    await answerWith(app, flow, upstream, stranger())
    assert.equal(sentAway(await arriveAt(browser, flow)).params.get('error'), 'interaction_required')
  })

  it('signs in without a page whoever needs none (OIDC Core §3.1.2.1 prompt=none)', async () => {
    const upstream = await app.addUpstream()
    const { browser, flow } = await silentFlow(client)
    await answerWith(app, flow, upstream, stranger())
    assert.ok(sentAway(await arriveAt(browser, flow)).params.get('code'))
  })

  for (const error of ['login_required', 'interaction_required', 'consent_required', 'account_selection_required']) {
    it(`hands ${error} of the upstream on to an app that wants no page (OIDC Core §3.1.2.6)`, async () => {
      const { browser, flow } = await silentFlow(client)
      const failed = { at: 'failed', attemptId: '0'.repeat(32) as never, error, description: 'not there' } as const
      const next = { ...flow, version: flow.version + 1, upstream: failed }
      await app.house.repositories.commit([app.house.repositories.flows.advance(next)])
      const { params, headers } = sentAway(await arriveAt(browser, flow))
      assert.deepEqual([params.get('error'), params.get('state')], [error, 'a state'])
      assert.ok(headers.get('x-trace-code'))
      assert.equal((await flowOf(app, flow.id)).state.at, 'refused')
    })
  }

  /** As the authorization endpoint begins it where it asks an upstream with `prompt=none`. */
  async function silentFlow(of: Client) {
    const browser = await app.browser()
    const visible = await setOut(app, browser, of)
    assert.ok(visible.purpose.kind === 'authorization')
    const { clientUid, request } = visible.purpose
    const purpose = { kind: 'authorization', clientUid, request: { ...request, prompt: ['none'] } } as const
    return { browser, flow: await plantFlow(app, browser, purpose) }
  }
})
