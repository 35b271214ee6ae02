/** Tests of client metadata by its registered names: what is read, what is said, and that nothing is lost between. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { aClient } from '../../../test/support/builders.ts'
import type { Client, JsonObject } from './client.ts'
import type { MetadataRow } from './metadata-row.ts'
import { LOCALIZABLE, METADATA } from './metadata-table.ts'
import {
  METADATA_NAMES,
  metadataRow,
  readRegistrationMetadata,
  registrationMetadataOf,
  unknownNames,
} from './registration-metadata.ts'
import { RULED_MEMBERS } from './rules/value-rules.ts'

describe('readRegistrationMetadata (RFC 7591 §2)', () => {
  it('reads registered names as our members', () => {
    assert.deepEqual(
      settingsOf({
        client_name: 'Wiki',
        'client_name#de': 'Das Wiki',
        redirect_uris: ['https://wiki.example/cb'],
        scope: 'openid  email',
        tos_uri: 'https://wiki.example/tos',
        default_max_age: 300,
        jwks: { keys: [] },
        dpop_bound_access_tokens: true,
        access_token_lifetime: 60,
      }),
      {
        name: 'Wiki',
        localized: { 'client_name#de': 'Das Wiki' },
        redirectUris: ['https://wiki.example/cb'],
        scopes: ['openid', 'email'],
        termsUrl: 'https://wiki.example/tos',
        defaultMaxAgeSeconds: 300,
        jwks: { keys: [] },
        dpopBoundAccessTokens: true,
        accessTokenSeconds: 60,
      },
    )
  })

  it('takes the single method for a list of one, and none for a public client (§2)', () => {
    assert.deepEqual(settingsOf({ token_endpoint_auth_method: 'private_key_jwt' }), {
      type: 'confidential',
      tokenEndpointAuthMethods: ['private_key_jwt'],
    })
    assert.deepEqual(settingsOf({ token_endpoint_auth_method: 'none' }), {
      type: 'public',
      tokenEndpointAuthMethods: ['none'],
    })
    assert.equal(settingsOf({ token_endpoint_auth_method: 'none', client_type: 'confidential' }).type, 'confidential')
    const both = { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_methods: ['client_secret_post'] }
    assert.deepEqual(membersOf(both), ['token_endpoint_auth_method'])
  })

  it('ignores null, which counts as left out (RFC 7592 §2.2), and what only the server says', () => {
    assert.deepEqual(
      readRegistrationMetadata({
        client_uri: null,
        client_id: 'x',
        client_secret: 'y',
        registration_access_token: 'z',
      }),
      { settings: {}, unknown: [] },
    )
  })

  it('names what means nothing here, with the name that was probably meant', () => {
    const read = readRegistrationMetadata({ redirect_uri: ['https://a.example'], nfv_token: 1, 'scope#de': 'x' })
    assert.deepEqual(read.unknown, ['redirect_uri', 'nfv_token', 'scope#de'])
    assert.equal(unknownNames(['redirect_uri'])[0]?.message, 'is no client metadata (did you mean redirect_uris?)')
  })

  it('reports every value of the wrong kind at once', () => {
    const wrong = {
      client_name: 1,
      redirect_uris: 'https://a.example',
      scope: ['openid'],
      default_max_age: '5',
      require_auth_time: 'true',
      jwks: [],
      contacts: [1],
      'logo_uri#de': 5,
    }
    assert.deepEqual(membersOf(wrong), Object.keys(wrong))
  })

  it('never throws, whatever JSON comes', () => {
    const name = fc.oneof(fc.constantFrom(...METADATA_NAMES), fc.string())
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), json => {
        readRegistrationMetadata(json as JsonObject)
      }),
    )
  })
})

describe('registrationMetadataOf', () => {
  it('gives back what was read: metadata, client, metadata (property)', () => {
    fc.assert(
      fc.property(anyMetadata(), metadata => {
        const read = readRegistrationMetadata(metadata)
        assert.ok('settings' in read)
        const client = { ...bareClient(), ...read.settings } as unknown as Client
        assert.deepEqual(registrationMetadataOf(client), metadata)
      }),
    )
  })

  it('says where a name comes from; a name without a source is no choice of an app that registers itself', () => {
    const sources = [
      ['redirect_uris', 'RFC 7591 §2'],
      ['post_logout_redirect_uris', 'OIDC RP-Initiated Logout §3.1'],
      ['require_pushed_authorization_requests', 'RFC 9126 §6'],
      ['require_signed_request_object', 'RFC 9101 §10.5'],
      ['tls_client_certificate_bound_access_tokens', 'RFC 8705 §3.4'],
      ['dpop_bound_access_tokens', 'RFC 9449 §5.2'],
      ['authorization_details_types', 'RFC 9396 §10'],
      ['introspection_signed_response_alg', 'RFC 9701 §6'],
      ['authorization_signed_response_alg', 'JARM §3'],
      ['backchannel_token_delivery_mode', 'CIBA Core §4'],
      ['consent_mode', undefined],
      ['profile', undefined],
    ] as const
    for (const [name, source] of sources) assert.equal(metadataRow(name)?.source, source, name)
  })

  it('knows a registered name for every member of a client that can be set', () => {
    const members = METADATA.map(({ member }) => member)
    assert.equal(new Set(members).size, members.length)
    assert.equal(new Set(METADATA.map(({ name }) => name)).size, METADATA.length)
    assert.deepEqual([...members].sort(), [...RULED_MEMBERS].sort())
  })
})

/** A value of every row's kind, some of them absent. */
function anyMetadata(): fc.Arbitrary<JsonObject> {
  const rows = METADATA.filter(({ name }) => name !== 'token_endpoint_auth_methods' && name !== 'client_type')
  const values = Object.fromEntries(rows.map(row => [row.name, fc.option(anyValue(row), { nil: undefined })]))
  const language = fc.record({
    name: fc.constantFrom(...LOCALIZABLE),
    tag: fc.constantFrom('de', 'de-AT', 'ja-Kana-JP'),
  })
  const localized = fc.dictionary(
    language.map(({ name, tag }) => `${name}#${tag}`),
    fc.string(),
  )
  return fc.tuple(fc.record(values), localized).map(([plain, others]) => {
    const said = Object.entries({ ...plain, ...others }).filter(([, value]) => value !== undefined)
    return Object.fromEntries(said)
  })
}

function anyValue({ kind }: MetadataRow): fc.Arbitrary<unknown> {
  const word = fc.stringMatching(/^[a-z:_.]{1,12}$/)
  switch (kind) {
    case 'text':
    case 'uri':
      return fc.string()
    case 'words':
      return fc.array(word).map(words => words.join(' '))
    case 'list':
      return fc.array(fc.string())
    case 'seconds':
      return fc.nat()
    case 'boolean':
      return fc.boolean()
    case 'json':
      return fc.dictionary(word, fc.string())
  }
}

/** A client of which nothing was said. */
function bareClient(): Partial<Client> {
  const { clientId, uid, secrets, createdAt, updatedAt } = aClient()
  return { clientId, uid, secrets, createdAt, updatedAt, tokenEndpointAuthMethods: undefined as never }
}

function settingsOf(json: JsonObject) {
  const read = readRegistrationMetadata(json)
  assert.ok('settings' in read)
  return read.settings
}

function membersOf(json: JsonObject): readonly string[] {
  const read = readRegistrationMetadata(json)
  assert.ok('mistakes' in read)
  return read.mistakes.map(({ member }) => member)
}
