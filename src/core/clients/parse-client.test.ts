/** Tests of the rules of client metadata: one row per rule, and the defaults. */

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { CIBA, DEVICE_CODE, JWT_BEARER, TOKEN_EXCHANGE } from '../../spec/grant-types.ts'
import type { JsonObject } from './client.ts'
import type { ClientSettings } from './client-settings.ts'
import { parseClient } from './parse-client.ts'
import { readRegistrationMetadata } from './registration-metadata.ts'
import { SPOKEN_BY_SERVER, spokenWith } from './spoken-by-server.ts'

const APP: ClientSettings = { clientId: 'app', type: 'confidential', redirectUris: ['https://app.example/cb'] }
const URI = 'https://app.example/jwks.json'
const EC = publicJwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)
const RSA = publicJwk(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey)
const SHORT_RSA = publicJwk(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)
const PRIVATE_EC = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }) as JsonObject
const SECRET_KEY = { kty: 'oct', k: 'c2VjcmV0' }

type Row = readonly [rule: string, change: Partial<ClientSettings>, member: string, message: RegExp]

const REFUSED: readonly Row[] = [
  ['RFC 6749 §2.1 client type', { type: 'privat' }, 'client_type', /choose public, confidential/],
  // Keys.
  ['RFC 7591 §2 jwks or jwks_uri', { jwks: { keys: [EC] }, jwksUri: URI }, 'jwks_uri', /together with jwks/],
  ['RFC 7591 §2 jwks', { jwks: { keys: [SECRET_KEY] } }, 'jwks', /key 1 is a symmetric key/],
  ['RFC 7591 §2 jwks', { jwks: { keys: [EC, PRIVATE_EC] } }, 'jwks', /key 2 is a private key/],
  ['RFC 7518 §3.3 RSA key size', { jwks: { keys: [SHORT_RSA] } }, 'jwks', /1024 bits: RSA keys need 2048 to 8192/],
  ['RFC 7517 §4 JWK', { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }] } }, 'jwks', /no public key/],
  ['RFC 7517 §5 keys', { jwks: { keys: [] } }, 'jwks', /at least one key/],
  ['RFC 7517 §5 keys', { jwks: EC as never }, 'jwks', /\{"keys"/],
  ['at most 20 keys', { jwks: { keys: Array.from({ length: 21 }, () => EC) } }, 'jwks', /21 keys/],
  ['https URL', { jwksUri: 'http://app.example/jwks.json' }, 'jwks_uri', /must be https/],
  ['https URL', { jwksUri: 'https://me:pw@app.example/jwks.json' }, 'jwks_uri', /user name/],
  // How it proves who it is.
  ['RFC 7591 §2 jwks', { tokenEndpointAuthMethods: ['private_key_jwt'] }, 'jwks', /for private_key_jwt/],
  [
    'OIDC Registration §2',
    { tokenEndpointAuthMethods: ['private_key_jwt'], jwksUri: URI, tokenEndpointAuthSigningAlg: 'HS256' },
    'token_endpoint_auth_signing_alg',
    /HS256 is for client_secret_jwt/,
  ],
  [
    'OIDC Registration §2',
    { tokenEndpointAuthMethods: ['client_secret_jwt'], tokenEndpointAuthSigningAlg: 'ES256' },
    'token_endpoint_auth_signing_alg',
    /ES256 is for private_key_jwt/,
  ],
  [
    'OIDC Registration §2, never none',
    { tokenEndpointAuthMethods: ['private_key_jwt'], jwksUri: URI, tokenEndpointAuthSigningAlg: 'none' },
    'token_endpoint_auth_signing_alg',
    /"none" is not possible/,
  ],
  [
    'RFC 8705 §2.1.2 exactly one subject',
    { tokenEndpointAuthMethods: ['tls_client_auth'] },
    'tls_client_auth_subject_dn',
    /must say which certificate/,
  ],
  [
    'RFC 8705 §2.1.2 exactly one subject',
    { tokenEndpointAuthMethods: ['tls_client_auth'], tlsClientAuthSanDns: 'a', tlsClientAuthSanIp: '::1' },
    'tls_client_auth_san_dns',
    /only one of tls_client_auth_san_dns, tls_client_auth_san_ip/,
  ],
  [
    'RFC 4514 §3 distinguished name',
    { tokenEndpointAuthMethods: ['tls_client_auth'], tlsClientAuthSubjectDn: 'app.example' },
    'tls_client_auth_subject_dn',
    /is not a distinguished name/,
  ],
  [
    'CIBA Core §4 user_code',
    { backchannelUserCodeParameter: true },
    'backchannel_user_code_parameter',
    /takes no user_code/,
  ],
  ['RFC 7591 §2 jwks', { tokenEndpointAuthMethods: ['self_signed_tls_client_auth'] }, 'jwks', /for self_signed/],
  [
    'OIDC Core §9, for confidential clients',
    { tokenEndpointAuthMethods: ['none'] },
    'token_endpoint_auth_methods',
    /"none" is not possible/,
  ],
  // Encryption and signatures.
  [
    'OIDC Registration §2 enc goes with alg',
    { userinfoEncryptedResponseEnc: 'A256GCM' },
    'userinfo_encrypted_response_enc',
    /needs userinfo_encrypted_response_alg/,
  ],
  ['OIDC Registration §2', { idTokenSignedResponseAlg: 'none' }, 'id_token_signed_response_alg', /"none" is not/],
  ['OIDC Registration §2', { userinfoSignedResponseAlg: 'none' }, 'userinfo_signed_response_alg', /"none" is not/],
  ['JARM §3, never none', { authorizationSignedResponseAlg: 'none' }, 'authorization_signed_response_alg', /"none"/],
  ['RFC 9068 §2.1, asymmetric', { accessTokenSigningAlg: 'HS256' }, 'access_token_signing_alg', /"HS256"/],
  [
    'OIDC Registration §2',
    { jwksUri: URI, idTokenEncryptedResponseAlg: 'RSA1_5' },
    'id_token_encrypted_response_alg',
    /"RSA1_5" is not possible/,
  ],
  ['RFC 7591 §2 jwks', { idTokenEncryptedResponseAlg: 'RSA-OAEP-256' }, 'jwks', /for id_token_encrypted_response_alg/],
  [
    'OIDC Core §10.1',
    { type: 'public', idTokenSignedResponseAlg: 'HS256' },
    'id_token_signed_response_alg',
    /public client/,
  ],
  [
    'OIDC Core §10.1',
    { type: 'public', userinfoEncryptedResponseAlg: 'dir' },
    'userinfo_encrypted_response_alg',
    /needs a client secret/,
  ],
  // Requests.
  ['RFC 7591 §2 jwks', { requestObjectSigningAlg: 'ES256' }, 'jwks', /for request_object_signing_alg ES256/],
  ['RFC 7591 §2 jwks', { requireSignedRequestObject: true }, 'jwks', /for require_signed_request_object/],
  [
    'RFC 9101 §10.5',
    { requireSignedRequestObject: true, requestObjectSigningAlg: 'none' },
    'request_object_signing_alg',
    /cannot be none/,
  ],
  ['OIDC Core §6.2 request_uri', { requestUris: ['http://app.example/r'] }, 'request_uris', /must be https/],
  ['OIDC Core §6.2 request_uri', { requestUris: [`https://app.example/${'r'.repeat(512)}`] }, 'request_uris', /512/],
  ['https URL', { initiateLoginUri: 'http://app.example/login' }, 'initiate_login_uri', /must be https/],
  ['OIDC Core §3.1.2.1 acr_values', { defaultAcrValues: ['two words'] }, 'default_acr_values', /without blanks/],
  // Grant types and response types.
  [
    'RFC 7591 §2.1',
    { responseTypes: ['id_token'], grantTypes: ['client_credentials'] },
    'grant_types',
    /"id_token" needs implicit/,
  ],
  ['RFC 7591 §2.1', { responseTypes: ['code'], grantTypes: [JWT_BEARER] }, 'grant_types', /needs authorization_code/],
  ['RFC 7591 §2.1', { grantTypes: ['authorization_code', 'implicit'] }, 'response_types', /implicit needs a type/],
  [
    'RFC 7591 §2.1',
    { responseTypes: ['none'], grantTypes: ['authorization_code'] },
    'response_types',
    /needs a type with code/,
  ],
  ['RFC 6749 §6', { grantTypes: ['client_credentials', 'refresh_token'] }, 'grant_types', /refresh_token needs/],
  ['CIBA Core §7.1', { type: 'public', grantTypes: [CIBA] }, 'grant_types', /confidential clients only/],
  [
    'CIBA Core §4',
    { grantTypes: [CIBA], backchannelTokenDeliveryMode: 'ping' },
    'backchannel_client_notification_endpoint',
    /with the delivery mode ping/,
  ],
  [
    'CIBA Core §4, asymmetric',
    { backchannelAuthenticationRequestSigningAlg: 'HS256' },
    'backchannel_authentication_request_signing_alg',
    /"HS256" is not possible/,
  ],
  ['JARM §2.3 response_mode', { responseModes: ['query.jws'] }, 'response_modes', /did you mean query.jwt/],
  // Redirect URIs by kind of app.
  ['RFC 6749 §3.1.2 no fragment', { redirectUris: ['https://app.example/cb#x'] }, 'redirect_uris', /fragment/],
  [
    'OIDC Registration §2 application_type',
    { responseTypes: ['id_token'], redirectUris: ['http://app.example/cb'] },
    'redirect_uris',
    /must be https/,
  ],
  [
    'OIDC Registration §2 application_type',
    { responseTypes: ['id_token'], redirectUris: ['https://localhost/cb'] },
    'redirect_uris',
    /not localhost/,
  ],
  [
    'OIDC Registration §2 application_type',
    { applicationType: 'native', redirectUris: ['http://app.example/cb'] },
    'redirect_uris',
    /on loopback only/,
  ],
  // Pairwise subjects.
  [
    'OIDC Core §8.1 sector identifier',
    { subjectType: 'pairwise', redirectUris: ['https://a.example/cb', 'https://b.example/cb'] },
    'sector_identifier_uri',
    /several hosts \(a.example, b.example\)/,
  ],
  [
    'OIDC Core §8.1 sector identifier',
    { subjectType: 'pairwise', redirectUris: [] },
    'sector_identifier_uri',
    /no redirect URI says nothing/,
  ],
  [
    'OIDC Core §8.1 sector identifier',
    { subjectType: 'pairwise', redirectUris: ['https://a.example/cb', 'com.evil:/cb'] },
    'sector_identifier_uri',
    /com.evil:\/cb says nothing about whose app it is/,
  ],
  [
    'OIDC Core §8.1 sector identifier',
    { subjectType: 'pairwise', redirectUris: ['com.evil://bank.example/cb'] },
    'sector_identifier_uri',
    /com.evil:\/\/bank.example\/cb says nothing about whose app it is/,
  ],
  [
    'OIDC Core §8.1 sector identifier',
    { subjectType: 'pairwise', redirectUris: ['http://localhost/cb'] },
    'sector_identifier_uri',
    /http:\/\/localhost\/cb says nothing/,
  ],
  [
    'CIBA Core §4 pairwise subjects',
    { subjectType: 'pairwise', grantTypes: [DEVICE_CODE], sectorIdentifierUri: 'https://victim.example/uris.json' },
    'jwks_uri',
    /without a redirect/,
  ],
  [
    'OIDC Core §8.1 sector identifier',
    {
      subjectType: 'pairwise',
      grantTypes: [CIBA],
      jwksUri: 'https://b.example/jwks',
      tokenEndpointAuthMethods: ['private_key_jwt'],
    },
    'sector_identifier_uri',
    /several hosts \(app.example, b.example\)/,
  ],
  // Texts, lists, lifetimes.
  ['at most 20 values', { contacts: Array.from({ length: 21 }, () => 'a@b.example') }, 'contacts', /21 values/],
  ['lifetime', { accessTokenSeconds: 0 }, 'access_token_lifetime', /1 to 2592000/],
  ['lifetime', { authorizationCodeSeconds: 601 }, 'authorization_code_lifetime', /1 to 600/],
  [
    'lifetime',
    { refreshTokenSeconds: 100, refreshTokenMaxSeconds: 50 },
    'refresh_token_lifetime',
    /longer than refresh_token_max_lifetime/,
  ],
  ['http or https URL', { localized: { 'logo_uri#de': 'javascript:alert(1)' } }, 'logo_uri#de', /not a URL/],
  ['no control characters', { localized: { 'client_name#de': 'a\nb' } }, 'client_name#de', /control/],
  ['no bidirectional controls', { name: '\u202Eknab ruoY' }, 'client_name', /turn the writing around/],
  ['no bidirectional controls', { description: 'a \u2067b' }, 'description', /turn the writing around/],
  ['visible text', { name: ' ' }, 'client_name', /nothing that anybody could see/],
  ['visible text', { localized: { 'client_name#de': '\u200B\u3164\u2800' } }, 'client_name#de', /nothing/],
  ['groups_shape', { groupsShape: 'csv' }, 'groups_shape', /choose list, string/],
  ['RFC 8707 §2 resource', { resources: ['api'] }, 'resources', /not an absolute URI/],
  ['profile', { profile: 'fapi3' }, 'profile', /did you mean fapi2/],
]

