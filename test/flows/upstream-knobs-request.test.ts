/** Every setting of the authorization request: set by its name, what does the upstream get to see of it? */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { JsonObject } from '../../src/core/clients/client.ts'
import { sentAway } from '../support/hand-browser.ts'
import { isSignedIn, type Knobs, startKnobs, type Way } from '../support/knobs.ts'

describe('settings of the authorization request (OIDC Core §3.1.2.1)', () => {
  let knobs: Knobs

  before(async () => {
    knobs = await startKnobs()
  })
  after(() => knobs.close())

  /** Parameter → what it is without the setting, and with it; `undefined` is not there. */
  type Seen = Readonly<Record<string, readonly [before: string | undefined, after: string | undefined]>>
  const rows: readonly (readonly [name: string, what: string, settings: JsonObject, way: Way, seen: Seen])[] = [
    [
      'client_id',
      'is what the upstream calls us',
      { client_id: 'we-there' },
      {},
      { client_id: ['sallyport', 'we-there'] },
    ],
    [
      'scopes',
      'are asked for, whether blanks or commas stand between them',
      { scopes: 'openid, groups email' },
      {},
      { scope: ['openid profile email', 'openid groups email'] },
    ],
    ['prompt', 'is that of every request', { prompt: 'consent' }, {}, { prompt: [undefined, 'consent'] }],
    [
      'pass_login_hint',
      'lets the login_hint of the app travel on',
      { pass_login_hint: true },
      { request: { login_hint: 'ada@example.org' } },
      { login_hint: [undefined, 'ada@example.org'] },
    ],
    [
      'pass_max_age',
      'leaves it to the upstream whether its own sign-in is young enough; without it everybody signs in anew',
      { pass_max_age: true },
      { request: { max_age: '300' } },
      { max_age: ['300', '300'], prompt: ['login', undefined] },
    ],
    [
      'pass_ui_locales',
      'lets the languages of the app travel on',
      { pass_ui_locales: true },
      { request: { ui_locales: 'fr de' } },
      { ui_locales: [undefined, 'fr de'] },
    ],
    [
      'pass_ui_locales',
      'lets those of the browser travel on where the app says nothing',
      { pass_ui_locales: true },
      { headers: { 'accept-language': 'de-CH,de;q=0.9,en;q=0.8' } },
      { ui_locales: [undefined, 'de-CH de en'] },
    ],
    [
      'forward_parameters',
      "lets further parameters of the app's request travel on, by name",
      { forward_parameters: ['tenant'] },
      { request: { tenant: 'blue', other: 'x' } },
      { tenant: [undefined, 'blue'], other: [undefined, undefined] },
    ],
    [
      'persist_parameters',
      'lets parameters of our sign-in URL travel on, by name',
      { persist_parameters: ['brand'] },
      { link: { brand: 'acme', other: 'x' } },
      { brand: [undefined, 'acme'], other: [undefined, undefined] },
    ],
    [
      'persist_parameters',
      'lets all of them travel on with *, but none that is ours',
      { persist_parameters: ['*'] },
      { link: { brand: 'acme', other: 'x', redirect_uri: 'https://evil.example/', scope: 'all', request_uri: 'x' } },
      {
        brand: [undefined, 'acme'],
        other: [undefined, 'x'],
        request_uri: [undefined, undefined],
        scope: ['openid profile email', 'openid profile email'],
      },
    ],
    [
      'persist_parameters',
      'counts for the registration URL, too',
      { persist_parameters: ['brand'] },
      { registers: true, link: { brand: 'acme' } },
      { brand: [undefined, 'acme'] },
    ],
    [
      'authorization_parameters',
      'are sent with every request',
      { authorization_parameters: { hd: 'example.org', claims: '{"id_token":{"groups":null}}' } },
      {},
      { hd: [undefined, 'example.org'], claims: [undefined, '{"id_token":{"groups":null}}'] },
    ],
    [
      'registration_parameters',
      'are sent by the registration URL',
      { registration_parameters: { prompt: 'create', screen: 'sign-up' } },
      { registers: true },
      { prompt: [undefined, 'create'], screen: [undefined, 'sign-up'] },
    ],
    [
      'registration_parameters',
      'stay at home otherwise',
      { registration_parameters: { prompt: 'create', screen: 'sign-up' } },
      {},
      { prompt: [undefined, undefined], screen: [undefined, undefined] },
    ],
    [
      'registration_parameters',
      'win over prompt and authorization_parameters: whoever comes to register is not only asked to sign in',
      {
        prompt: 'login',
        authorization_parameters: { screen: 'sign-in' },
        registration_parameters: { prompt: 'create', screen: 'sign-up' },
      },
      { registers: true },
      { prompt: [undefined, 'create'], screen: [undefined, 'sign-up'] },
    ],
    [
      'pkce_method',
      'is S256, plain or off (RFC 7636 §4.3)',
      { pkce_method: 'plain' },
      {},
      { code_challenge_method: ['S256', 'plain'] },
    ],
    [
      'pkce_method',
      'off sends no challenge',
      { pkce_method: 'off' },
      {},
      { code_challenge_method: ['S256', undefined] },
    ],
    ['response_mode', 'is sent', { response_mode: 'form_post' }, {}, { response_mode: [undefined, 'form_post'] }],
  ]
  const listed = (value: string | undefined): readonly string[] => (value === undefined ? [] : [value])
  for (const [name, what, settings, way, seen] of rows) {
    it(`${name}: ${what}`, async () => {
      const asked = async (said: JsonObject): Promise<URLSearchParams> =>
        sentAway((await knobs.setOut(await knobs.add(said), way)).landing).params
      const [without, with_] = [await asked({}), await asked(settings)]
      for (const [parameter, [before, after]] of Object.entries(seen)) {
        assert.deepEqual(without.getAll(parameter), listed(before), `${parameter} without the setting`)
        assert.deepEqual(with_.getAll(parameter), listed(after), parameter)
      }
    })
  }

  it('pass_acr_values: the acr_values of the app travel on', async () => {
    const way = { request: { acr_values: 'gold silver' } }
    const asked = async (settings: JsonObject) => (await knobs.signIn(settings, way)).asked.get('acr_values')
    assert.equal(await asked({}), null)
    assert.equal(await asked({ pass_acr_values: true }), 'gold silver')
  })

  it('pkce_method: off sends no verifier either, and a plain challenge is the verifier (RFC 7636 §4.2)', async () => {
    const off = await knobs.signIn({ pkce_method: 'off' })
    assert.equal(off.asked.get('code_challenge'), null)
    assert.equal(new URLSearchParams(off.token?.body).get('code_verifier'), null)
    const plain = await knobs.signIn({ pkce_method: 'plain' })
    assert.equal(new URLSearchParams(plain.token?.body).get('code_verifier'), plain.asked.get('code_challenge'))
    for (const visit of [off, plain]) sentAway(visit.landing)
  })

  it('nonce: off sends none, and an ID token needs none; on, it has to come back', async () => {
    const behaviour = { idToken: { claims: { nonce: undefined } } }
    const off = await knobs.signIn({ nonce: false }, { behaviour })
    assert.equal(off.asked.get('nonce'), null)
    sentAway(off.landing)
    const on = await knobs.signIn({}, { behaviour })
    assert.match(on.asked.get('nonce') ?? '', /^.{22,}$/)
    assert.equal(await knobs.whyRefused(on), 'OIDC Core §3.1.3.7 nonce of the upstream')
  })

  it('accepts_prompt_none: a request without a page travels on, and is answered here otherwise', async () => {
    const way = { request: { prompt: 'none' } }
    const refused = sentAway((await knobs.setOut(await knobs.add(), way)).landing)
    assert.equal(refused.params.get('error'), 'login_required')
    const visit = await knobs.signIn({ accepts_prompt_none: true }, way)
    assert.equal(visit.asked.get('prompt'), 'none')
    isSignedIn(visit)
  })

  it('pass_max_age: with it and without, auth_time is held to what the app asks for (OIDC Core §3.1.3.7)', async () => {
    const behaviour = { idToken: { claims: { auth_time: Math.floor(Date.now() / 1000) - 3600 } } }
    const way = { request: { max_age: '300' }, behaviour }
    for (const pass_max_age of [true, false]) {
      const visit = await knobs.signIn({ pass_max_age }, way)
      assert.equal(await knobs.whyRefused(visit), 'OIDC Core §3.1.3.7 auth_time of the upstream')
    }
  })

  it('auth_time_required: off believes an upstream that was asked for a fresh sign-in and says nothing of it', async () => {
    const way = { request: { max_age: '300' }, behaviour: { idToken: { claims: { auth_time: undefined } } } }
    assert.equal(await knobs.whyRefused(await knobs.signIn({}, way)), 'OIDC Core §3.1.3.7 auth_time of the upstream')
    const visit = await knobs.signIn({ auth_time_required: false }, way)
    isSignedIn(visit)
    assert.equal(visit.asked.get('prompt'), 'login')
  })

  it('response_mode: form_post is taken where it is asked for, from a form of another site (Form Post Response Mode §2)', async () => {
    const upstream = await knobs.add({ response_mode: 'form_post' })
    knobs.odd.behave({ person: 'form-post', userinfo: { preferred_username: 'form-post' } })
    const { browser, landing } = await knobs.setOut(upstream)
    const { location, params } = sentAway(landing)
    assert.equal(params.get('response_mode'), 'form_post')
    const answer = await knobs.odd.signIn(location)
    const cookies = new Map(browser.cookies)
    browser.cookies.clear()
    const posted = await browser.send(`/broker/${upstream.alias}/endpoint`, { method: 'POST', body: answer })
    for (const [name, value] of cookies) browser.cookies.set(name, value)
    const back = sentAway(await browser.open(posted.headers.get('location') ?? ''))
    assert.match(back.params.get('code') ?? '', /./)
  })
})
