/** Tests of the authorization request's rules. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type AuthorizationRules, type HouseRules, parseAuthorizationParameters } from './authorization-parameters.ts'
import { encodeParams, parseParams } from './params.ts'
import type { VerifiedRedirectUri } from './redirect-uri.ts'
import { isRefusal } from './refusal.ts'
import { responseModeForErrors } from './response-channel.ts'
import { RESPONSE_TYPES } from './response-types.ts'

const REDIRECT_URI = 'https://app.example.org/callback' as VerifiedRedirectUri
const RULES: AuthorizationRules = {
  clientId: 'app',
  responseTypes: ['code'],
  grantTypes: ['authorization_code', 'refresh_token'],
  scopes: ['openid', 'email', 'offline_access'],
  requirePkce: false,
  allowPlainPkce: false,
}
const HOUSE: HouseRules = { authorizationDetailsTypes: ['payment', 'account'] }
const ALL_TYPES: Partial<AuthorizationRules> = { responseTypes: RESPONSE_TYPES }
const VALID = { response_type: 'code', scope: 'openid email', state: 'xyz', nonce: 'n' }

function parse(params: Record<string, string>, rules: Partial<AuthorizationRules> = {}) {
  const text = encodeParams(Object.entries(params))
  const parsed = parseParams(text)
  assert.ok(!isRefusal(parsed))
  return parseAuthorizationParameters(parsed, REDIRECT_URI, { ...RULES, ...rules }, HOUSE, text)
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

  for (const type of RESPONSE_TYPES) {
    const words = type.split(' ')
    it(`of type "${type}" are taken in any order of words, and answered where Multiple Response Types §5 says`, () => {
      const request = accepted({ ...VALID, response_type: [...words].reverse().join(' ') }, ALL_TYPES)
      assert.equal(request.responseType, type)
      assert.equal(request.responseMode, type === 'code' || type === 'none' ? 'query' : 'fragment')
      const asJwt = accepted({ ...VALID, response_type: type, response_mode: 'jwt' }, ALL_TYPES)
      assert.equal(asJwt.responseMode, `${request.responseMode}.jwt`)
    })

    it(`of type "${type}" ${type.includes('id_token') ? 'need' : 'do without'} a nonce (§3.2.2.1, §3.3.2.11)`, () => {
      const { nonce: _, ...without } = VALID
      const request = parse({ ...without, response_type: type }, ALL_TYPES)
      assert.equal(
        isRefusal(request) ? request.error : 'accepted',
        words.includes('id_token') ? 'invalid_request' : 'accepted',
      )
    })

    it(`of type "${type}" bring a refresh token only by way of a code (§11)`, () => {
      const { scopes } = accepted({ ...VALID, response_type: type, scope: 'openid offline_access' }, ALL_TYPES)
      assert.equal(scopes.includes('offline_access'), words.includes('code'))
    })
  }

  it('take tokens in the query only where nobody but the client can read them (JARM §2.3.1)', () => {
    const encrypted = { ...ALL_TYPES, authorizationEncryptedResponseAlg: 'RSA-OAEP' }
    const asked = { ...VALID, response_type: 'code id_token', response_mode: 'query.jwt' }
    assert.equal(accepted(asked, encrypted).responseMode, 'query.jwt')
  })

  const errorRows: [string, Record<string, string>, string, Partial<AuthorizationRules>?][] = [
    ['nothing that can be read: the query', {}, 'query'],
    ['an unknown type: the query', { response_type: 'magic' }, 'query'],
    ['no type, but a mode', { response_mode: 'form_post' }, 'form_post'],
    ['a type with tokens: the fragment', { response_type: 'id_token' }, 'fragment'],
    ['a type that the client may not use: its place all the same', { response_type: 'code token' }, 'fragment'],
    ['tokens asked for in the query: the fragment', { response_type: 'id_token', response_mode: 'query' }, 'fragment'],
    ['an unknown mode: the default', { response_type: 'code id_token', response_mode: 'x' }, 'fragment'],
    ['a JWT (JARM §2.3)', { response_type: 'code', response_mode: 'jwt' }, 'query.jwt'],
    [
      'a mode that the client may not use: the default',
      { response_type: 'code', response_mode: 'web_message' },
      'query',
      { responseModes: ['query'] },
    ],
  ]
  for (const [what, params, mode, rules] of errorRows) {
    it(`have errors answered where it can be read: ${what} (RFC 6749 §4.2.2.1)`, () => {
      const parsed = parseParams(encodeParams(Object.entries(params)))
      assert.ok(!isRefusal(parsed))
      assert.equal(responseModeForErrors(parsed, REDIRECT_URI, { ...RULES, ...rules }), mode)
    })
  }

  it('are not answered by form or message at an address that is no web address', () => {
    const parsed = parseParams(
      encodeParams([
        ['response_type', 'code'],
        ['response_mode', 'form_post'],
      ]),
    )
    assert.ok(!isRefusal(parsed))
    const native = 'org.example.app:/callback' as VerifiedRedirectUri
    assert.equal(responseModeForErrors(parsed, native, RULES), 'query')
    const refused = parseAuthorizationParameters(parsed, native, RULES, HOUSE, '')
    assert.equal(isRefusal(refused) && refused.error, 'invalid_request')
  })

  it('keep of the claims what the client may have (§5.5), and no more', () => {
    const claims = JSON.stringify({
      userinfo: { email: { essential: true }, birthdate: null, 'https://x.example/y': null, __proto__x: null },
      id_token: { acr: { essential: true, values: ['1', '2'] }, sub: { value: 'ada' }, groups: null },
      later: 1,
    })
    assert.deepEqual(accepted({ ...VALID, claims }).claims, {
      userinfo: { email: { essential: true } },
      idToken: { acr: { essential: true, values: ['1', '2'] }, sub: { value: 'ada' } },
    })
    assert.equal(accepted({ ...VALID, scope: '', claims }).claims, undefined, 'without openid there is no user info')
  })

  it('may name several resources, and nothing else twice (RFC 8707 §2)', () => {
    const resource = ['https://api.example.org', 'urn:example:files', 'https://api.example.org']
    const text = encodeParams([...Object.entries(VALID), ...resource.map((uri): [string, string] => ['resource', uri])])
    const parsed = parseParams(text)
    assert.ok(!isRefusal(parsed))
    const request = parseAuthorizationParameters(parsed, REDIRECT_URI, RULES, HOUSE, text)
    assert.ok(!isRefusal(request))
    assert.deepEqual(request.resources, resource.slice(0, 2))
  })

  it('never break on JSON, whatever stands in it', () => {
    const rules = { authorizationDetailsTypes: ['payment'] }
    const member = fc.constantFrom('userinfo', 'id_token', 'type', 'acr', 'sub', '__proto__', 'constructor', 'values')
    const json = fc.oneof(
      fc.json(),
      fc.dictionary(member, fc.jsonValue()).map(value => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(json, json, (claims, details) => {
        for (const authorization_details of [details, `[${details}]`]) {
          const request = parse({ ...VALID, claims, authorization_details }, rules)
          if (isRefusal(request)) assert.match(request.description, /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/)
          else assert.deepEqual(JSON.parse(JSON.stringify(request.claims ?? {})), request.claims ?? {})
        }
      }),
    )
  })

  it('keep authorization details whole (RFC 9396 §2)', () => {
    const details = [{ type: 'payment', actions: ['pay'], amount: { currency: 'EUR', value: '12.30' } }]
    const asked = { ...VALID, authorization_details: JSON.stringify(details) }
    assert.deepEqual(accepted(asked, { authorizationDetailsTypes: ['payment'] }).authorizationDetails, details)
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
    ['a response_type this client may not use', VALID, 'unauthorized_client', { responseTypes: [] }],
    ['a response_mode nobody knows', { ...VALID, response_mode: 'pigeon' }, 'invalid_request'],
    [
      'a response_mode this client may not use',
      { ...VALID, response_mode: 'form_post' },
      'invalid_request',
      { responseModes: ['query'] },
    ],
    [
      'the default mode, which this client may not use (JARM §2.3)',
      VALID,
      'invalid_request',
      { responseModes: ['query.jwt'] },
    ],
    [
      'tokens in the query (Multiple Response Types §5)',
      { ...VALID, response_type: 'code id_token', response_mode: 'query' },
      'invalid_request',
      ALL_TYPES,
    ],
    [
      'tokens in the query in a JWT that anybody can read (JARM §2.3.1)',
      { ...VALID, response_type: 'code token', response_mode: 'query.jwt' },
      'invalid_request',
      ALL_TYPES,
    ],
    ['an ID token without openid', { ...VALID, response_type: 'id_token', scope: 'email' }, 'invalid_scope', ALL_TYPES],
    [
      'a token in the redirect that must be bound to a key (RFC 9449 §5)',
      { ...VALID, response_type: 'code token' },
      'unauthorized_client',
      { ...ALL_TYPES, dpopBoundAccessTokens: true },
    ],
    ['claims that are no JSON (§5.5)', { ...VALID, claims: '{' }, 'invalid_request'],
    ['claims that are no object', { ...VALID, claims: '[]' }, 'invalid_request'],
    ['claims.userinfo that is no object', { ...VALID, claims: '{"userinfo":"name"}' }, 'invalid_request'],
    ['a claim that is asked for with a word', { ...VALID, claims: '{"userinfo":{"name":"yes"}}' }, 'invalid_request'],
    ['essential that is no truth', { ...VALID, claims: '{"id_token":{"acr":{"essential":1}}}' }, 'invalid_request'],
    ['values that are no list', { ...VALID, claims: '{"id_token":{"acr":{"values":"1"}}}' }, 'invalid_request'],
    ['claims nested too deeply', { ...VALID, claims: `{"x":${'['.repeat(50)}${']'.repeat(50)}}` }, 'invalid_request'],
    ['claims with NUL', { ...VALID, claims: '{"userinfo":{"na\\u0000me":null}}' }, 'invalid_request'],
    ['claims that are too long', { ...VALID, claims: JSON.stringify({ x: 'x'.repeat(20_000) }) }, 'invalid_request'],
    ['a resource that is no URI (RFC 8707 §2)', { ...VALID, resource: '/api' }, 'invalid_target'],
    [
      'a resource with a fragment (RFC 8707 §2)',
      { ...VALID, resource: 'https://api.example.org/#x' },
      'invalid_target',
    ],
    [
      'authorization details that are no JSON (RFC 9396 §5)',
      { ...VALID, authorization_details: '[' },
      'invalid_authorization_details',
    ],
    [
      'authorization details that are no list (RFC 9396 §2)',
      { ...VALID, authorization_details: '{"type":"payment"}' },
      'invalid_authorization_details',
      { authorizationDetailsTypes: ['payment'] },
    ],
    [
      'authorization details without a type (RFC 9396 §2)',
      { ...VALID, authorization_details: '[{"actions":["x"]}]' },
      'invalid_authorization_details',
    ],
    [
      'authorization details of a type this client may not use (RFC 9396 §5)',
      { ...VALID, authorization_details: '[{"type":"account"}]' },
      'invalid_authorization_details',
      { authorizationDetailsTypes: ['payment'] },
    ],
    [
      'authorization details of a type the house does not know (RFC 9396 §5)',
      { ...VALID, authorization_details: '[{"type":"loan"}]' },
      'invalid_authorization_details',
      { authorizationDetailsTypes: ['loan'] },
    ],
    [
      'authorization details with actions that are no list (RFC 9396 §2.2)',
      { ...VALID, authorization_details: '[{"type":"payment","actions":"pay"}]' },
      'invalid_authorization_details',
      { authorizationDetailsTypes: ['payment'] },
    ],
    ['a dpop_jkt that is no thumbprint (RFC 9449 §10)', { ...VALID, dpop_jkt: 'short' }, 'invalid_request'],
    ['a scope that is no scope (RFC 6749 §3.3)', { ...VALID, scope: 'openid "x"' }, 'invalid_scope'],
    ['a scope this client may not have', { ...VALID, scope: 'openid groups' }, 'invalid_scope'],
    ['an unknown prompt', { ...VALID, prompt: 'dance' }, 'invalid_request'],
    ['prompt none with another (§3.1.2.1)', { ...VALID, prompt: 'none login' }, 'invalid_request'],
    ['a max_age that is no number', { ...VALID, max_age: 'soon' }, 'invalid_request'],
    ['a negative max_age', { ...VALID, max_age: '-1' }, 'invalid_request'],
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
