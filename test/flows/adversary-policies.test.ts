/** Ways around the policy of an app, tried: words about a person in the place of the person, second factors that never come. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Client } from '../../src/core/clients/client.ts'
import type { PolicyOutcome, PolicyRule } from '../../src/core/policies/policy.ts'
import { TOKEN_EXCHANGE } from '../../src/spec/grant-types.ts'
import { answered, authorizePath, exchange, type Fields, postAs } from '../support/hand-app.ts'
import { sentAway, shown } from '../support/hand-browser.ts'
import { type RunningApp, SESSION_COOKIE, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'
import { startUpstreamPair, type UpstreamPair } from '../support/upstream-pair.ts'

const TYPE = 'urn:ietf:params:oauth:token-type:'
const GRANT_TYPES = ['authorization_code', 'refresh_token', TOKEN_EXCHANGE]

function rule(outcome: PolicyOutcome, subjects: PolicyRule['subjects'] = [], networks: readonly string[] = []) {
  return { outcome, subjects, networks }
}

describe('ways around the policy of an app', () => {
  let app: RunningApp

  before(async () => {
    app = await startApp({
      environment: { SALLYPORT_PROXIES_TRUSTED: '127.0.0.1' },
    })
    await addPolicy('staff-only', 'deny', [rule('one_factor', [['group:staff']])])
    await addPolicy('office', 'deny', [rule('one_factor', [], ['10.0.0.0/8'])])
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  async function addPolicy(name: string, standard: PolicyOutcome, rules: readonly PolicyRule[]): Promise<void> {
    const { clock, repositories } = app.house
    const now = clock.now()
    const policy = { name, standard, rules, createdAt: now, updatedAt: now }
    assert.ok((await repositories.commit([repositories.policies.insert(policy)])).committed)
  }

  const registerWith = (authorizationPolicy: string | undefined, changes: Partial<Client> = {}): Promise<Registered> =>
    app.register({
      grantTypes: GRANT_TYPES,
      ...(authorizationPolicy === undefined ? {} : { authorizationPolicy }),
      ...changes,
    })

  const swap = (by: Registered, fields: Fields) =>
    answered(postAs(app, by, '/token', { grant_type: TOKEN_EXCHANGE, ...fields }))

  /** Signed in at one place, and at the app from another. */
  async function tokensFrom(account: Account, session: string, from: string, at: Registered) {
    const browser = await app.browser()
    browser.cookies.set(SESSION_COOKIE, (await app.beginSession(account, { address: session })).cookie)
    const response = await browser.send(authorizePath(at.client), { headers: { 'x-forwarded-for': from } })
    const location = response.headers.get('location') ?? ''
    const code = new URL(location, app.issuer).searchParams.get('code')
    return exchange(app, at, code ?? assert.fail(location))
  }

  const [OFFICE, HOME] = ['10.1.2.3', '198.51.100.7']

  it('an ID token does not say from where the person came, and is no way into an app that asks (RFC 8693 §2.1)', async () => {
    const staff = await app.enrol({ groups: ['staff'] })
    const open = await registerWith('staff-only')
    const office = await registerWith('office', { tokenExchangeSubjects: ['*'] })
    const { access_token, id_token } = await tokensFrom(staff, OFFICE, HOME, open)
    for (const [type, token] of [
      ['access_token', access_token],
      ['id_token', id_token],
    ] as const) {
      const swapped = await swap(office, { subject_token: token, subject_token_type: TYPE + type })
      assert.deepEqual([swapped.error, swapped.error_description], ['invalid_request', NOT_OPEN], type)
    }
    const there = await tokensFrom(staff, HOME, OFFICE, open)
    const token = { subject_token: there.access_token, subject_token_type: `${TYPE}access_token` }
    assert.equal((await swap(office, token)).status, 200)
  })
})

describe('two factors that an upstream could bring, and never does (RFC 8176 §2)', () => {
  let pair: UpstreamPair
  let ada: Account

  before(async () => {
    pair = await startUpstreamPair({ SALLYPORT_BROKER_DEFAULT: 'vague' })
    ada = await pair.idp.enrol({ email: 'ada@corp.example', emailVerified: true })
    await pair.addUpstream('vague', { trustAmr: true, acceptsPromptNone: true, hideOnLogin: true })
  })
  after(async () => {
    await pair.close()
    assert.deepEqual([...pair.app.failures, ...pair.idp.failures], [])
  })

  const WISHES: readonly Readonly<Record<string, string>>[] = [
    {},
    { prompt: 'login' },
    { max_age: '0' },
    { acr_values: '2' },
  ]
  for (const wish of WISHES) {
    it(`end on one page, in no circle: ${JSON.stringify(wish)}`, async () => {
      const { client } = await pair.app.register({ authorizationPolicy: 'two_factor' })
      const browser = await pair.browser()
      for (const _ of ['first', 'signed in']) {
        const page = shown(await browser.open(authorizePath(client, wish), ada), '/no-access')
        assert.match(page.html, /wants a second proof/)
        const { params } = sentAway(await browser.here.submit(page, '/no-access', { decision: 'back' }))
        assert.equal(params.get('error'), 'access_denied')
      }
    })
  }

  it('end without a page where none is wanted (OIDC Core §3.1.2.1 prompt=none)', async () => {
    const { client } = await pair.app.register({ authorizationPolicy: 'two_factor' })
    const browser = await pair.browser()
    shown(await browser.open(authorizePath(client), ada), '/no-access')
    const silent = authorizePath(client, { prompt: 'none' })
    for (const visitor of [browser, await pair.browser()]) {
      const { params } = sentAway(await visitor.open(silent))
      assert.match(params.get('error') ?? '', /^(?:login_required|access_denied|interaction_required)$/)
    }
  })
})

const NOT_OPEN = 'the app is not open to this account'
