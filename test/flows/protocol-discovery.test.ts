/** Discovery and keys, line by line of what certification asks (numbers in parentheses). */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { importJWK } from 'jose'
import { RESPONSE_TYPES } from '../../src/spec/response-types.ts'
import { answerOf } from '../support/answers.ts'
import { assertGolden } from '../support/golden.ts'
import { answered, authorizePath, exchange } from '../support/hand-app.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'

/** RFC 8414 §2 and its registry: the members that are true or false. */
const BOOLEANS = /_parameter_supported$|^require_|_bound_access_tokens$|_session_supported$|_logout_supported$/

type Metadata = Readonly<Record<string, unknown>>

describe('discovery and keys, on the wire', () => {
  let app: RunningApp
  let metadata: Metadata

  before(async () => {
    app = await startApp()
    metadata = await documentAt('/.well-known/openid-configuration')
  })
  after(async () => {
    await app.close()
    assert.deepEqual(app.failures, [])
  })

  const documentAt = async (path: string): Promise<Metadata> =>
    (await (await fetch(`${app.issuer}${path}`)).json()) as Metadata
  const list = (member: string): readonly string[] => metadata[member] as string[]

  it('(1) answers 200 with application/json, and names as issuer exactly what the URL begins with (Discovery §4.3)', async () => {
    const response = await fetch(`${app.issuer}/.well-known/openid-configuration`)
    assert.equal(response.status, 200)
    assert.match(response.headers.get('content-type') ?? '', /^application\/json\b/)
    assert.equal(metadata.issuer, app.issuer)
    for (const [member, value] of Object.entries(metadata)) {
      if (!member.endsWith('_endpoint') && member !== 'jwks_uri') continue
      assert.ok(String(value).startsWith(`${app.issuer}/`), `${member} is below the issuer`)
      assert.equal(new URL(String(value)).search + new URL(String(value)).hash, '', member)
    }
  })

  it('(1) is the same document at the location of RFC 8414 §3', async () => {
    assert.deepEqual(await documentAt('/.well-known/oauth-authorization-server'), metadata)
  })

  it('(2) has the types of RFC 8414 §2: lists are lists of text, booleans booleans, URIs absolute', () => {
    for (const [member, value] of Object.entries(metadata)) {
      if (member.endsWith('_endpoint') || member.endsWith('_uri') || member === 'issuer') {
        assert.ok(typeof value === 'string' && URL.canParse(value), member)
      } else if (BOOLEANS.test(member)) assert.equal(typeof value, 'boolean', member)
      else {
        assert.ok(Array.isArray(value) && value.length > 0, `${member} is a list with something in it`)
        assert.ok(
          value.every(entry => typeof entry === 'string' && entry !== ''),
          member,
        )
        assert.equal(new Set(value).size, value.length, `${member} says nothing twice`)
      }
    }
  })

  it('(2) lists openid among scopes by the syntax of RFC 6749 §3.3, and locales in canonical BCP 47', () => {
    assert.ok(list('scopes_supported').includes('openid'))
    for (const scope of list('scopes_supported')) assert.match(scope, /^[\x21\x23-\x5B\x5D-\x7E]+$/)
    assert.deepEqual(Intl.getCanonicalLocales([...list('ui_locales_supported')]), list('ui_locales_supported'))
  })

  it('(3) names what the flows need: public and pairwise subjects, RS256, code, authorization_code (Discovery §3)', () => {
    assert.deepEqual(list('subject_types_supported'), ['public', 'pairwise'])
    assert.ok(list('id_token_signing_alg_values_supported').includes('RS256'))
    assert.ok(!list('id_token_signing_alg_values_supported').includes('none'))
    for (const type of ['code', 'id_token', 'id_token token'])
      assert.ok(list('response_types_supported').includes(type))
    for (const type of ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'])
      assert.ok(list('grant_types_supported').includes(type), type)
  })

  it('(4) lists claims and scopes, S256, and RS256 among the algorithms of request objects', () => {
    assert.ok(list('claims_supported').includes('sub'))
    assert.deepEqual(list('code_challenge_methods_supported'), ['S256'])
    for (const alg of ['RS256', 'none']) assert.ok(list('request_object_signing_alg_values_supported').includes(alg))
    assert.equal(metadata.request_parameter_supported, true)
    assert.equal(metadata.request_uri_parameter_supported, true)
    assert.equal(metadata.require_request_uri_registration, true)
  })

  it('(5) publishes public keys only, each with its own kid and its use, those that sign with their alg, and each usable (RFC 7517 §4)', async () => {
    const { keys } = (await documentAt('/jwks')) as { readonly keys: readonly Readonly<Record<string, string>>[] }
    const members = { RSA: ['e', 'kid', 'kty', 'n', 'use'], EC: ['crv', 'kid', 'kty', 'use', 'x', 'y'] }
    const okp = ['crv', 'kid', 'kty', 'use', 'x']
    // RFC 7517 §4.4: a key that apps encrypt to serves several algorithms, so it names none.
    assert.deepEqual(
      keys.map(({ use, alg, kty }) => [use, alg ?? kty]),
      [
        ['sig', 'RS256'],
        ['sig', 'ES256'],
        ['sig', 'EdDSA'],
        ['enc', 'RSA'],
        ['enc', 'EC'],
      ],
    )
    for (const key of keys) {
      const allowed = key.kty === 'RSA' ? members.RSA : key.kty === 'EC' ? members.EC : okp
      assert.deepEqual(Object.keys(key).sort(), [...allowed, ...(key.use === 'sig' ? ['alg'] : [])].sort())
      await importJWK({ ...key }, key.alg ?? (key.kty === 'RSA' ? 'RSA-OAEP-256' : 'ECDH-ES'))
    }
    assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length)
  })

  it('(6) lists the ways a client may authenticate, at each endpoint that asks for it, and refresh_token', () => {
    assert.deepEqual(list('token_endpoint_auth_methods_supported'), [
      'client_secret_basic',
      'client_secret_post',
      'client_secret_jwt',
      'private_key_jwt',
      'none',
    ])
    assert.deepEqual(list('revocation_endpoint_auth_methods_supported'), list('token_endpoint_auth_methods_supported'))
    // RFC 7662 §2.1: a caller that cannot prove who it is may not look into tokens.
    assert.deepEqual(list('introspection_endpoint_auth_methods_supported'), [
      'client_secret_basic',
      'client_secret_post',
      'client_secret_jwt',
      'private_key_jwt',
    ])
    for (const endpoint of ['token', 'revocation', 'introspection']) {
      const algorithms = list(`${endpoint}_endpoint_auth_signing_alg_values_supported`)
      // RFC 8414 §2: `none` MUST NOT be among them.
      assert.ok(algorithms.includes('RS256') && algorithms.includes('HS256') && !algorithms.includes('none'))
    }
    assert.ok(list('grant_types_supported').includes('refresh_token'))
  })

  it('(6) does what it lists: every grant type and response type named is served', async () => {
    const by = await app.register({ grantTypes: list('grant_types_supported'), responseTypes: RESPONSE_TYPES })
    const browser = await app.browser(await app.enrol())
    const scope = list('scopes_supported').join(' ')
    for (const response_type of list('response_types_supported')) {
      const landing = await browser.open(authorizePath(by.client, { response_type, scope, nonce: 'n' }))
      const { code, error } = answerOf(landing).params
      assert.equal(error, undefined, response_type)
      if (code !== undefined) assert.equal((await exchange(app, by, code)).status, 200)
    }
    // A token in the redirect is registered as `implicit`, and exchanged nowhere.
    for (const grant_type of list('grant_types_supported').filter(type => type !== 'implicit')) {
      const body = new URLSearchParams({ grant_type, client_id: by.client.clientId, client_secret: by.secret })
      const { error } = await answered(fetch(String(metadata.token_endpoint), { method: 'POST', body }))
      assert.notEqual(error, 'unsupported_grant_type', grant_type)
    }
  })

  it('(1–6) looks on the wire as it did: golden', () => {
    const text = JSON.stringify(metadata).replaceAll(app.issuer, 'https://id.example.org')
    assertGolden('discovery', JSON.parse(text))
  })

  it('is cached for a minute, the key set only as long as it is the same, has an ETag and answers 304 to it (RFC 9110 §13.1.2), for any origin', async () => {
    for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/jwks']) {
      const whole = await fetch(`${app.issuer}${path}`, { headers: { origin: 'https://anywhere.example' } })
      assert.equal(whole.headers.get('cache-control'), path === '/jwks' ? 'public, no-cache' : 'public, max-age=60')
      assert.equal(whole.headers.get('access-control-allow-origin'), '*')
      const etag = whole.headers.get('etag') ?? ''
      const again = await fetch(`${app.issuer}${path}`, { headers: { 'if-none-match': etag } })
      assert.equal(again.status, 304)
      assert.equal(await again.text(), '')
      assert.equal((await fetch(`${app.issuer}${path}`, { headers: { 'if-none-match': '"other"' } })).status, 200)
    }
  })
})
