/** Policies of apps, on the wire: who gets in from where with which proof, what people see who do not, and what becomes of tokens later. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Client } from '../../src/core/clients/client.ts'
import type { PolicyOutcome, PolicyRule } from '../../src/core/policies/policy.ts'
import { CIBA, DEVICE_CODE, JWT_BEARER, TOKEN_EXCHANGE } from '../../src/spec/grant-types.ts'
import { onBothDatabases } from '../support/both-databases.ts'
import { askBackchannel, decide, enterCode, pollBackchannel, pollDevice, startDevice } from '../support/deferred.ts'
import {
  answered,
  authorizePath,
  codeFor,
  exchange,
  isActive,
  postAs,
  refresh,
  signInAt,
  tokensFor,
  userinfo,
} from '../support/hand-app.ts'
import { type HandBrowser, sentAway, shown } from '../support/hand-browser.ts'
import { manage, registered } from '../support/registering.ts'
import { type RunningApp, SESSION_COOKIE, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'
import { startUpstreamPair, type UpstreamPair } from '../support/upstream-pair.ts'

const HR = 'https://hr.example.org'
const GRANT_TYPES = ['authorization_code', 'refresh_token', TOKEN_EXCHANGE, DEVICE_CODE, CIBA, JWT_BEARER]

function rule(outcome: PolicyOutcome, subjects: PolicyRule['subjects'] = [], networks: readonly string[] = []) {
  return { outcome, subjects, networks }
}

/** Policies are made before anybody asks: nodes keep them in memory for a moment. */
async function addPolicy(
  { house }: RunningApp,
  name: string,
  standard: PolicyOutcome,
  rules: readonly PolicyRule[] = [],
) {
  const now = house.clock.now()
  const policy = { name, standard, rules, createdAt: now, updatedAt: now }
  assert.ok((await house.repositories.commit([house.repositories.policies.insert(policy)])).committed)
}

async function changeGroups({ house }: RunningApp, account: Account, groups: readonly string[]): Promise<void> {
  const seen = (await house.repositories.accounts.find(account.id)) ?? assert.fail('the account is there')
  const write = house.repositories.accounts.replace({ ...seen, groups, updatedAt: house.clock.now() }, seen)
  assert.ok((await house.repositories.commit([write])).committed)
}

async function refusalsOf(
  { house }: RunningApp,
  account: Account,
): Promise<ReadonlyArray<Readonly<Record<string, unknown>>>> {
  const events = await house.repositories.audit.list({ accountId: account.id, limit: 50 })
  return events.filter(({ type }) => type.endsWith('.refused')).map(({ type, detail }) => ({ type, ...detail }))
}

