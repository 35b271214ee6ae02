/** Tests of the authorization request's rules. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type AuthorizationRules, parseAuthorizationParameters } from './authorization-parameters.ts'
import { encodeParams, parseParams } from './params.ts'
import type { VerifiedRedirectUri } from './redirect-uri.ts'
import { isRefusal } from './refusal.ts'

const REDIRECT_URI = 'https://app.example.org/callback' as VerifiedRedirectUri
const RULES: AuthorizationRules = {
  clientId: 'app',
  responseTypes: ['code'],
  grantTypes: ['authorization_code', 'refresh_token'],
  scopes: ['openid', 'email', 'offline_access'],
  requirePkce: false,
  allowPlainPkce: false,
}
const VALID = { response_type: 'code', scope: 'openid email', state: 'xyz', nonce: 'n' }

function parse(params: Record<string, string>, rules: Partial<AuthorizationRules> = {}) {
  const text = encodeParams(Object.entries(params))
  const parsed = parseParams(text)
  assert.ok(!isRefusal(parsed))
  return parseAuthorizationParameters(parsed, REDIRECT_URI, { ...RULES, ...rules }, text)
}

function accepted(params: Record<string, string>, rules?: Partial<AuthorizationRules>) {
  const request = parse(params, rules)
  assert.ok(!isRefusal(request), isRefusal(request) ? request.description : '')
  return request
}

describe('authorization requests (OIDC Core §3.1.2.1)', () => {
  it('are taken over with what the client sent', () => {
    const request = accepted({
      ...VALID,
      login_hint: 'ada',
      max_age: '60',
      ui_locales: 'de en',
      prompt: 'login consent',
    })
    assert.deepEqual([request.scopes, request.state, request.nonce], [['openid', 'email'], 'xyz', 'n'])
    assert.deepEqual([request.loginHint, request.maxAgeSeconds, request.uiLocales], ['ada', 60, ['de', 'en']])
    assert.deepEqual(request.prompt, ['login', 'consent'])
  })

  it('work without nonce, state and PKCE in the code flow', () => {
    const request = accepted({ response_type: 'code', scope: 'openid' })
    assert.deepEqual([request.nonce, request.state, request.codeChallenge], [undefined, undefined, undefined])
  })

  it('ignore what is not understood: parameters, scopes, display, acr_values, claims_locales', () => {
    const request = accepted({
      ...VALID,
      scope: 'openid made-up',
      extra: 'foobar',
      display: 'popup',
      acr_values: '1 2',
      claims_locales: 'se',
    })
    assert.deepEqual(request.scopes, ['openid'])
  })

  it("take the client's default_max_age when none is sent", () => {
    assert.equal(accepted(VALID, { defaultMaxAgeSeconds: 30 }).maxAgeSeconds, 30)
    assert.equal(accepted({ ...VALID, max_age: '0' }, { defaultMaxAgeSeconds: 30 }).maxAgeSeconds, 0)
  })

  it('lose offline_access when the client cannot refresh (§11)', () => {
    const scope = 'openid offline_access'
    assert.deepEqual(accepted({ ...VALID, scope }).scopes, ['openid', 'offline_access'])
    assert.deepEqual(accepted({ ...VALID, scope }, { grantTypes: ['authorization_code'] }).scopes, ['openid'])
  })

  const rows: [string, Record<string, string>, string, Partial<AuthorizationRules>?][] = [
    ['no response_type (RFC 6749 §3.1.1)', { scope: 'openid' }, 'invalid_request'],
    ['an unknown response_type (RFC 6749 §4.1.2.1)', { ...VALID, response_type: 'magic' }, 'unsupported_response_type'],
    [
      'a response_type this server does not speak',
      { ...VALID, response_type: 'code id_token' },
      'unsupported_response_type',
    ],
    ['a response_type this client may not use', VALID, 'unauthorized_client', { responseTypes: [] }],
    ['a response_mode we do not speak', { ...VALID, response_mode: 'form_post' }, 'invalid_request'],
    ['a scope that is no scope (RFC 6749 §3.3)', { ...VALID, scope: 'openid "x"' }, 'invalid_scope'],
    ['a scope this client may not have', { ...VALID, scope: 'openid groups' }, 'invalid_scope'],
    ['an unknown prompt', { ...VALID, prompt: 'dance' }, 'invalid_request'],
    ['prompt none with another (§3.1.2.1)', { ...VALID, prompt: 'none login' }, 'invalid_request'],
    ['a max_age that is no number', { ...VALID, max_age: 'soon' }, 'invalid_request'],
    ['a negative max_age', { ...VALID, max_age: '-1' }, 'invalid_request'],
    ['a request object (§6.1)', { ...VALID, request: 'ey.J.' }, 'request_not_supported'],
    [
      'a request object by reference (§6.2)',
      { ...VALID, request_uri: 'https://app.example.org/r' },
      'request_uri_not_supported',
    ],
    ['a registration parameter (§7.2.1)', { ...VALID, registration: '{}' }, 'registration_not_supported'],
    ['no code_challenge where PKCE is required (RFC 7636 §4.4.1)', VALID, 'invalid_request', { requirePkce: true }],
  ]
  for (const [what, params, error, rules] of rows) {
    it(`refuse ${what}`, () => {
      const request = parse(params, rules)
      assert.ok(isRefusal(request))
      assert.equal(request.error, error)
      assert.match(request.description, /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/)
    })
  }
})
