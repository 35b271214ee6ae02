/** Tests of profiles: each rule at the station that holds it. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ENCRYPTION_ALGORITHMS } from '../../spec/jwe.ts'
import { isRefusal, refuse } from '../../spec/refusal.ts'
import type { Client, ProfileName } from './client.ts'
import { parseClient } from './parse-client.ts'
import {
  type AuthorizationFacts,
  checkProfileAtAuthorization,
  checkProfileAtToken,
  checkProfileOfRequestObject,
  inNameOfProfile,
  PROFILES,
  profileLimits,
  type RequestObjectFacts,
  type TokenFacts,
} from './profiles.ts'
import { SPOKEN_BY_SERVER } from './spoken-by-server.ts'

const ISSUER = 'https://id.example'
const NOW = new Date('2026-01-01T12:00:00Z')
const SECONDS = NOW.getTime() / 1000
const KEYS = 'https://app.example/jwks.json'

const REQUEST: AuthorizationFacts = {
  pushed: true,
  signed: true,
  responseType: 'code',
  responseMode: 'query.jwt',
  codeChallengeMethod: 'S256',
  scopes: ['openid'],
  redirectUri: 'https://app.example/cb',
  hasNonce: true,
  hasState: true,
}
const OBJECT: RequestObjectFacts = {
  alg: 'PS256',
  aud: ISSUER,
  nbf: SECONDS,
  exp: SECONDS + 300,
  issuer: ISSUER,
  now: NOW,
}
const TOKEN: TokenFacts = {
  authMethod: 'private_key_jwt',
  assertionAlg: 'ES256',
  assertionAudience: ISSUER,
  issuer: ISSUER,
  cnf: { 'x5t#S256': 'thumb' },
  givesTokens: true,
}

describe('profiles', () => {
  it('name their rules, each with its section and a sentence', () => {
    for (const { name, rules } of PROFILES) {
      assert.equal(new Set(rules.map(rule => rule.name)).size, rules.length, name)
      for (const rule of rules) {
        assert.match(rule.section, /§\d/, `${name} ${rule.name}`)
        assert.match(rule.sentence, /^[A-Z].*\.$/)
        // RFC 6749 §4.1.2.1: what the client reads is printable ASCII without quotes.
        assert.match(rule.demand, /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
      }
    }
  })

  it('ask nothing of a client that names none', () => {
    const bare: AuthorizationFacts = { ...REQUEST, pushed: false, signed: false, responseType: 'id_token token' }
    assert.equal(checkProfileAtAuthorization({}, bare), undefined)
    assert.equal(checkProfileAtToken({}, { authMethod: 'none', issuer: ISSUER, givesTokens: true }), undefined)
  })

  it('let the right requests pass', () => {
    for (const { name } of PROFILES) {
      assert.equal(checkProfileAtAuthorization({ profile: name }, REQUEST), undefined, name)
      assert.equal(checkProfileOfRequestObject({ profile: name }, OBJECT), undefined, name)
      assert.equal(checkProfileAtToken({ profile: name }, TOKEN), undefined, name)
    }
  })

  const authorization: ReadonlyArray<readonly [ProfileName, Partial<AuthorizationFacts>, rule: string]> = [
    ['fapi2', { pushed: false }, 'fapi2 pushed_requests, FAPI 2.0 §5.3.2.2-3'],
    ['fapi2', { codeChallengeMethod: 'plain' }, 'fapi2 pkce, FAPI 2.0 §5.3.2.2-5'],
    ['fapi2', { responseType: 'code id_token' }, 'fapi2 code_only, FAPI 2.0 §5.3.2.2-1'],
    ['fapi1-advanced', { signed: false }, 'fapi1-advanced signed_requests, FAPI 1.0 Advanced §5.2.2-1'],
    ['fapi1-advanced', { responseMode: 'query' }, 'fapi1-advanced response_types, FAPI 1.0 Advanced §5.2.2-2'],
    ['fapi1-advanced', { responseType: 'id_token' }, 'fapi1-advanced response_types, FAPI 1.0 Advanced §5.2.2-2'],
    [
      'fapi1-advanced',
      { redirectUri: 'http://app.example/cb' },
      'fapi1-advanced redirect_uris, FAPI 1.0 Baseline §5.2.2-20',
    ],
    ['fapi1-advanced', { hasNonce: false }, 'fapi1-advanced nonce_or_state, FAPI 1.0 Baseline §5.2.2.2, §5.2.2.3'],
    [
      'fapi1-advanced',
      { codeChallengeMethod: 'plain' },
      'fapi1-advanced pushed_with_pkce, FAPI 1.0 Advanced §5.2.2-18',
    ],
    ['oauth2.1', { codeChallengeMethod: 'plain' }, 'oauth2.1 pkce, OAuth 2.1 §4.1.1'],
    ['oauth2.1', { responseType: 'id_token token' }, 'oauth2.1 no_implicit, OAuth 2.1 §10.1'],
  ]
  for (const [profile, change, rule] of authorization) {
    it(`refuse a request with ${JSON.stringify(change)} (${rule})`, () => {
      const refusal = checkProfileAtAuthorization({ profile }, { ...REQUEST, ...change })
      assert.ok(isRefusal(refusal))
      assert.deepEqual([refusal.error, refusal.rule, refusal.facts.profile], ['invalid_request', rule, profile])
      assert.match(refusal.description, new RegExp(`^profile ${profile.replace('.', '\\.')} requires `))
    })
  }

  it('refuse a request without a code challenge, or without a nonce and a state', () => {
    const { codeChallengeMethod: _, ...noChallenge } = REQUEST
    assert.equal(checkProfileAtAuthorization({ profile: 'fapi2' }, noChallenge)?.rule.split(',')[0], 'fapi2 pkce')
    assert.equal(
      checkProfileAtAuthorization({ profile: 'fapi2' }, { ...REQUEST, pushed: false })?.description,
      'profile fapi2 requires a pushed authorization request',
    )
    const oauth = { ...REQUEST, scopes: ['email'], hasNonce: false }
    assert.equal(checkProfileAtAuthorization({ profile: 'fapi1-advanced' }, oauth), undefined)
    assert.ok(checkProfileAtAuthorization({ profile: 'fapi1-advanced' }, { ...oauth, hasState: false }))
  })

  const objects: ReadonlyArray<readonly [ProfileName, Partial<RequestObjectFacts>, rule: string]> = [
    ['fapi1-advanced', { alg: 'RS256' }, 'fapi1-advanced algorithms, FAPI 1.0 Advanced §8.6'],
    ['fapi1-advanced', { alg: 'EdDSA' }, 'fapi1-advanced algorithms, FAPI 1.0 Advanced §8.6'],
    [
      'fapi1-advanced',
      { exp: SECONDS + 3601 },
      'fapi1-advanced request_lifetime, FAPI 1.0 Advanced §5.2.2-13, §5.2.2-17',
    ],
    [
      'fapi1-advanced',
      { nbf: SECONDS - 3601, exp: SECONDS - 1 },
      'fapi1-advanced request_lifetime, FAPI 1.0 Advanced §5.2.2-13, §5.2.2-17',
    ],
    ['fapi1-advanced', { aud: `${ISSUER}/` }, 'fapi1-advanced request_audience, FAPI 1.0 Advanced §5.2.2-15'],
    ['fapi2', { alg: 'none' }, 'fapi2 algorithms, FAPI 2.0 §5.4.1'],
    ['fapi2', { aud: ['https://other.example'] }, 'fapi2 signed_request_claims, FAPI 2.0 Message Signing §5.3.1'],
    ['fapi2', { exp: SECONDS + 3601 }, 'fapi2 signed_request_claims, FAPI 2.0 Message Signing §5.3.1'],
  ]
  for (const [profile, change, rule] of objects) {
    it(`refuse a request object with ${JSON.stringify(change)} (${rule})`, () => {
      const refusal = checkProfileOfRequestObject({ profile }, { ...OBJECT, ...change })
      assert.deepEqual([refusal?.error, refusal?.rule], ['invalid_request_object', rule])
    })
  }

  it('refuse a request object without nbf or exp, and take an audience among others (FAPI 1.0 Advanced §5.2.2-13 to §5.2.2-17)', () => {
    const { nbf: _, ...noNbf } = OBJECT
    const { exp: __, ...noExp } = OBJECT
    for (const profile of ['fapi1-advanced', 'fapi2'] as const) {
      assert.ok(checkProfileOfRequestObject({ profile }, noNbf))
      assert.ok(checkProfileOfRequestObject({ profile }, noExp))
      assert.equal(checkProfileOfRequestObject({ profile }, { ...OBJECT, aud: ['x', ISSUER] }), undefined)
    }
  })

  const tokens: ReadonlyArray<readonly [ProfileName, Partial<TokenFacts>, error: string, rule: string]> = [
    [
      'fapi2',
      { authMethod: 'client_secret_basic' },
      'invalid_client',
      'fapi2 client_authentication, FAPI 2.0 §5.3.2.1-6',
    ],
    ['fapi2', { assertionAudience: [ISSUER] }, 'invalid_client', 'fapi2 assertion_audience, FAPI 2.0 §5.3.2.1-8'],
    [
      'fapi2',
      { assertionAudience: `${ISSUER}/token` },
      'invalid_client',
      'fapi2 assertion_audience, FAPI 2.0 §5.3.2.1-8',
    ],
    ['fapi2', { assertionAlg: 'RS256' }, 'invalid_client', 'fapi2 algorithms, FAPI 2.0 §5.4.1'],
    [
      'fapi1-advanced',
      { authMethod: 'client_secret_jwt' },
      'invalid_client',
      'fapi1-advanced client_authentication, FAPI 1.0 Advanced §5.2.2-14',
    ],
    [
      'fapi1-advanced',
      { assertionAlg: 'EdDSA' },
      'invalid_client',
      'fapi1-advanced algorithms, FAPI 1.0 Advanced §8.6',
    ],
    [
      'fapi1-advanced',
      { cnf: { jkt: 'thumb' } },
      'invalid_request',
      'fapi1-advanced bound_tokens, FAPI 1.0 Advanced §5.2.2-5, §5.2.2-6',
    ],
  ]
  for (const [profile, change, error, rule] of tokens) {
    it(`refuse a token request with ${JSON.stringify(change)} (${rule})`, () => {
      const refusal = checkProfileAtToken({ profile }, { ...TOKEN, ...change })
      assert.deepEqual([refusal?.error, refusal?.rule], [error, rule])
    })
  }

  it('want no binding of a request that gives no tokens, such as a pushed one (FAPI 2.0 §5.3.2.1-4)', () => {
    const { cnf: _, ...unbound } = TOKEN
    assert.equal(checkProfileAtToken({ profile: 'fapi2' }, { ...unbound, givesTokens: false }), undefined)
    assert.equal(checkProfileAtToken({ profile: 'fapi2' }, unbound)?.rule.split(',')[0], 'fapi2 bound_tokens')
  })

  it('refuse in their own name what a setting of the client would refuse all the same', () => {
    const rule = 'RFC 7636 §4.4.1 require_pkce'
    const plain = refuse('invalid_request', 'code_challenge is required', rule, { setting: 'require_pkce' })
    assert.equal(inNameOfProfile({}, plain), plain)
    const named = inNameOfProfile({ profile: 'fapi2' }, plain)
    assert.deepEqual(
      [named.error, named.description, named.rule, named.facts],
      [
        'invalid_request',
        'profile fapi2 requires a code_challenge with the method S256',
        'fapi2 pkce, FAPI 2.0 §5.3.2.2-5',
        { profile: 'fapi2', setting: 'profile' },
      ],
    )
  })

  it('limit codes to 60 seconds and pushed requests to less than 600 (FAPI 2.0 §5.3.2.1-11, §5.3.2.2-12)', () => {
    assert.deepEqual(profileLimits({ profile: 'fapi2' }), { authorizationCodeSeconds: 60, pushedRequestSeconds: 599 })
    assert.deepEqual(profileLimits({}), {})
  })
})

describe('what profiles forbid and nobody has', () => {
  it('is the password grant (OAuth 2.1 §10, FAPI 2.0 §5.3.2.1-2)', () => {
    assert.equal(SPOKEN_BY_SERVER.grantTypes.includes('password'), false)
  })

  it('is RSA1_5 (FAPI 1.0 Advanced §8.6.1)', () => {
    assert.equal((ENCRYPTION_ALGORITHMS as readonly string[]).includes('RSA1_5'), false)
  })
})

describe('registration under a profile', () => {
  const app = { clientId: 'app', type: 'confidential', redirectUris: ['https://app.example/cb'], jwksUri: KEYS }

  it('fills in what the profile demands where nothing was said', () => {
    const fapi2 = parsed({ ...app, profile: 'fapi2' })
    assert.deepEqual(
      [fapi2.tokenEndpointAuthMethods, fapi2.requirePkce, fapi2.requirePushedAuthorizationRequests],
      [['private_key_jwt'], true, true],
    )
    assert.deepEqual([fapi2.dpopBoundAccessTokens, fapi2.idTokenSignedResponseAlg], [true, 'ES256'])
    const bound = parsed({ ...app, profile: 'fapi2', tlsClientCertificateBoundAccessTokens: true })
    assert.equal(bound.dpopBoundAccessTokens, undefined)
    const fapi1 = parsed({ ...app, profile: 'fapi1-advanced' })
    assert.deepEqual(
      [fapi1.requireSignedRequestObject, fapi1.tlsClientCertificateBoundAccessTokens, fapi1.responseModes],
      [true, true, ['query.jwt', 'fragment.jwt', 'form_post.jwt']],
    )
    assert.equal(
      parsed({ ...app, profile: 'fapi1-advanced', responseTypes: ['code id_token'] }).responseModes,
      undefined,
    )
    assert.equal(parsed({ ...app, profile: 'oauth2.1' }).requirePkce, true)
  })

  const refused = [
    ['fapi2', { tokenEndpointAuthMethods: ['client_secret_basic'] }, ['token_endpoint_auth_methods']],
    ['fapi2', { idTokenSignedResponseAlg: 'RS256' }, ['id_token_signed_response_alg']],
    ['fapi2', { dpopBoundAccessTokens: false }, ['dpop_bound_access_tokens']],
    ['fapi2', { authorizationCodeSeconds: 61 }, ['authorization_code_lifetime']],
    ['fapi2', { responseTypes: ['code id_token'] }, ['response_types', 'grant_types']],
    ['fapi2', { requirePushedAuthorizationRequests: false }, ['require_pushed_authorization_requests']],
    ['fapi2', { requirePkce: false, allowPlainPkce: true }, ['require_pkce', 'allow_plain_pkce']],
    ['fapi2', { redirectUris: ['http://127.0.0.1/cb'] }, ['redirect_uris']],
    ['fapi1-advanced', { requireSignedRequestObject: false }, ['require_signed_request_object']],
    [
      'fapi1-advanced',
      { tlsClientCertificateBoundAccessTokens: false },
      ['tls_client_certificate_bound_access_tokens'],
    ],
    ['fapi1-advanced', { requestObjectSigningAlg: 'EdDSA' }, ['request_object_signing_alg']],
    ['oauth2.1', { requirePkce: false }, ['require_pkce']],
    ['oauth2.1', { responseTypes: ['id_token token'] }, ['response_types']],
  ] as const
  for (const [profile, change, members] of refused) {
    it(`refuses ${profile} with ${JSON.stringify(change)}`, () => {
      const result = parseClient({ ...app, profile, ...change }, SPOKEN_BY_SERVER)
      assert.ok('mistakes' in result)
      assert.deepEqual(
        result.mistakes.map(({ member }) => member),
        members,
      )
      assert.ok(
        result.mistakes.every(
          ({ rule, message }) => rule.startsWith(profile) && message.includes(`profile ${profile}`),
        ),
      )
    })
  }

  it('lets a native app have a loopback address (FAPI 2.0 §5.3.2.2-8, RFC 8252 §7.3), and no public client', () => {
    const native = { ...app, profile: 'fapi2', applicationType: 'native', redirectUris: ['http://127.0.0.1/cb'] }
    assert.ok(parsed(native))
    const result = parseClient({ ...app, type: 'public', profile: 'fapi2' }, SPOKEN_BY_SERVER)
    assert.ok('mistakes' in result && result.mistakes.some(({ member }) => member === 'client_type'))
  })
})

function parsed(settings: Parameters<typeof parseClient>[0]): Partial<Client> {
  const result = parseClient(settings, SPOKEN_BY_SERVER)
  if ('mistakes' in result) assert.fail(JSON.stringify(result.mistakes))
  return result.properties
}
