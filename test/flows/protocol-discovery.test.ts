/** Discovery and keys, line by line of what certification asks (numbers in parentheses). */

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { importJWK } from 'jose'
import { assertGolden } from '../support/golden.ts'
import { answered, codeFor, exchange } from '../support/hand-app.ts'
import { type RunningApp, startApp } from '../support/running-app.ts'

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
      } else if (/_parameter_supported$/.test(member)) assert.equal(typeof value, 'boolean', member)
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

  it('(3) names what the code flow needs: public subjects, RS256, code, authorization_code (Discovery §3)', () => {
    assert.deepEqual(list('subject_types_supported'), ['public'])
    assert.ok(list('id_token_signing_alg_values_supported').includes('RS256'))
    assert.ok(!list('id_token_signing_alg_values_supported').includes('none'))
    assert.deepEqual(list('response_types_supported'), ['code'])
    assert.deepEqual(list('grant_types_supported'), ['authorization_code', 'refresh_token', 'client_credentials'])
  })

  it('(4) lists claims and scopes, S256, and no algorithms for request objects that it does not take', () => {
    assert.ok(list('claims_supported').includes('sub'))
    assert.deepEqual(list('code_challenge_methods_supported'), ['S256'])
    assert.equal(metadata.request_object_signing_alg_values_supported, undefined)
    assert.equal(metadata.request_parameter_supported, false)
    // Discovery §3: left out it would count as true.
    assert.equal(metadata.request_uri_parameter_supported, false)
  })

  it('(5) publishes public keys only, each with its own kid, alg and use, and each usable (RFC 7517 §4)', async () => {
    const { keys } = (await documentAt('/jwks')) as { readonly keys: readonly Readonly<Record<string, string>>[] }
    const members = { RSA: ['alg', 'e', 'kid', 'kty', 'n', 'use'], EC: ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'] }
    const okp = ['alg', 'crv', 'kid', 'kty', 'use', 'x']
    assert.deepEqual(
      keys.map(({ alg }) => alg),
      ['RS256', 'ES256', 'EdDSA'],
    )
    for (const key of keys) {
      const allowed = key.kty === 'RSA' ? members.RSA : key.kty === 'EC' ? members.EC : okp
      assert.deepEqual(Object.keys(key).sort(), allowed)
      assert.equal(key.use, 'sig')
      await importJWK({ ...key })
    }
    assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length)
  })

  it('(6) lists the ways a client may authenticate, at each endpoint that asks for it, and refresh_token', () => {
    assert.deepEqual(list('token_endpoint_auth_methods_supported'), [
      'client_secret_basic',
      'client_secret_post',
      'none',
    ])
    assert.deepEqual(list('revocation_endpoint_auth_methods_supported'), list('token_endpoint_auth_methods_supported'))
    // RFC 7662 §2.1: a caller that cannot prove who it is may not look into tokens.
    assert.deepEqual(list('introspection_endpoint_auth_methods_supported'), [
      'client_secret_basic',
      'client_secret_post',
    ])
    assert.ok(list('grant_types_supported').includes('refresh_token'))
  })

  it('(6) does what it lists: every grant type and response type named is served', async () => {
    const by = await app.register({ grantTypes: [...list('grant_types_supported')] })
    const browser = await app.browser(await app.enrol())
    for (const response_type of list('response_types_supported')) {
      const code = await codeFor(browser, by.client, { response_type, scope: list('scopes_supported').join(' ') })
      assert.equal((await exchange(app, by, code)).status, 200)
    }
    for (const grant_type of list('grant_types_supported')) {
      const body = new URLSearchParams({ grant_type, client_id: by.client.clientId, client_secret: by.secret })
      const { error } = await answered(fetch(String(metadata.token_endpoint), { method: 'POST', body }))
      assert.notEqual(error, 'unsupported_grant_type', grant_type)
    }
  })

  it('(1–6) looks on the wire as it did: golden', () => {
    const text = JSON.stringify(metadata).replaceAll(app.issuer, 'https://id.example.org')
    assertGolden('discovery', JSON.parse(text))
  })

  it('is cached for a minute, has an ETag and answers 304 to it (RFC 9110 §13.1.2), for any origin', async () => {
    for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/jwks']) {
      const whole = await fetch(`${app.issuer}${path}`, { headers: { origin: 'https://anywhere.example' } })
      assert.equal(whole.headers.get('cache-control'), 'public, max-age=60')
      assert.equal(whole.headers.get('access-control-allow-origin'), '*')
      const etag = whole.headers.get('etag') ?? ''
      const again = await fetch(`${app.issuer}${path}`, { headers: { 'if-none-match': etag } })
      assert.equal(again.status, 304)
      assert.equal(await again.text(), '')
      assert.equal((await fetch(`${app.issuer}${path}`, { headers: { 'if-none-match': '"other"' } })).status, 200)
    }
  })
})