onBothDatabases('the policy of an app', database => {
  let app: RunningApp
  let staffOnly: Registered
  let key: CryptoKey

  before(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true })
    key = pair.privateKey
    const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'hr' }] }
    const issuers = [{ issuer: HR, jwks, clients: ['by-assertion', 'by-assertion-office'] }]
    app = await startApp({
      database: await database(),
      environment: {
        SALLYPORT_ASSERTION_ISSUERS: JSON.stringify(issuers),
        SALLYPORT_PROXIES_TRUSTED: '127.0.0.1',
        SALLYPORT_REGISTRATION_MODE: 'open',
        SALLYPORT_BRANDING_DEFAULT_LOCALE: 'en',
      },
    })
    await addPolicy(app, 'staff-only', 'deny', [rule('one_factor', [['group:staff']])])
    await addPolicy(app, 'office', 'deny', [rule('one_factor', [], ['10.0.0.0/8', 'fd00::/8'])])
    await addPolicy(app, 'not-from-there', 'one_factor', [rule('deny', [], ['203.0.113.0/24'])])
    staffOnly = await registerWith('staff-only')
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const registerWith = (authorizationPolicy: string, changes: Partial<Client> = {}): Promise<Registered> =>
    app.register({
      authorizationPolicy,
      grantTypes: GRANT_TYPES,
      backchannelTokenDeliveryMode: 'poll',
      ...changes,
    })
  const staff = () => app.enrol({ groups: ['staff'] })
  const stranger = () => app.enrol({ groups: ['guests'] })

  it('lets in whom a rule lets in, at once', async () => {
    const account = await staff()
    const tokens = await tokensFor(app, await app.browser(account), staffOnly)
    assert.equal((await userinfo(app, tokens.access_token)).status, 200)
    const [granted] = await app.house.repositories.audit.list({
      accountId: account.id,
      type: 'authorization.granted',
      limit: 1,
    })
    assert.deepEqual(
      [granted?.detail.policy, granted?.detail.decided_by, granted?.detail.on],
      ['staff-only', 'rule 1', ['group:staff']],
    )
  })

  it('tells everybody else so on a page of ours, and the app hears access_denied when they go back (RFC 6749 §4.1.2.1)', async () => {
    const account = await stranger()
    const browser = await app.browser(account)
    const page = shown(await browser.open(authorizePath(staffOnly.client)), '/no-access')
    assert.equal(page.status, 403)
    assert.match(page.html, /is not open to you/)
    const code = /id="error-code">([^<]+)</.exec(page.html)?.[1] ?? assert.fail('a code')
    const [refused, ...others] = await refusalsOf(app, account)
    assert.deepEqual(
      [refused?.type, refused?.error, refused?.decided_by, refused?.policy, others],
      ['authorization.refused', 'access_denied', 'default_policy', 'staff-only', []],
    )
    const flow = await app.house.repositories.flows.findByTraceCode(code.replace('-', '') as never)
    assert.ok(
      flow?.trace.some(({ step, outcome, facts }) => step === 'policy' && outcome === 'refused' && facts?.policy),
    )
    const { params } = sentAway(await browser.submit(page, '/no-access', { decision: 'back' }))
    assert.deepEqual([params.get('error'), params.get('state'), params.get('code')], ['access_denied', 'a state', null])
    // Pressed a second time: the flow is over, the app's request begins anew, and is denied anew.
    shown(await browser.submit(page, '/no-access', { decision: 'back' }), '/no-access')
  })

  it('lets them go on as somebody else, who gets in', async () => {
    const browser = await app.browser(await stranger())
    const page = shown(await browser.open(authorizePath(staffOnly.client)), '/no-access')
    const login = shown(await browser.submit(page, '/no-access', { decision: 'other-account' }), '/login')
    const account = await staff()
    assert.ok(sentAway(await signInAt(browser, login, account)).params.get('code'))
    const { audit, flows } = app.house.repositories
    const [granted] = await audit.list({ accountId: account.id, type: 'authorization.granted', limit: 1 })
    const flow = await flows.findByTraceCode(granted?.traceCode ?? assert.fail('a trace'))
    const asked = flow?.trace.filter(({ step }) => step === 'policy') ?? []
    assert.deepEqual(
      asked.map(({ outcome, facts }) => [outcome, facts?.decided_by]),
      [
        ['refused', 'default_policy'],
        ['passed', 'rule 1'],
      ],
    )
  })

  it('holds for whoever signs in for it, too, and cannot be passed on the pages behind', async () => {
    const account = await stranger()
    const asking = await registerWith('staff-only', { consentMode: 'always' })
    const browser = await app.browser()
    const login = shown(await browser.open(authorizePath(asking.client)), '/login')
    const page = shown(await signInAt(browser, login, account), '/no-access')
    for (const path of ['/consent', '/login']) shown(await browser.open(`${path}${page.url.search}`), '/no-access')
    shown(await browser.submit(page, '/consent', { decision: 'approve' }), '/no-access')
    const { searchParams } = page.url
    const foreign = await (await app.browser()).open(`/no-access?flow=${searchParams.get('flow')}`)
    assert.notEqual(foreign.kind === 'page' ? foreign.status : 0, 200)
  })

  it('takes a decision only with the token of its form', async () => {
    const browser = await app.browser(await stranger())
    const page = shown(await browser.open(authorizePath(staffOnly.client)), '/no-access')
    const flow = page.url.searchParams.get('flow') ?? ''
    const landing = await browser.post('/no-access', { flow, decision: 'back' })
    assert.equal(landing.kind, 'page', 'the app hears nothing of a form from elsewhere')
  })

  it('answers prompt=none without a page (OIDC Core §3.1.2.1)', async () => {
    const silent = { prompt: 'none' }
    const outside = await app.browser(await stranger())
    const refused = sentAway(await outside.open(authorizePath(staffOnly.client, silent)))
    assert.equal(refused.params.get('error'), 'access_denied')
    assert.match(refused.headers.get('x-trace-code') ?? '', /^\w{4}-?\w{4}$/)
    const inside = await app.browser(await staff())
    assert.ok(sentAway(await inside.open(authorizePath(staffOnly.client, silent))).params.get('code'))
    const nobody = sentAway(await (await app.browser()).open(authorizePath(staffOnly.client, silent)))
    assert.equal(nobody.params.get('error'), 'login_required', 'nobody is told about before they sign in')
  })

  it('renews silently as long as the person is in the group', async () => {
    const account = await staff()
    const browser = await app.browser(account)
    const silent = () => browser.open(authorizePath(staffOnly.client, { prompt: 'none' }))
    assert.ok(sentAway(await silent()).params.get('code'))
    await changeGroups(app, account, [])
    assert.equal(sentAway(await silent()).params.get('error'), 'access_denied')
  })

  it('closes an app to everybody whose policy is gone, and never opens it', async () => {
    const orphan = await registerWith('was-deleted')
    const account = await staff()
    shown(await (await app.browser(account)).open(authorizePath(orphan.client)), '/no-access')
    const [refused] = await refusalsOf(app, account)
    assert.equal(refused?.rule, 'the policy that the app names exists (authorization_policy)')
  })

  it('is nothing that an app which registers itself can choose or shake off (RFC 7592 §2.2)', async () => {
    const clients = app.house.repositories.clients
    const said = { client_name: 'Guest', authorization_policy: 'one_factor' }
    const answer = await registered(app, said)
    const client = (await clients.findByClientId(String(answer.client_id))) ?? assert.fail('it is registered')
    assert.equal(client.authorizationPolicy, undefined)
    const write = clients.replace({ ...client, authorizationPolicy: 'staff-only' }, client)
    assert.ok((await app.house.repositories.commit([write])).committed)
    const replaced = { ...said, client_id: answer.client_id, redirect_uris: answer.redirect_uris }
    const response = await manage(answer, 'PUT', replaced)
    assert.equal(response.status, 200, await response.text())
    const after = await clients.findByClientId(client.clientId)
    assert.deepEqual([after?.name, after?.authorizationPolicy], ['Guest', 'staff-only'])
    assert.deepEqual([client.createdBy, after?.createdBy, after?.updatedBy], new Array(3).fill('registration'))
  })

  it('keeps apps that are closed to somebody off their front page (OIDC Core §4)', async () => {
    const initiateLoginUri = 'https://app.example.org/start'
    await registerWith('staff-only', { name: 'Only for staff', initiateLoginUri })
    await registerWith('two_factor', { name: 'With two factors', initiateLoginUri })
    const home = async (account: Account) => shown(await (await app.browser(account)).open('/'), '/').html
    assert.match(await home(await staff()), /Only for staff/)
    const others = await home(await stranger())
    assert.doesNotMatch(others, /Only for staff/)
    assert.match(others, /With two factors/)
  })

  it('closes an app whose policy is deny, and opens one whose policy is one_factor', async () => {
    const browser = await app.browser(await staff())
    shown(await browser.open(authorizePath((await registerWith('deny')).client)), '/no-access')
    assert.ok(sentAway(await browser.open(authorizePath((await registerWith('one_factor')).client))).params.get('code'))
  })

  it('refuses the code, the refresh, introspection and user info once the group is gone (RFC 6749 §5.2, RFC 7662 §2.2)', async () => {
    const account = await staff()
    const browser = await app.browser(account)
    const offline = { scope: 'openid offline_access' }
    const tokens = await tokensFor(app, browser, staffOnly, offline)
    const code = await codeFor(browser, staffOnly.client, offline)
    assert.equal(await isActive(app, staffOnly, tokens.access_token), true)
    const next = await refresh(app, staffOnly, tokens.refresh_token)
    assert.equal(next.status, 200)
    await changeGroups(app, account, ['guests'])
    const late = await exchange(app, staffOnly, code)
    const refused = await refresh(app, staffOnly, next.refresh_token)
    assert.deepEqual([late.error, refused.error], ['invalid_grant', 'invalid_grant'])
    assert.equal(refused.error_description, 'the app is not open to this account')
    assert.equal(await isActive(app, staffOnly, next.access_token), false)
    assert.equal(await isActive(app, staffOnly, next.refresh_token), false)
    assert.equal((await userinfo(app, next.access_token)).status, 401)
    // Nothing was used up by the refusal: whoever comes back finds the app as it was.
    await changeGroups(app, account, ['staff'])
    assert.equal((await refresh(app, staffOnly, next.refresh_token)).status, 200)
  })

  it('asks the policy of an app that exchanges a token about the person, too (RFC 8693 §2.2.2)', async () => {
    const open = await app.register({ grantTypes: GRANT_TYPES })
    const closed = await registerWith('staff-only', { tokenExchangeSubjects: ['*'] })
    const swap = async (account: Account) => {
      const { access_token } = await tokensFor(app, await app.browser(account), open)
      const fields = {
        grant_type: TOKEN_EXCHANGE,
        subject_token: access_token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      }
      return answered(postAs(app, closed, '/token', fields))
    }
    const account = await staff()
    const swapped = await swap(account)
    assert.equal(swapped.status, 200)
    assert.equal((await swap(await stranger())).error, 'invalid_request')
    await changeGroups(app, account, [])
    assert.equal(await isActive(app, closed, swapped.access_token), false, 'the token that was swapped before')
  })

  describe('for devices and apps that ask from afar', () => {
    it('keeps a person from allowing a device, which waits for another (RFC 8628 §3.3)', async () => {
      const device = await startDevice(app, staffOnly)
      const outside = await app.browser(await stranger())
      const page = shown(await outside.post('/device', { user_code: device.user_code }), '/no-access')
      shown(await outside.submit(page, '/approve', { decision: 'approve' }), '/no-access')
      assert.equal((await pollDevice(app, staffOnly, device.device_code)).error, 'authorization_pending')
      const inside = await app.browser(await staff())
      await decide(inside, await enterCode(inside, device.user_code), 'approve')
      assert.ok((await pollDevice(app, staffOnly, device.device_code)).access_token)
    })

    it('lets them end the request of the device, which hears access_denied (RFC 8628 §3.5)', async () => {
      const device = await startDevice(app, staffOnly)
      const browser = await app.browser(await stranger())
      const page = shown(await browser.post('/device', { user_code: device.user_code }), '/no-access')
      assert.match(page.html, /End the request/)
      shown(await browser.submit(page, '/no-access', { decision: 'back' }), '/approve/done')
      assert.equal((await pollDevice(app, staffOnly, device.device_code)).error, 'access_denied')
    })

    it('does not end it for somebody who signed in after the page was shown', async () => {
      const device = await startDevice(app, staffOnly)
      const browser = await app.browser(await stranger())
      const page = shown(await browser.post('/device', { user_code: device.user_code }), '/no-access')
      browser.cookies.set(SESSION_COOKIE, (await app.beginSession(await stranger())).cookie)
      shown(await browser.submit(page, '/no-access', { decision: 'back' }), '/no-access')
      assert.equal((await pollDevice(app, staffOnly, device.device_code)).error, 'authorization_pending')
    })

    it('asks again when the tokens are collected (RFC 6749 §5.2)', async () => {
      const account = await staff()
      const browser = await app.browser(account)
      const device = await startDevice(app, staffOnly)
      await decide(browser, await enterCode(browser, device.user_code), 'approve')
      await changeGroups(app, account, [])
      assert.equal((await pollDevice(app, staffOnly, device.device_code)).error, 'invalid_grant')
    })

    it('keeps a person from allowing what an app asks from afar (CIBA Core §11)', async () => {
      const account = await stranger()
      const asked = await askBackchannel(app, staffOnly, account)
      const browser = await app.browser(account)
      const home = shown(await browser.open('/'), '/')
      const href = /href="([^"]*\/approve\?request=[0-9a-f]{32})"/.exec(home.html)?.[1] ?? assert.fail('it waits')
      const page = shown(await browser.open(href), '/no-access')
      assert.doesNotMatch(page.html, /id="other-account"/)
      await browser.submit(page, '/no-access', { decision: 'back' })
      assert.equal((await pollBackchannel(app, staffOnly, asked.auth_req_id)).error, 'access_denied')
    })
  })

  describe('by network', () => {
    const from = (browser: HandBrowser, address: string, client: Client) =>
      browser.send(authorizePath(client), { headers: { 'x-forwarded-for': address } })
    const landed = (response: Response) => new URL(response.headers.get('location') ?? '', app.issuer)

    it('counts the address that a trusted proxy names, IPv4 and IPv6', async () => {
      const { client } = await registerWith('office')
      const browser = await app.browser(await staff())
      for (const inside of ['10.1.2.3', 'fd00::17', '::ffff:10.1.2.3'])
        assert.ok(landed(await from(browser, inside, client)).searchParams.get('code'), inside)
      for (const outside of ['198.51.100.7', '2001:db8::1'])
        assert.equal(landed(await from(browser, outside, client)).pathname, '/no-access', outside)
    })

    it('keeps the address from which it was allowed: a refresh comes from the app', async () => {
      const by = await registerWith('office')
      const browser = await app.browser(await staff())
      const path = authorizePath(by.client, { scope: 'openid offline_access' })
      const response = await browser.send(path, { headers: { 'x-forwarded-for': '10.1.2.3' } })
      const tokens = await exchange(app, by, landed(response).searchParams.get('code') ?? '')
      const next = await refresh(app, by, tokens.refresh_token)
      assert.equal(next.status, 200)
      assert.equal(await isActive(app, by, next.access_token), true)
    })

    it('takes the strictest of what could be where nobody knows the address (RFC 7523 §2.1)', async () => {
      await app.enrol({ username: 'grace', groups: ['staff'] })
      const grantTypes = [JWT_BEARER]
      const scopes = ['openid']
      const asserted = async (clientId: string, policy: string) => {
        const by = await registerWith(policy, { clientId, grantTypes, scopes })
        const claims = { iss: HR, sub: 'grace', aud: `${app.issuer}/token`, jti: clientId }
        const assertion = await new SignJWT(claims)
          .setProtectedHeader({ alg: 'ES256', kid: 'hr' })
          .setIssuedAt()
          .setExpirationTime('1m')
          .sign(key)
        return answered(postAs(app, by, '/token', { grant_type: JWT_BEARER, assertion }))
      }
      assert.equal((await asserted('by-assertion', 'staff-only')).status, 200)
      const refused = await asserted('by-assertion-office', 'not-from-there')
      assert.deepEqual(
        [refused.error, refused.error_description],
        ['invalid_grant', 'the app is not open to this account'],
      )
    })
  })

  it('wants two factors, and says what is missing where no way brings a second one (RFC 8176 §2)', async () => {
    const strict = await registerWith('two_factor')
    const account = await staff()
    const browser = await app.browser(account)
    const page = shown(await browser.open(authorizePath(strict.client)), '/no-access')
    assert.match(page.html, /wants a second proof/)
    assert.doesNotMatch(page.html, /id="sign-in"/)
    const [refused] = await refusalsOf(app, account)
    assert.deepEqual([refused?.error, refused?.amr], ['access_denied', ['pwd']])
    for (const amr of [['mfa'], ['pwd', 'otp'], ['hwk', 'pin']]) {
      const { cookie } = await app.beginSession(account, { amr })
      browser.cookies.set(SESSION_COOKIE, cookie)
      assert.ok(sentAway(await browser.open(authorizePath(strict.client))).params.get('code'), amr.join(' '))
    }
    const { cookie } = await app.beginSession(account, { amr: ['pwd', 'kba', 'user', 'geo'] })
    browser.cookies.set(SESSION_COOKIE, cookie)
    shown(await browser.open(authorizePath(strict.client)), '/no-access')
  })
})