describe('client metadata', () => {
  for (const [rule, change, member, message] of REFUSED) {
    it(`refuses ${JSON.stringify(change).slice(0, 90)} (${rule})`, () => {
      const result = parseClient({ ...APP, ...change }, SPOKEN_BY_SERVER)
      assert.ok('mistakes' in result)
      assert.deepEqual(
        result.mistakes.map(mistake => [mistake.member, mistake.rule]),
        [[member, rule]],
      )
      assert.match(result.mistakes[0]?.message ?? '', message)
    })
  }

  const accepted: ReadonlyArray<readonly [what: string, change: Partial<ClientSettings>]> = [
    ['keys by value (RFC 7591 §2)', { jwks: { keys: [EC, RSA] }, tokenEndpointAuthMethods: ['private_key_jwt'] }],
    ['keys on loopback', { jwksUri: 'http://127.0.0.1:3000/jwks' }],
    ['any set of methods', { tokenEndpointAuthMethods: ['client_secret_post', 'client_secret_jwt'] }],
    [
      'a certificate by one name (RFC 8705 §2.1.2)',
      { tokenEndpointAuthMethods: ['tls_client_auth'], tlsClientAuthSanDns: 'app.example' },
    ],
    [
      'HS* and symmetric encryption with a secret (OIDC Core §10)',
      { idTokenSignedResponseAlg: 'HS512', userinfoEncryptedResponseAlg: 'A256KW' },
    ],
    ['request URIs with a fragment (35)', { requestUris: ['https://app.example/r#v2'] }],
    ['an implicit client on https', { responseTypes: ['id_token token'] }],
    [
      'a native implicit client on loopback',
      { applicationType: 'native', responseTypes: ['id_token'], redirectUris: ['http://localhost/cb'] },
    ],
    ['a native client with a private scheme', { applicationType: 'native', redirectUris: ['com.example.app:/cb'] }],
    ['refresh tokens of devices (RFC 8628)', { grantTypes: [DEVICE_CODE, 'refresh_token'] }],
    ['token exchange (RFC 8693)', { grantTypes: [TOKEN_EXCHANGE], tokenExchangeSubjects: ['*'] }],
    [
      'CIBA with ping (CIBA Core §4)',
      {
        grantTypes: [CIBA],
        backchannelTokenDeliveryMode: 'ping',
        backchannelClientNotificationEndpoint: 'https://app.example/told',
      },
    ],
  ]
  for (const [what, change] of accepted) {
    it(`takes ${what}`, () => {
      const result = parseClient({ ...APP, ...change }, SPOKEN_BY_SERVER)
      assert.deepEqual('mistakes' in result ? result.mistakes : [], [])
    })
  }

  it('never throws, whatever is registered', () => {
    const settings = fc.dictionary(
      fc.constantFrom(
        'redirect_uris',
        'subject_type',
        'request_uris',
        'jwks',
        'response_types',
        'grant_types',
        'profile',
        'sector_identifier_uri',
        'localized',
      ),
      fc.jsonValue(),
    )
    fc.assert(
      fc.property(settings, json => {
        const read = readRegistrationMetadata(json as JsonObject)
        if ('settings' in read) parseClient({ ...APP, ...read.settings }, SPOKEN_BY_SERVER)
      }),
    )
  })
})

