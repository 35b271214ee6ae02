/** Tests of what a realm means by what it says, and by what it does not say: nobody may do more here than there. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '../../clients/client.ts'
import type { Imported } from '../import-report.ts'
import { readKeycloak } from './read-keycloak.ts'

function read(realm: JsonObject): Imported {
  return readKeycloak({ realm: 'work', ...realm }, { redirectUris: new Map(), upstreamSecrets: new Map() })
}

function document(imported: Imported, resource: string): JsonObject {
  return imported.things.find(thing => thing.resource === resource)?.document ?? {}
}

function client(written: JsonObject, realm: JsonObject = {}): JsonObject {
  return document(read({ ...realm, clients: [{ clientId: 'wiki', ...written }] }), 'clients')
}

function account(written: JsonObject): JsonObject {
  return document(read({ users: [{ username: 'ada', ...written }] }), 'accounts')
}

describe('a client of a realm', () => {
  it('gets refresh tokens only where it did, and is told that they need offline_access (OIDC Core §11)', () => {
    const grants = (written: JsonObject) => client(written).grant_types
    assert.deepEqual(grants({}), ['authorization_code', 'refresh_token'])
    assert.deepEqual(grants({ attributes: { 'use.refresh.tokens': 'false' } }), ['authorization_code'])
    const device = { 'oauth2.device.authorization.grant.enabled': 'true' }
    assert.deepEqual(grants({ standardFlowEnabled: false, attributes: device }), [
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code',
    ])
    assert.deepEqual(grants({ standardFlowEnabled: false, serviceAccountsEnabled: true }), ['client_credentials'])
    const { report } = read({ clients: [{ clientId: 'wiki' }] })
    assert.ok(report.some(({ why }) => why?.includes('offline_access')))
  })

  it('never proves itself by less than before', () => {
    const methods = (clientAuthenticatorType: string) => {
      const { token_endpoint_auth_methods: all, client_secret: secret } = client({
        clientAuthenticatorType,
        secret: 's',
      })
      return [all, secret]
    }
    assert.deepEqual(methods('client-secret'), [['client_secret_basic', 'client_secret_post'], 's'])
    assert.deepEqual(methods('client-secret-jwt'), [['client_secret_jwt'], 's'])
    for (const kind of ['client-jwt', 'federated-jwt', 'constructor']) {
      assert.deepEqual(methods(kind), [['private_key_jwt'], undefined], kind)
    }
    assert.deepEqual(methods('client-x509'), [['tls_client_auth'], undefined])
  })

  it('may ask for the scopes of its realm where it names none, and for openid alone where there are none', () => {
    assert.equal(client({}).scope, 'openid')
    const realm = { defaultDefaultClientScopes: ['profile'], defaultOptionalClientScopes: ['offline_access'] }
    assert.equal(client({}, realm).scope, 'openid profile offline_access')
    assert.equal(client({ defaultClientScopes: [], optionalClientScopes: [] }, realm).scope, 'openid')
  })

  it('has access tokens that last as long as those of its realm', () => {
    const lifetime = (attributes: JsonObject) =>
      client({ attributes }, { accessTokenLifespan: 300 }).access_token_lifetime
    assert.equal(lifetime({}), 300)
    assert.equal(lifetime({ 'access.token.lifespan': '600' }), 600)
  })

  it('reads no groups where it did not read all roles', () => {
    const defaultClientScopes = ['roles', 'email', 'microprofile-jwt']
    assert.equal(client({ defaultClientScopes }).scope, 'openid groups email')
    assert.equal(client({ defaultClientScopes, fullScopeAllowed: false }).scope, 'openid email')
  })

  it('lets people return where they did after signing out: to its redirect URIs where nothing is said', () => {
    const redirectUris = ['https://wiki.example.com/callback']
    const after = (said?: string) =>
      client({
        rootUrl: 'https://wiki.example.com/',
        redirectUris,
        attributes: said === undefined ? {} : { 'post.logout.redirect.uris': said },
      }).post_logout_redirect_uris
    assert.deepEqual(after(), redirectUris)
    assert.deepEqual(after(''), redirectUris)
    assert.deepEqual(after('-'), [])
    assert.deepEqual(after('/bye##https://wiki.example.com/*'), ['https://wiki.example.com/bye'])
    assert.deepEqual(after('+##https://wiki.example.com/bye'), [...redirectUris, 'https://wiki.example.com/bye'])
  })

  it('that knew people by a sub of its own goes on doing so (OIDC Core §8.1)', () => {
    const mapper = (config: JsonObject) => ({
      protocolMappers: [{ name: 'p', protocolMapper: 'oidc-sha256-pairwise-sub-mapper', config }],
    })
    const { subject_type: type, sector_identifier_uri: sector } = client(
      mapper({ sectorIdentifierUri: 'https://wiki.example.com/sector.json', pairwiseSubAlgorithmSalt: 'salt' }),
    )
    assert.deepEqual([type, sector], ['pairwise', 'https://wiki.example.com/sector.json'])
    assert.equal(client(mapper({})).subject_type, 'pairwise')
  })

  it('has nothing to lose in what is off, or of another protocol', () => {
    const attributes = { 'saml.assertion.signature': 'false', 'backchannel.logout.url': '' }
    const { report } = read({ clients: [{ clientId: 'wiki', directAccessGrantsEnabled: false, attributes }] })
    assert.deepEqual(
      report.filter(({ outcome }) => outcome === 'no-equivalent').map(({ path }) => path),
      [],
    )
  })
})

describe('a person of a realm', () => {
  it('is disabled, and has no verified address, unless the realm says so', () => {
    const { disabled, email_verified: verified } = account({ email: 'ada@example.com' })
    assert.deepEqual([disabled, verified], [true, false])
    const said = account({ email: 'ada@example.com', enabled: true, emailVerified: true })
    assert.deepEqual([said.disabled, said.email_verified], [false, true])
  })

  it('does not keep a password that was to be changed', () => {
    const hashed = {
      type: 'password',
      credentialData: '{"hashIterations":1,"algorithm":"pbkdf2-sha256"}',
      secretData: '{"value":"WWPpOgxPr8avl7ZUyBayyGh+QMYztR3xcT9NFLIBkxw=","salt":"c2l4dGVlbiBvY3RldHMuLg=="}',
    }
    assert.ok(account({ credentials: [hashed] }).password_hash)
    assert.equal(account({ credentials: [hashed], requiredActions: ['UPDATE_PASSWORD'] }).password_hash, undefined)
    const plain = { type: 'password', value: 'correct horse battery' }
    assert.equal(account({ credentials: [plain] }).password, 'correct horse battery')
    assert.equal(account({ credentials: [{ ...plain, temporary: true }] }).password, undefined)
  })

  it('has the claims that the standard scopes of Keycloak read, by the names of OpenID Connect (OIDC Core §5.1)', () => {
    const attributes = {
      phoneNumber: ['+49 30 1234'],
      phoneNumberVerified: ['true'],
      middleName: ['King'],
      street: ['Main Street 1'],
      locality: ['Berlin'],
      badge: ['7'],
    }
    const imported = read({ users: [{ username: 'ada', attributes }] })
    assert.deepEqual(document(imported, 'accounts').attributes, {
      phone_number: '+49 30 1234',
      phone_number_verified: true,
      middle_name: 'King',
      badge: '7',
      address: { street_address: 'Main Street 1', locality: 'Berlin' },
    })
    const defined = imported.things.filter(({ resource }) => resource === 'attributes').map(({ key }) => key)
    assert.deepEqual(defined, ['badge'])
  })
})

describe('an attribute of a realm', () => {
  it('has a name that counts here, wherever it is named', () => {
    const mapper = (attribute: string, claim: string) => ({
      name: attribute,
      protocolMapper: 'oidc-usermodel-attribute-mapper',
      config: { 'user.attribute': attribute, 'claim.name': claim },
    })
    const imported = read({
      clientScopes: [
        { name: 'staff', protocolMappers: [mapper('employeeNumber', 'employeeNumber'), mapper('x', 'sid')] },
      ],
      users: [
        {
          username: 'ada',
          attributes: { employeeNumber: ['7'], LDAP_ENTRY_DN: ['cn=ada'], role: ['r'], sub: ['s'], 日本: ['j'] },
        },
      ],
      identityProviders: [{ alias: 'Corp_AD', providerId: 'oidc', config: { clientSecret: 's' } }],
      identityProviderMappers: [
        {
          name: 'number',
          identityProviderAlias: 'Corp_AD',
          identityProviderMapper: 'oidc-user-attribute-idp-mapper',
          config: { claim: 'number', 'user.attribute': 'employeeNumber' },
        },
      ],
    })
    const named = imported.things.filter(({ resource }) => resource === 'attributes').map(({ key }) => key)
    assert.deepEqual(named.slice(0, 5), ['employee_number', 'x', 'ldap_entry_dn', 'role_attribute', 'sub_attribute'])
    assert.match(named[5] ?? '', /^attribute_[0-9a-f]{8}$/)
    const [number, hidden] = imported.things.filter(({ resource }) => resource === 'attributes')
    assert.deepEqual([number?.document.claim, number?.document.scopes], ['employeeNumber', ['staff']])
    assert.deepEqual([hidden?.document.claim, hidden?.document.scopes], [undefined, []])
    const has = document(imported, 'accounts').attributes as JsonObject
    assert.deepEqual([has.employee_number, has.ldap_entry_dn, has.role_attribute], ['7', 'cn=ada', 'r'])
    const upstream = imported.things.find(({ resource }) => resource === 'upstreams')
    assert.equal(upstream?.key, 'corp_ad')
    assert.deepEqual(upstream?.document.mappings, [
      { name: 'number', kind: 'attribute', attribute: 'employee_number', claim: 'number' },
    ])
  })
})

describe('an identity provider of a realm', () => {
  it('whose first sign-in nobody knows makes and links no accounts', () => {
    const provider = { alias: 'x', providerId: 'oidc', firstBrokerLoginFlowAlias: 'nobody new', config: {} }
    const { create_accounts: creates, link_existing: links } = document(
      read({ identityProviders: [provider] }),
      'upstreams',
    )
    assert.deepEqual([creates, links], [false, false])
  })

  it('says that a step after it is gone', () => {
    const provider = { alias: 'x', providerId: 'oidc', postBrokerLoginFlowAlias: 'otp', config: {} }
    const { report } = read({ identityProviders: [provider] })
    const line = report.find(({ path }) => path.endsWith('postBrokerLoginFlowAlias'))
    assert.match(`${line?.outcome}: ${line?.why}`, /^no-equivalent: People prove nothing more here/)
  })
})
