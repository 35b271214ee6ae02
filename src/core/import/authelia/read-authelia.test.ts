/** Tests of what an Authelia means by what it says, and by what it does not say: an app may do here what it might do there, and no more. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '../../clients/client.ts'
import type { Imported } from '../import-report.ts'
import { readAuthelia } from './read-authelia.ts'

function read(client: JsonObject, oidc: JsonObject = {}, file: JsonObject = {}): Imported {
  const clients = [{ client_id: 'wiki', ...client }]
  return readAuthelia({ configuration: { ...file, identity_providers: { oidc: { ...oidc, clients } } } })
}

function made(client: JsonObject, oidc: JsonObject = {}): JsonObject {
  return read(client, oidc).things.find(({ resource }) => resource === 'clients')?.document ?? {}
}

function lineOf({ report }: Imported, path: string) {
  return report.find(line => line.path === path)
}

describe('a client of Authelia', () => {
  it('that says nothing has what counts there, written out', () => {
    const { redirect_uris: _, ...document } = made({})
    assert.deepEqual(document, {
      client_name: 'wiki',
      client_type: 'confidential',
      scope: 'openid profile email groups',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      response_modes: ['form_post', 'query'],
      resources: [],
      token_endpoint_auth_methods: ['client_secret_basic'],
      authorization_policy: 'two_factor',
      require_pkce: false,
      consent_mode: 'always',
    })
  })

  it('without a sector goes on being told the same sub as other apps', () => {
    assert.equal(made({ sector_identifier_uri: '' }).subject_type, undefined)
    assert.equal(made({ sector_identifier_uri: 'https://example.com/sector.json' }).subject_type, 'pairwise')
  })

  it('cannot put away what the provider demands of all: PKCE, and pushed requests', () => {
    const demanding = { enforce_pkce: 'always', require_pushed_authorization_requests: true }
    const refusing = { require_pkce: false, require_pushed_authorization_requests: false }
    const document = made(refusing, demanding)
    assert.deepEqual([document.require_pkce, document.require_pushed_authorization_requests], [true, true])
    assert.equal(made({ require_pkce: false, public: true }).require_pkce, true)
    assert.equal(made({ require_pkce: false, pkce_challenge_method: 'S256' }).require_pkce, true)
    assert.equal(made({ public: true }, { enforce_pkce: 'never' }).require_pkce, true)
    const told = read({ public: true }, { enforce_pkce: 'never' }).report.filter(({ why }) => why?.includes('use PKCE'))
    assert.deepEqual(
      told.map(({ outcome }) => outcome),
      ['approximated'],
    )
    assert.equal(made(refusing, { enforce_pkce: 'never' }).require_pkce, false)
  })

  it('may use the method plain only where its provider allows it, too (RFC 7636 §4.2)', () => {
    assert.equal(made({ pkce_challenge_method: 'plain' }).allow_plain_pkce, false)
    const allowing = { enable_pkce_plain_challenge: true }
    assert.equal(made({ pkce_challenge_method: 'plain' }, allowing).allow_plain_pkce, true)
    assert.equal(made({ pkce_challenge_method: 'S256' }, allowing).allow_plain_pkce, false)
    assert.equal(made({}, allowing).allow_plain_pkce, true)
  })

  it('has the grant types and the response modes that go with its response types, when it names none', () => {
    const modes = (types: readonly string[]) => {
      const { grant_types: grants, response_modes: ways } = made({ response_types: types })
      return [grants, ways]
    }
    assert.deepEqual(modes(['id_token']), [['implicit'], ['form_post', 'fragment']])
    assert.deepEqual(modes(['code', 'code id_token']), [
      ['authorization_code', 'implicit'],
      ['form_post', 'query', 'fragment'],
    ])
    assert.deepEqual(modes([]), [[], undefined])
    const both = made({ response_types: ['code', 'id_token'], response_modes: ['jwt'] })
    assert.deepEqual(both.response_modes, ['query.jwt', 'fragment.jwt'])
  })

  it('gets tokens for the audiences that it names, and for no other API', () => {
    assert.deepEqual(made({ audience: [] }).resources, [])
    assert.deepEqual(made({ audience: ['https://api.example.com'] }).resources, ['https://api.example.com'])
  })

  it('proves itself at the token endpoint by nothing weaker than before', () => {
    const methods = (client: JsonObject) => made(client).token_endpoint_auth_methods
    const strong = {
      token_endpoint_auth_method: 'private_key_jwt',
      revocation_endpoint_auth_method: 'client_secret_basic',
    }
    assert.deepEqual(methods(strong), ['private_key_jwt'])
    assert.deepEqual(methods({ ...strong, allow_multiple_auth_methods: true }), ['private_key_jwt'])
    assert.deepEqual(methods({ introspection_endpoint_auth_method: 'client_secret_post' }), [
      'client_secret_basic',
      'client_secret_post',
    ])
  })

  it('is public without a secret, and the report says so', () => {
    const imported = read({ public: true, client_secret: '{{ secret "x" }}' })
    assert.equal(lineOf(imported, 'clients[0].client_secret')?.outcome, 'ignored')
    assert.deepEqual(imported.mistakes, [])
  })

  it('has the lifetimes that its provider gives to all, and refresh tokens of 90 minutes as the standard has it', () => {
    const refreshing = { grant_types: ['authorization_code', 'refresh_token'] }
    assert.equal(made(refreshing).refresh_token_lifetime, 5400)
    const oidc = {
      lifespans: { access_token: '2h', refresh_token: '1 day', custom: { short: { access_token: '5m' } } },
    }
    const { access_token_lifetime: access, refresh_token_lifetime: refresh } = made(refreshing, oidc)
    assert.deepEqual([access, refresh], [7200, 86_400])
    const short = made({ ...refreshing, lifespan: 'short' }, oidc)
    assert.deepEqual([short.access_token_lifetime, short.refresh_token_lifetime], [300, 86_400])
    assert.equal(made({}, { id_token_lifespan: '30m' }).id_token_lifetime, 1800)
  })

  it('reads no claim that an expression computes: nobody has it here', () => {
    const oidc = {
      claims_policies: { p: { custom_claims: { staff: { attribute: 'is_staff' } } } },
      scopes: { staff: { claims: ['staff'] } },
    }
    const file = { definitions: { user_attributes: { is_staff: { expression: '"staff" in groups' } } } }
    const { things, report } = read({ scopes: ['openid', 'staff'] }, oidc, file)
    assert.deepEqual(
      things.map(({ resource }) => resource),
      ['clients'],
    )
    const path = 'identity_providers.oidc.claims_policies.p.custom_claims.staff.attribute'
    assert.equal(report.find(line => line.path === path)?.outcome, 'no-equivalent')
    assert.equal(things[0]?.document.scope, 'openid')
  })
})