describe('defaults of client metadata', () => {
  it('are the grant types that go with the response types (RFC 7591 §2.1)', () => {
    const rows = [
      [['code'], ['authorization_code', 'refresh_token']],
      [['id_token'], ['implicit']],
      [['id_token code'], ['authorization_code', 'implicit', 'refresh_token']],
      [['none'], []],
    ] as const
    for (const [responseTypes, grantTypes] of rows)
      assert.deepEqual(propertiesOf({ responseTypes }).grantTypes, grantTypes, responseTypes[0])
    assert.deepEqual(propertiesOf({ grantTypes: [DEVICE_CODE] }).responseTypes, [])
    assert.deepEqual(propertiesOf({ grantTypes: ['authorization_code'] }).responseTypes, ['code'])
  })

  it('are A128CBC-HS256 beside an alg (OIDC Registration §2), and poll with CIBA (CIBA Core §4)', () => {
    assert.equal(propertiesOf({ userinfoEncryptedResponseAlg: 'dir' }).userinfoEncryptedResponseEnc, 'A128CBC-HS256')
    const chosen = { userinfoEncryptedResponseAlg: 'dir', userinfoEncryptedResponseEnc: 'A256GCM' }
    assert.equal(propertiesOf(chosen).userinfoEncryptedResponseEnc, 'A256GCM')
    assert.equal(propertiesOf({ grantTypes: [CIBA] }).backchannelTokenDeliveryMode, 'poll')
  })

  it('are the sector of pairwise subjects: the URI, the redirect URIs, the keys (OIDC Core §8.1, CIBA Core §4)', () => {
    const pairwise = { subjectType: 'pairwise' }
    assert.equal(propertiesOf(pairwise).sectorIdentifier, 'app.example')
    const several = { ...pairwise, redirectUris: ['https://a.example/cb', 'https://b.example/cb'] }
    const sector = propertiesOf({ ...several, sectorIdentifierUri: 'https://sector.example/uris.json' })
    assert.equal(sector.sectorIdentifier, 'sector.example')
    const ciba = { grantTypes: [CIBA], redirectUris: [], jwksUri: URI, tokenEndpointAuthMethods: ['private_key_jwt'] }
    assert.equal(propertiesOf({ ...pairwise, ...ciba }).sectorIdentifier, 'app.example')
    assert.equal('sectorIdentifier' in propertiesOf({}), false)
  })

  it('are the scopes about people; those of resource servers only when they are named (RFC 8707)', () => {
    const spoken = spokenWith({
      resources: [{ uri: 'https://api.example', scopes: ['api:read'] }],
      authorizationDetailsTypes: ['pay'],
    })
    const scopesOf = (scopes?: readonly string[]) => {
      const result = parseClient({ ...APP, ...(scopes && { scopes }) }, spoken)
      return 'mistakes' in result ? result.mistakes.map(({ message }) => message) : result.properties.scopes
    }
    assert.deepEqual(scopesOf(), SPOKEN_BY_SERVER.scopes)
    assert.deepEqual(scopesOf(['openid', 'api:read']), ['openid', 'api:read'])
    assert.match(String(scopesOf(['api:reed'])), /did you mean api:read/)
    const details = parseClient({ ...APP, authorizationDetailsTypes: ['play'] }, spoken)
    assert.ok('mistakes' in details && details.mistakes[0]?.rule === 'RFC 9396 §2 type is known')
    const unknown = parseClient({ ...APP, resources: ['https://other.example'] }, spoken)
    assert.ok('mistakes' in unknown && unknown.mistakes[0]?.rule === 'RFC 8707 §2 resource is configured')
    assert.match(unknown.mistakes[0].message, /^https:\/\/other\.example is no API .* name it in the setting resources/)
  })
})

function propertiesOf(change: Partial<ClientSettings>) {
  const result = parseClient({ ...APP, ...change }, SPOKEN_BY_SERVER)
  if ('mistakes' in result) assert.fail(JSON.stringify(result.mistakes))
  return result.properties
}

function publicJwk(key: { export(options: { format: 'jwk' }): object }): JsonObject {
  return key.export({ format: 'jwk' }) as JsonObject
}
