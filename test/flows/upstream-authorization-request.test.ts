/** The authorization request to an upstream: what is in it, and what never gets into it. */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { AttemptTerms } from '../../src/core/upstreams/attempt.ts'
import type { AuthorizationWishes } from '../../src/core/upstreams/relying-party.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import { isRefusal } from '../../src/spec/refusal.ts'
import { anUpstream } from '../support/builders.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'
import { attemptAt, relyingPartyOf } from '../support/upstreams/upstream-room.ts'

const WHERE_IT_IS = {
  issuer: 'https://idp.example',
  authorizationEndpoint: 'https://idp.example/authorize',
  tokenEndpoint: 'https://idp.example/token',
  jwksUri: 'https://idp.example/jwks',
}

describe('the authorization request to an upstream (OIDC Core §3.1.2.1)', () => {
  let app: RunningApp
  before(async () => {
    app = await startApp()
  })
  after(() => app?.close())

  async function sent(
    changes: Partial<Upstream>,
    terms: Partial<AttemptTerms> = {},
    wishes: Partial<AuthorizationWishes> = {},
  ) {
    const upstream = anUpstream({ alias: 'odd', ...WHERE_IT_IS, ...changes })
    const url = await relyingPartyOf(app).authorizationUrl(upstream, attemptAt(upstream, terms), {
      further: [],
      ...wishes,
    })
    assert.ok(!isRefusal(url), JSON.stringify(url))
    return Object.fromEntries(new URL(url).searchParams)
  }

  it('the authorization request has what is always there, and nothing that was not asked for (OIDC Core §3.1.2.1)', async () => {
    const params = await sent({}, {}, { loginHint: 'ada', maxAgeSeconds: 60, uiLocales: ['de'], acrValues: ['gold'] })
    assert.deepEqual(Object.keys(params), [
      'response_type',
      'client_id',
      'redirect_uri',
      'scope',
      'state',
      'nonce',
      'code_challenge',
      'code_challenge_method',
    ])
    assert.equal(params.redirect_uri, 'https://id.example.org/broker/odd/endpoint')
    assert.equal(params.code_challenge_method, 'S256')
  })

  it('what the app asked for travels on where the flags say so', async () => {
    const flags = { passLoginHint: true, passMaxAge: true, passUiLocales: true, passAcrValues: true }
    const wishes = { loginHint: 'ada', maxAgeSeconds: 60, uiLocales: ['de', 'en'], acrValues: ['gold', 'silver'] }
    const { login_hint, max_age, ui_locales, acr_values } = await sent(flags, {}, wishes)
    assert.deepEqual([login_hint, max_age, ui_locales, acr_values], ['ada', '60', 'de en', 'gold silver'])
  })

  it('prompt: the setting, the wish over it, login for a fresh proof, none without a page, create for a registration', async () => {
    const prompt = async (...asked: Parameters<typeof sent>) => (await sent(...asked)).prompt
    assert.equal(await prompt({ prompt: 'consent' }), 'consent')
    assert.equal(await prompt({ prompt: 'consent' }, {}, { prompt: 'select_account' }), 'select_account')
    const fresh = await sent({ prompt: 'consent' }, { maxAgeSeconds: 0 })
    assert.deepEqual([fresh.prompt, fresh.max_age], ['login', '0'])
    assert.equal(await prompt({ prompt: 'consent' }, { silent: true }), 'none')
    const creates = { discovered: { fetchedAt: new Date(), promptValues: ['create'] } }
    assert.equal(await prompt(creates, { registration: true }), 'create')
    assert.equal(await prompt(creates), undefined)
    assert.equal(await prompt({}, { registration: true }), undefined)
  })

  it('parameters that were set or came from outside never take the place of ours', async () => {
    const params = await sent(
      {
        authorizationParameters: { hd: 'example.org', state: 'x', client_id: 'x' },
        registrationParameters: { screen: 'signup' },
        nonce: false,
        pkceMethod: 'off',
      },
      { registration: true },
      {
        further: [
          ['brand', 'blue'],
          ['hd', 'evil.example'],
          ['redirect_uri', 'https://evil.example'],
          ['request_uri', 'https://evil.example'],
          ['response_mode', 'fragment'],
          ['nonce', 'x'],
          ['code_challenge', 'x'],
          ['client_assertion', 'x'],
          ['redirect.uri', 'https://evil.example'],
          ['HD', 'evil.example'],
          ['state[]', 'x'],
        ],
      },
    )
    assert.ok(
      Object.keys(params).every(name => /^[a-z_]+$/.test(name)),
      'nor of what an upstream may take for ours',
    )
    assert.deepEqual([params.hd, params.screen, params.brand], ['example.org', 'signup', 'blue'])
    assert.equal(params.client_id, 'sallyport')
    assert.notEqual(params.state, 'x')
    for (const name of ['request_uri', 'response_mode', 'nonce', 'code_challenge', 'client_assertion'] as const)
      assert.equal(params[name], undefined)
  })
})
