/** Tests of registration: whatever comes, there is a client or a refusal. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { aClient, NOON } from '../../../test/support/builders.ts'
import { OPEN_POLICY, REGISTRATION_PORTS } from '../../../test/support/open-registration.ts'
import { isRefusal, type Refusal } from '../../spec/refusal.ts'
import type { Client, JsonObject } from '../clients/client.ts'
import { METADATA_NAMES } from '../clients/registration-metadata.ts'
import { SPOKEN_BY_SERVER } from '../clients/spoken-by-server.ts'
import { type RegistrationRules, registerClient, replaceClient } from './register-client.ts'
import type { RegistrationPolicy } from './registration-policy.ts'

const URI = 'https://app.example.com/cb'

function rules(changes: Partial<RegistrationPolicy> = {}): RegistrationRules {
  return { policy: { ...OPEN_POLICY, ...changes }, statementIssuers: [], supported: SPOKEN_BY_SERVER }
}

async function made(said: JsonObject, changes: Partial<RegistrationPolicy> = {}): Promise<Client> {
  const result = await registerClient({ redirect_uris: [URI], ...said }, undefined, rules(changes), REGISTRATION_PORTS)
  assert.ok(!isRefusal(result), isRefusal(result) ? result.description : '')
  return result.client
}

async function refused(said: JsonObject, changes: Partial<RegistrationPolicy> = {}): Promise<Refusal> {
  const result = await registerClient({ redirect_uris: [URI], ...said }, undefined, rules(changes), REGISTRATION_PORTS)
  assert.ok(isRefusal(result))
  return result
}

describe('a registration', () => {
  it('ends with a client or with a refusal that names an error of RFC 7591 §3.2.2, whatever it says', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.constantFrom('code', 'none', 'RS256', 'HS512', 'fapi2', 'pairwise'),
    )
    const value = fc.oneof(
      text,
      fc.array(text, { maxLength: 3 }),
      fc.integer(),
      fc.boolean(),
      fc.jsonValue({ maxDepth: 3 }),
    )
    const name = fc.oneof(fc.constantFrom(...METADATA_NAMES, 'software_statement', 'client_name#de'), fc.string())
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 8 }), async said => {
        const result = await registerClient(said, undefined, rules(), REGISTRATION_PORTS)
        if (!isRefusal(result)) {
          assert.equal(result.client.origin, 'registration')
          assert.notEqual(result.client.consentMode, 'never')
          return
        }
        assert.ok(
          ['invalid_redirect_uri', 'invalid_client_metadata', 'invalid_software_statement'].includes(result.error),
        )
        assert.match(result.description, /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/)
      }),
      { numRuns: 500 },
    )
  })

  it('has the grant types that go with its response types when it names none (RFC 7591 §2.1)', async () => {
    assert.deepEqual((await made({})).grantTypes, ['authorization_code'])
    assert.deepEqual((await made({ response_types: ['id_token'] })).grantTypes, ['implicit'])
    const both = ['authorization_code', 'implicit']
    assert.deepEqual((await made({ response_types: ['code', 'code id_token'] })).grantTypes, both)
  })

  it('has the methods that most libraries use when it names none, as far as the settings allow', async () => {
    const usual = ['client_secret_basic', 'client_secret_post']
    assert.deepEqual((await made({})).tokenEndpointAuthMethods, usual)
    const authMethods = ['private_key_jwt', 'client_secret_post']
    assert.deepEqual((await made({}, { authMethods })).tokenEndpointAuthMethods, ['client_secret_post'])
    assert.equal((await refused({}, { authMethods: ['private_key_jwt'] })).rule, 'registration.auth_methods')
  })

  it('may ask for all scopes that the settings allow when it names none', async () => {
    assert.deepEqual((await made({}, { scopes: ['openid', 'email'] })).scopes, ['openid', 'email'])
    assert.deepEqual((await made({})).scopes, SPOKEN_BY_SERVER.scopes)
  })

  it('has what the operator fixed, also where the lists of the settings do not have it', async () => {
    const fixedMetadata = { scope: 'openid phone', owner: 'IT', consent_mode: 'never' }
    const client = await made({ scope: 'openid' }, { scopes: ['openid'], fixedMetadata })
    assert.deepEqual([client.scopes, client.owner, client.consentMode], [['openid', 'phone'], 'IT', 'never'])
  })

  it('has a name that the operator fixed in every language (OIDC Registration §2.1)', async () => {
    const said = {
      'client_name#en': 'Your Bank',
      'policy_uri#en': 'https://a.example',
      'tos_uri#en': 'https://b.example',
    }
    const fixedMetadata = { client_name: 'House', 'client_name#de': 'Haus', policy_uri: 'https://house.example' }
    const client = await made(said, { fixedMetadata })
    assert.deepEqual(client.localized, { 'tos_uri#en': 'https://b.example', 'client_name#de': 'Haus' })
  })

  it('is at a host that the settings list, and not in a scheme that only looks like it (RFC 8252 §7.1)', async () => {
    const refusal = await refused(
      { redirect_uris: ['evil.app://app.example.com/cb'] },
      { redirectHosts: ['app.example.com'] },
    )
    assert.deepEqual([refusal.error, refusal.rule], ['invalid_redirect_uri', 'registration.redirect_hosts'])
  })

  it('sends people after signing out nowhere that it may not send them after signing in (RFC 7591 §5)', async () => {
    const elsewhere = await refused(
      { post_logout_redirect_uris: ['https://evil.example/'] },
      { redirectHosts: ['app.example.com'] },
    )
    assert.deepEqual([elsewhere.error, elsewhere.rule], ['invalid_client_metadata', 'registration.redirect_hosts'])
    const plain = await refused({ post_logout_redirect_uris: ['http://app.example.com/'] })
    assert.equal(plain.rule, 'RFC 7591 §5 protected by TLS')
  })

  it('refuses redirect URIs first, because their error is another one (RFC 7591 §3.2.2)', async () => {
    const refusal = await refused({ redirect_uris: ['x'], id_token_signed_response_alg: 'x' })
    assert.equal(refusal.error, 'invalid_redirect_uri')
    assert.match(
      refusal.description,
      /redirect_uris: .*; .*id_token_signed_response_alg: |id_token_signed.*redirect_uris/,
    )
  })
})

describe('a replacement (RFC 7592 §2.2)', () => {
  const replaced = async (existing: Client, said: JsonObject) => {
    const result = await replaceClient(existing, { redirect_uris: [URI], ...said }, rules(), REGISTRATION_PORTS)
    assert.ok(!isRefusal(result), isRefusal(result) ? result.description : '')
    return result
  }

  it('keeps the secret while it counts, and makes a new one when it has ended', async () => {
    const before = await made({})
    const kept = await replaced(before, { client_name: 'Other' })
    assert.deepEqual([kept.client.secrets, kept.secret, kept.client.uid], [before.secrets, undefined, before.uid])
    const ended = { ...before, secrets: before.secrets.map(secret => ({ ...secret, expiresAt: NOON })) }
    const renewed = await replaced(ended, {})
    assert.ok(renewed.secret)
    assert.notDeepEqual(renewed.client.secrets, before.secrets)
  })

  it('makes a new secret when the old one becomes a key, which only its hash is not (OIDC Core §10.1)', async () => {
    const renewed = await replaced(await made({}), { id_token_signed_response_alg: 'HS512' })
    assert.ok(Buffer.byteLength(renewed.secret ?? '') >= 64, 'RFC 7518 §3.2: as long as the hash')
    assert.ok(renewed.client.secrets[0]?.sealed)
  })

  it('keeps the logo that an operator uploaded', async () => {
    const before = aClient({ origin: 'registration', logoDigest: 'abc' })
    assert.equal((await replaced(before, { client_name: 'Other' })).client.logoDigest, 'abc')
  })

  it('leaves to the operator what is the operator’s', async () => {
    const decided = aClient({ origin: 'registration', consentMode: 'always', idTokenSeconds: 60, requirePkce: true })
    const { client } = await replaced(decided, { consent_mode: 'never' })
    assert.deepEqual([client.consentMode, client.idTokenSeconds, client.requirePkce], ['always', 60, true])
    const open = aClient({ origin: 'registration', requirePkce: false })
    assert.equal((await replaced(open, { token_endpoint_auth_method: 'none' })).client.requirePkce, true)
  })
})
