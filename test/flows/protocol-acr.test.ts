/** How strong a sign-in was (OIDC Core §2 `acr`, §5.5.1.1, RFC 9470), on the wire. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Session } from '../../src/core/sessions/session.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { answerOf } from '../support/answers.ts'
import { authorizePath, exchange, metadataOf, payloadOf, postAs, signInAt, tokensFor } from '../support/hand-app.ts'
import { type HandBrowser, shown } from '../support/hand-browser.ts'
import { type RunningApp, SESSION_COOKIE, startApp } from '../support/running-app.ts'
import type { Registered } from '../support/seeding.ts'

const LEVELS = [
  { value: 'urn:example:any', requires: [] },
  { value: 'urn:example:password', requires: ['pwd'] },
  { value: 'urn:example:key', requires: ['pwd', 'hwk'] },
]

const API = 'https://api.example.org'

describe('acr, on the wire', () => {
  let app: RunningApp
  let by: Registered
  let ada: Account

  before(async () => {
    app = await startApp({
      environment: {
        SALLYPORT_AUTHENTICATION_ACR_VALUES: JSON.stringify(LEVELS),
        SALLYPORT_RESOURCES: JSON.stringify([{ uri: API, name: 'Reports' }]),
      },
    })
    by = await app.register()
    ada = await app.enrol()
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const browserWith = async (changes: Partial<Session>): Promise<HandBrowser> => {
    const browser = await app.browser()
    browser.cookies.set(SESSION_COOKIE, (await app.beginSession(ada, changes)).cookie)
    return browser
  }
  const acrOf = async (browser: HandBrowser, changes: Readonly<Record<string, string>>, from = by) =>
    payloadOf((await tokensFor(app, browser, from, changes)).id_token).acr
  const essential = (...values: string[]) => JSON.stringify({ id_token: { acr: { essential: true, values } } })

  it('(13) says the first of acr_values that the sign-in truly meets, else what it reached (OIDC Core §3.1.2.1)', async () => {
    const browser = await app.browser(ada)
    const rows: readonly (readonly [string | undefined, string])[] = [
      [undefined, 'urn:example:password'],
      ['urn:example:any', 'urn:example:any'],
      ['urn:example:key urn:example:any urn:example:password', 'urn:example:any'],
      ['urn:example:key urn:mace:incommon:iap:silver', 'urn:example:password'],
    ]
    for (const [acr_values, acr] of rows)
      assert.equal(await acrOf(browser, acr_values === undefined ? {} : { acr_values }), acr, acr_values ?? 'no wish')
    const strong = await browserWith({ amr: ['pwd', 'hwk'] })
    assert.equal(await acrOf(strong, {}), 'urn:example:key')
    assert.equal(await acrOf(strong, { acr_values: 'urn:example:password' }), 'urn:example:password')
  })

  it('tells an API the acr behind its token (RFC 9470 §6.2)', async () => {
    const tokens = await tokensFor(app, await app.browser(ada), by, { acr_values: 'urn:example:any', resource: API })
    const response = await postAs(app, by, '/introspect', { token: tokens.access_token })
    assert.equal(((await response.json()) as { readonly acr?: string }).acr, 'urn:example:any')
  })

  it('takes the default of the client where a request wishes for nothing (OIDC Registration §2 default_acr_values)', async () => {
    const modest = await app.register({ defaultAcrValues: ['urn:example:any'] })
    const browser = await app.browser(ada)
    assert.equal(await acrOf(browser, {}, modest), 'urn:example:any')
    assert.equal(await acrOf(browser, { acr_values: 'urn:example:password' }, modest), 'urn:example:password')
  })

  it('answers an essential acr out of reach with unmet_authentication_requirements, before anybody signs in (OIDC Core §5.5.1.1)', async () => {
    for (const browser of [await app.browser(), await app.browser(ada)]) {
      const { params } = answerOf(
        await browser.open(authorizePath(by.client, { claims: essential('urn:example:key') })),
      )
      assert.deepEqual([params.error, params.state], ['unmet_authentication_requirements', 'a state'])
    }
  })

  it('meets an essential acr with the best of its values (OIDC Core §5.5.1.1)', async () => {
    const claims = essential('urn:example:key', 'urn:example:password')
    assert.equal(await acrOf(await app.browser(ada), { claims }), 'urn:example:password')
  })

  it('has the person sign in again when that is what an API or app asks for, and says so (RFC 9470 §5)', async () => {
    const rows: readonly Readonly<Record<string, string>>[] = [
      { acr_values: 'urn:example:password' },
      { claims: essential('urn:example:password') },
    ]
    for (const changes of rows) {
      const weak = await browserWith({ amr: ['otp'] })
      const page = shown(await weak.open(authorizePath(by.client, changes)), '/login')
      const { params } = answerOf(await signInAt(weak, page, ada))
      assert.equal(payloadOf((await exchange(app, by, params.code ?? '')).id_token).acr, 'urn:example:password')
    }
  })

  it('shows no page for a silent request: a wish goes unmet, what is essential is login_required (OIDC Core §3.1.2.6)', async () => {
    const weak = await browserWith({ amr: ['otp'] })
    assert.equal(await acrOf(weak, { acr_values: 'urn:example:password', prompt: 'none' }), 'urn:example:any')
    const asked = authorizePath(by.client, { claims: essential('urn:example:password'), prompt: 'none' })
    assert.equal(answerOf(await weak.open(asked)).params.error, 'login_required')
  })

  it('does not take choosing an account for a stronger sign-in (RFC 9470 §5)', async () => {
    const weak = await browserWith({ amr: ['otp'] })
    const asked = authorizePath(by.client, { claims: essential('urn:example:password'), prompt: 'select_account' })
    const page = shown(await weak.open(asked), '/login')
    shown(await weak.submit(page, '/login', { continue: 'yes' }), '/login')
  })

  it('has auth_time whenever it is asked for: max_age, require_auth_time, an essential claim (OIDC Core §2)', async () => {
    const authTime = addSeconds(app.house.clock.now(), -100)
    const browser = await browserWith({ authTime })
    const held = await app.register({ requireAuthTime: true })
    const claims = JSON.stringify({ id_token: { auth_time: { essential: true } } })
    const rows: readonly (readonly [Readonly<Record<string, string>>, Registered])[] = [
      [{ max_age: '1000' }, by],
      [{ claims }, by],
      [{}, held],
    ]
    for (const [changes, from] of rows) {
      const { id_token } = await tokensFor(app, browser, from, changes)
      assert.equal(payloadOf(id_token).auth_time, Math.floor(authTime.getTime() / 1000))
    }
  })

  it('lists what it knows in discovery (OpenID Connect Discovery §3)', async () => {
    const metadata = await metadataOf(app)
    assert.deepEqual(
      metadata.acr_values_supported,
      LEVELS.map(({ value }) => value),
    )
    assert.ok(!metadata.prompt_values_supported?.includes('create'))
  })
})
