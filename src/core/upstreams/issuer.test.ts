/** Tests of issuers: which one a discovery URL speaks for, and which `iss` is one of a template. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isIssuer, isIssuerOfUri, issuerOfDiscoveryUri } from './issuer.ts'

describe('the issuer of a discovery URL (OIDC Discovery §4.1, RFC 8414 §3.1)', () => {
  const urls: readonly [uri: string, issuer: string | undefined][] = [
    ['https://idp.example/.well-known/openid-configuration', 'https://idp.example'],
    ['https://idp.example/realms/a/.well-known/openid-configuration', 'https://idp.example/realms/a'],
    ['https://idp.example/.well-known/openid-configuration/realms/a', 'https://idp.example/realms/a'],
    ['https://idp.example/.well-known/oauth-authorization-server/a', 'https://idp.example/a'],
    ['https://idp.example/a/.well-known/openid-configuration?p=policy', 'https://idp.example/a'],
    ['https://idp.example/metadata.json', undefined],
    ['nonsense', undefined],
  ]
  for (const [uri, issuer] of urls)
    it(`${uri} is that of ${issuer ?? 'nobody'}`, () => {
      assert.equal(issuerOfDiscoveryUri(uri), issuer)
      if (issuer !== undefined) {
        assert.ok(isIssuerOfUri(issuer, uri))
        assert.ok(isIssuerOfUri(`${issuer}/`, uri))
        assert.equal(isIssuerOfUri(`${issuer}//`, uri), false)
      }
      assert.equal(isIssuerOfUri('https://elsewhere.example', uri), false)
    })

  it('a template is that of the URL with one word in its place', () => {
    const uri = 'https://login.example/common/v2.0/.well-known/openid-configuration'
    assert.ok(isIssuerOfUri('https://login.example/{tenantid}/v2.0', uri))
    assert.equal(isIssuerOfUri('https://login.example/{tenantid}/v1.0', uri), false)
    assert.equal(isIssuerOfUri('{tenantid}', uri), false)
    assert.equal(
      isIssuerOfUri(
        'https://{tenantid}/common/v2.0',
        'https://a.example:1/common/v2.0/.well-known/openid-configuration',
      ),
      false,
    )
  })
})

describe('iss of a template', () => {
  const template = 'https://login.example/{tenantid}/v2.0'
  it('has the tenant that the token names, whole', () => {
    assert.ok(isIssuer('https://login.example/t-1/v2.0', template, 't-1'))
    assert.equal(isIssuer('https://login.example/t-1/v2.0', template, 't-2'), false)
    assert.equal(isIssuer('https://login.example/t-1/v2.0', template, null), false)
    assert.equal(isIssuer('https://login.example/$&/v2.0', template, '$&'), false)
    assert.equal(isIssuer('https://login.example/a/b/v2.0', template, 'a/b'), false)
    assert.equal(isIssuer('https://login.example/v2.0', template, ''), false)
  })

  it('is any tenant where none is named, as in an authorization response', () => {
    assert.ok(isIssuer('https://login.example/t-1/v2.0', template))
    assert.equal(isIssuer('https://login.example/a/b/v2.0', template), false)
    assert.equal(isIssuer('https://login.example//v2.0', template), false)
    assert.equal(isIssuer(undefined, template), false)
  })
})
