/** Tests of new clients: defaults, secrets, and every rule of the settings. */

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, it } from 'node:test'
import { createSystemRandom } from '../../lib/random.ts'
import type { SupportedByServer } from './client-settings.ts'
import { createClient, makeClientId, type NewClientSettings } from './create-client.ts'
import { consentModeOfDjango } from './django-consent.ts'

const SUPPORTED: SupportedByServer = {
  responseTypes: ['code'],
  grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  scopes: ['openid', 'profile', 'email', 'groups', 'address', 'phone', 'offline_access'],
  responseModes: ['query', 'fragment', 'form_post'],
  idTokenAlgorithms: ['RS256', 'ES256', 'EdDSA'],
  authenticationMethods: ['client_secret_basic', 'client_secret_post', 'none'],
}
const PORTS = {
  random: createSystemRandom(),
  hasher: { hash: async (text: string) => `$argon2id$${text.length}` },
  sealer: async () => ({ seal: (plain: Buffer) => plain }),
  now: new Date('2026-01-01T00:00:00Z'),
}
const APP = { clientId: 'app', name: 'App', type: 'confidential', redirectUris: ['https://app.example/cb'] }

describe('createClient', () => {
  it('fills in the defaults of a confidential client', async () => {
    const { client, secret } = await created(APP)
    const { uid: _, secrets, ...rest } = client
    assert.deepEqual(rest, {
      clientId: 'app',
      name: 'App',
      type: 'confidential',
      tokenEndpointAuthMethods: ['client_secret_basic', 'client_secret_post'],
      redirectUris: ['https://app.example/cb'],
      postLogoutRedirectUris: [],
      responseTypes: ['code'],
      grantTypes: ['authorization_code', 'refresh_token'],
      scopes: SUPPORTED.scopes,
      idTokenSignedResponseAlg: 'RS256',
      requirePkce: false,
      allowPlainPkce: false,
      consentMode: 'remember',
      createdAt: PORTS.now,
      updatedAt: PORTS.now,
    })
    assert.match(secret ?? '', /^[\w-]{43}$/, '256 bits')
    assert.deepEqual(
      secrets.map(stored => stored.hash),
      [`sha256:${hash('sha256', secret ?? '', 'base64url')}`],
    )
  })

  it('gives a public client no secret and requires PKCE of it (RFC 9700 §2.1.1)', async () => {
    const { client, secret, warnings } = await created({ ...APP, type: 'public', clientSecret: 'left over' })
    assert.deepEqual(
      [client.secrets, client.tokenEndpointAuthMethods, client.requirePkce, secret],
      [[], ['none'], true, undefined],
    )
    assert.deepEqual(warnings, ['app is a public client and has no secret: the one given was dropped.'])
  })

  it('keeps a secret that somebody chose as a slow hash', async () => {
    const { client, secret } = await created({ ...APP, clientSecret: 'chosen' })
    assert.equal(secret, 'chosen')
    assert.deepEqual(
      client.secrets.map(stored => stored.hash),
      ['$argon2id$6'],
    )
  })

  it('makes up a client_id that people recognise', async () => {
    const { clientId: _, ...unnamed } = APP
    const { client } = await created({ ...unnamed, name: 'Müllers Wiki!' })
    assert.match(client.clientId, /^mu-llers-wiki-[0-9a-z]{10}$/)
    assert.match(makeClientId('', PORTS.random), /^client-[0-9a-z]{10}$/)
  })

  it('warns of a client that nobody can sign in through', async () => {
    const { warnings } = await created({ ...APP, redirectUris: [] })
    assert.deepEqual(warnings, ['app has no redirect URI: nobody can sign in through it until it has one.'])
    const service = await created({ ...APP, redirectUris: [], grantTypes: ['client_credentials'] })
    assert.deepEqual(service.warnings, [])
  })

  it('keeps URIs verbatim, once each, in their order', async () => {
    const uris = ['https://b.example', 'https://a.example/', 'https://b.example/', 'https://b.example']
    const { client } = await created({ ...APP, redirectUris: uris, postLogoutRedirectUris: uris })
    assert.deepEqual(client.redirectUris, ['https://b.example', 'https://a.example/', 'https://b.example/'])
    assert.deepEqual(client.postLogoutRedirectUris, client.redirectUris)
  })

  const refused: ReadonlyArray<readonly [change: Partial<NewClientSettings>, member: string, message: RegExp]> = [
    [{ clientId: '' }, 'client_id', /is empty/],
    [{ clientId: 'a b' }, 'client_id', /visible ASCII/],
    [{ clientId: 'x'.repeat(256) }, 'client_id', /1 to 255/],
    [{ type: 'privat' }, 'client_type', /choose public, confidential/],
    [{ clientSecret: '' }, 'client_secret', /is empty: leave it out/],
    [{ clientSecret: 'a\nb' }, 'client_secret', /visible ASCII/],
    [{ responseTypes: ['id_token token'] }, 'response_types', /not spoken by this server; supported: code/],
    [{ responseTypes: ['token id_token'] }, 'response_types', /"id_token token" is not spoken/],
    [{ responseTypes: ['none'] }, 'response_types', /"none" is not spoken/],
    [{ responseTypes: ['cod'] }, 'response_types', /is no response type \(did you mean code\?\)/],
    [{ grantTypes: ['password'] }, 'grant_types', /choose authorization_code, refresh_token, client_credentials/],
    [{ grantTypes: ['refresh_token'] }, 'grant_types', /needs authorization_code/],
    [{ type: 'public', grantTypes: ['client_credentials'] }, 'grant_types', /confidential clients only/],
    [{ type: 'public', requirePkce: false }, 'require_pkce', /public client/],
    [
      { type: 'public', tokenEndpointAuthMethods: ['client_secret_basic'] },
      'token_endpoint_auth_methods',
      /choose none/,
    ],
    [
      { tokenEndpointAuthMethods: ['none'] },
      'token_endpoint_auth_methods',
      /choose client_secret_basic, client_secret_post/,
    ],
    [{ scopes: ['openid', 'emial'] }, 'scope', /did you mean email/],
    [{ idTokenSignedResponseAlg: 'HS256' }, 'id_token_signed_response_alg', /choose RS256, ES256, EdDSA/],
    [{ consentMode: 'ask' }, 'consent_mode', /choose always, remember, never/],
    [{ consentTtlSeconds: -1 }, 'consent_ttl', /whole number/],
    [{ logoUrl: 'javascript:alert(1)' }, 'logo_uri', /not a URL/],
    [{ contactEmail: 'nobody' }, 'contact_email', /not an e-mail address/],
    [{ name: 'a\nb' }, 'client_name', /control characters/],
    [{ redirectUris: ['/cb'] }, 'redirect_uris', /absolute URI/],
    [{ postLogoutRedirectUris: ['javascript:x'] }, 'post_logout_redirect_uris', /javascript:/],
  ]
  for (const [change, member, message] of refused) {
    it(`refuses ${JSON.stringify(change).slice(0, 70)}`, async () => {
      const result = await createClient({ ...APP, ...change }, SUPPORTED, PORTS)
      assert.ok('mistakes' in result)
      assert.deepEqual(
        result.mistakes.map(mistake => mistake.member),
        [member],
      )
      assert.match(result.mistakes[0]?.message ?? '', message)
    })
  }

  it('takes a digest that another system kept, and shows nothing', async () => {
    const digest = `$pbkdf2-sha512$310000$${'c2FsdHNhbHRzYWx0'}$${'A'.repeat(86)}`
    const { client, secret } = await created({ ...APP, clientSecretHash: digest })
    assert.deepEqual([client.secrets.map(stored => stored.hash), secret], [[digest], undefined])
    const plain = await created({ ...APP, clientSecretHash: '$plaintext$hunter2hunter2' })
    assert.deepEqual([plain.secret, plain.client.secrets[0]?.hash], [undefined, '$argon2id$14'])
  })

  it('refuses a digest that nothing verifies, one beside the secret, and one where the secret is a key (OIDC Core §10.1)', async () => {
    const mistakes = async (given: object) => {
      const result = await createClient({ ...APP, ...given }, { ...SUPPORTED, idTokenAlgorithms: ['HS256'] }, PORTS)
      return 'mistakes' in result ? result.mistakes.map(({ member, rule }) => `${member}: ${rule}`) : []
    }
    const known = `$6$rounds=50000$salt$${'a'.repeat(86)}`
    assert.deepEqual(await mistakes({ clientSecretHash: 'md5:abc' }), ['client_secret_hash: known digest'])
    assert.deepEqual(await mistakes({ clientSecretHash: known, clientSecret: 'x' }), ['client_secret_hash: one secret'])
    assert.deepEqual(await mistakes({ clientSecretHash: known, idTokenSignedResponseAlg: 'HS256' }), [
      'client_secret_hash: OIDC Core §10.1 symmetric keys',
    ])
  })

  it('keeps the first characters of a secret that it made, and none of one that was chosen', async () => {
    const made = await created(APP)
    assert.equal(made.client.secrets[0]?.prefix, made.secret?.slice(0, 6))
    const chosen = await created({ ...APP, clientSecret: 'hunter2hunter2' })
    assert.equal('prefix' in (chosen.client.secrets[0] ?? {}), false)
  })

  it('takes no client_id that is a way in an address (RFC 3986 §5.2.4)', async () => {
    for (const clientId of ['.', '..']) {
      const result = await createClient({ ...APP, clientId }, SUPPORTED, PORTS)
      assert.deepEqual('mistakes' in result && result.mistakes.map(({ member }) => member), ['client_id'])
    }
    assert.equal((await created({ ...APP, clientId: '...' })).client.clientId, '...')
  })

  it('reports all mistakes at once', async () => {
    const result = await createClient(
      { clientId: '', type: 'x', redirectUris: ['a', 'b'], scopes: ['c'] },
      SUPPORTED,
      PORTS,
    )
    assert.equal('mistakes' in result ? result.mistakes.length : 0, 5)
  })
})

describe("django-oidc-provider's consent switches", () => {
  it('map to one mode; both are on by default there', () => {
    assert.equal(consentModeOfDjango({}), 'remember')
    assert.equal(consentModeOfDjango({ reuseConsent: false }), 'always')
    assert.equal(consentModeOfDjango({ requireConsent: false }), 'never')
    assert.equal(consentModeOfDjango({ requireConsent: false, reuseConsent: false }), 'never')
  })
})

async function created(settings: NewClientSettings) {
  const result = await createClient(settings, SUPPORTED, PORTS)
  if ('mistakes' in result) assert.fail(JSON.stringify(result.mistakes))
  return result
}
