/** Tests of importers with sources that mean harm, or are broken: nothing is thrown, nobody becomes more than they were. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readAuthelia } from './authelia/read-authelia.ts'
import { readDjango } from './django/read-django.ts'
import type { Imported } from './import-report.ts'
import { readKeycloak } from './keycloak/read-keycloak.ts'
import { readKhoros } from './khoros/read-khoros.ts'
import { objectOf } from './values.ts'

const NO_ANSWERS = { redirectUris: new Map(), upstreamSecrets: new Map() }

const READERS: Readonly<Record<string, (source: never) => Imported>> = {
  authelia: oidc => readAuthelia({ configuration: { identity_providers: { oidc } } }),
  users: users => readAuthelia({ configuration: { identity_providers: { oidc: {} } }, users: objectOf(users) }),
  django: readDjango,
  keycloak: realm => readKeycloak(realm, NO_ANSWERS),
  khoros: readKhoros,
}

const BROKEN: readonly unknown[] = [
  null,
  1,
  'text',
  [],
  [null, 1, 'x', {}],
  {},
  { clients: 1, users: 1, identityProviders: 'x', authorization_policies: [], lifespans: 1, jwks: [1], scopes: 7 },
  {
    clients: [null, 1, {}, { client_id: {}, clientId: [] }],
    users: { a: null, b: 1 },
    realm: 'x',
    roles: [],
    groups: [1],
  },
  [
    { model: 'oidc_provider.client', pk: null, fields: {} },
    { model: 'auth.user', fields: { groups: 1 } },
  ],
  { 'Provider Information': 1, Token: [], Logout: 'x', ID: 'y' },
]

describe('a broken source', () => {
  for (const [name, read] of Object.entries(READERS)) {
    it(`is reported, and never thrown: ${name}`, () => {
      for (const source of BROKEN) {
        const { things, report, mistakes } = read(source as never)
        assert.ok(Array.isArray(things) && Array.isArray(report) && Array.isArray(mistakes))
      }
    })
  }
})

describe('a hostile source', () => {
  it('has members of any name, and changes no prototype', () => {
    const client = JSON.parse(
      '{"clientId":"x","__proto__":{"client_type":"public"},"constructor":1,"toString":2,"enabled":true}',
    )
    const { things, report } = readKeycloak({ realm: 'r', clients: [client] }, NO_ANSWERS)
    const made = things.find(({ resource }) => resource === 'clients')
    assert.equal(made?.document.client_type, 'confidential')
    const told = report.filter(({ why }) => why?.includes('is not known')).map(({ path }) => path)
    assert.deepEqual(told, ['clients[0].__proto__', 'clients[0].constructor', 'clients[0].toString'])
    assert.equal(Object.hasOwn(Object.prototype, 'client_type'), false)
  })

  it('gives nobody the right to manage this server', () => {
    const user = {
      username: 'eve',
      realmRoles: ['admin'],
      clientRoles: { 'realm-management': ['realm-admin'] },
      role: 'administrator',
    }
    const mapper = {
      identityProviderAlias: 'x',
      identityProviderMapper: 'oidc-hardcoded-role-idp-mapper',
      config: { role: 'realm-admin' },
    }
    const provider = { alias: 'x', providerId: 'oidc', config: { clientAuthMethod: 'none' } }
    const realm = { realm: 'r', users: [user], identityProviders: [provider], identityProviderMappers: [mapper] }
    const fromDjango = [
      {
        model: 'auth.user',
        pk: 1,
        fields: { username: 'eve', password: '!', is_superuser: true, role: 'administrator' },
      },
    ]
    for (const { things } of [readKeycloak(realm, NO_ANSWERS), readDjango(fromDjango)]) {
      for (const { document } of things) {
        assert.equal(document.role, undefined)
        assert.ok(!JSON.stringify(document).includes('"administrator"'))
      }
    }
  })

  it('gives no app a scope of the admin API, whatever its scopes are called', () => {
    const name = 'admin.administrator'
    const mapper = {
      name: 'x',
      protocolMapper: 'oidc-usermodel-attribute-mapper',
      config: { 'user.attribute': 'x', 'claim.name': 'x' },
    }
    const clientScopes = [{ name, protocol: 'openid-connect', protocolMappers: [mapper] }]
    const client = { clientId: 'x', serviceAccountsEnabled: true, defaultClientScopes: [name, 'email'] }
    const oidc = {
      claims_policies: { p: { custom_claims: { x: {} } } },
      scopes: { [name]: { claims: ['x'] } },
      clients: [{ client_id: 'x', scopes: ['openid', 'email', name] }],
    }
    for (const { things } of [
      readKeycloak({ realm: 'r', clients: [client], clientScopes }, NO_ANSWERS),
      readAuthelia({ configuration: { identity_providers: { oidc } } }),
    ]) {
      assert.equal(things.find(({ resource }) => resource === 'clients')?.document.scope, 'openid email')
      assert.deepEqual(things.find(({ resource }) => resource === 'attributes')?.document.scopes, [])
    }
  })

  it('names no place of ours where a secret is read', () => {
    const provider = (clientSecret: string) => ({
      alias: 'x',
      providerId: 'oidc',
      config: { clientId: 'c', clientSecret },
    })
    for (const secret of ['${env.SALLYPORT_MASTER_KEY}', '${file:/etc/passwd}', 'x${vault.a}', '${vault.../a}']) {
      const { things } = readKeycloak({ realm: 'r', identityProviders: [provider(secret)] }, NO_ANSWERS)
      assert.equal(things.find(({ resource }) => resource === 'upstreams')?.document.client_secret, undefined, secret)
    }
    const { things } = readKeycloak({ realm: 'r', identityProviders: [provider('${vault.corp}')] }, NO_ANSWERS)
    assert.equal(things[0]?.document.client_secret, '${vault.corp}')
  })

  it('widens no redirect URI: a wildcard is never taken (RFC 9700 §4.1)', () => {
    const client = (redirectUris: readonly string[], baseUrl?: string) => ({
      clientId: 'x',
      publicClient: true,
      redirectUris,
      baseUrl,
    })
    for (const [uris, base] of [
      [['*'], 'https://app.example.com/cb'],
      [['https://*'], 'https://app.example.com/cb'],
      [['https://*.example.com/cb'], 'https://app.example.com/cb'],
      [['https://app.example.com/*'], 'https://evil.example.net/cb'],
      [['https://app.example.com*'], 'https://app.example.com.evil.net/cb'],
    ] as const) {
      const { things, mistakes } = readKeycloak({ realm: 'r', clients: [client(uris, base)] }, NO_ANSWERS)
      assert.deepEqual(things[0]?.document.redirect_uris, [], uris.join())
      assert.equal(mistakes.length, 1)
    }
  })

  it('lets no app ask for passwords, as it could there (RFC 9700 §2.4)', () => {
    const client = { clientId: 'x', directAccessGrantsEnabled: true, standardFlowEnabled: false }
    const { things, report } = readKeycloak({ realm: 'r', clients: [client] }, NO_ANSWERS)
    assert.deepEqual(things[0]?.document.grant_types, [])
    const line = report.find(({ path }) => path === 'clients[0].directAccessGrantsEnabled')
    assert.equal(line?.outcome, 'no-equivalent')
  })

  it('says the same thing twice, which is a mistake', () => {
    const { mistakes } = readKeycloak({ realm: 'r', clients: [{ clientId: 'x' }, { clientId: 'x' }] }, NO_ANSWERS)
    assert.deepEqual(
      mistakes.map(({ message }) => message),
      ['clients x is in clients[0] as well'],
    )
  })
})