describe('a policy of two factors where an upstream brings the second (RFC 8176 §2)', () => {
  let pair: UpstreamPair
  let by: Registered
  let ada: Account

  before(async () => {
    pair = await startUpstreamPair({ SALLYPORT_BROKER_DEFAULT: 'weak' })
    by = await pair.app.register({ authorizationPolicy: 'two_factor' })
    ada = await pair.idp.enrol({ email: 'ada@corp.example', emailVerified: true })
    await pair.addUpstream('strong', { amr: ['pwd', 'otp'] })
    await pair.addUpstream('weak')
  })
  after(async () => {
    await pair.close()
    assert.deepEqual([...pair.app.failures, ...pair.idp.failures], [])
  })

  it('asks whoever is signed in with less to sign in again, afresh, and not at one that brings no more', async () => {
    const browser = await pair.browser()
    const local = await pair.app.enrol()
    await signInAt(browser.here, shown(await browser.open('/login?choose=yes')), local)
    const page = shown(await browser.open(authorizePath(by.client)), '/login')
    const away = await browser.leave(`/broker/strong/login${page.url.search}`)
    assert.equal(away.params.get('prompt'), 'login')
    const silent = sentAway(await browser.here.open(authorizePath(by.client, { prompt: 'none' })))
    assert.equal(silent.params.get('error'), 'login_required')
  })

  it('lets in whoever signed in there with two', async () => {
    const first = await pair.browser()
    await signInAt(first.here, shown(await first.open('/login?choose=yes')), await pair.app.enrol())
    const page = shown(await first.open(authorizePath(by.client)), '/login')
    const landing = sentAway(await first.open(`/broker/strong/login${page.url.search}`, ada))
    assert.ok(landing.params.get('code'), landing.location)
  })

  it('offers the other ways to whoever signed in for it with one', async () => {
    const browser = await pair.browser()
    const landing = shown(await browser.open(authorizePath(by.client), await pair.idp.enrol()), '/no-access')
    assert.match(landing.html, /id="sign-in"/)
    const why = await pair.why(/id="error-code">([^<]+)</.exec(landing.html)?.[1] ?? '')
    assert.match(
      why.remedy?.why ?? '',
      /signed in with no known method, and the policy two_factor.* asks for two factors/,
    )
    assert.equal(why.remedy?.setting, 'authorization_policy')
    const login = shown(await browser.here.submit(landing, '/no-access', { decision: 'sign-in' }), '/login')
    assert.match(login.html, /\/broker\/strong\/login/)
  })
})
