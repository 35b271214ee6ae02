/** Tests of redirect URIs. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { verifyRedirectUri } from './redirect-uri.ts'
import { isRefusal } from './refusal.ts'

const REGISTERED = [
  'https://app.example.org/callback',
  'https://app.example.org/callback?bar=foo',
  'com.example.app:/callback',
]

describe('redirect URIs (RFC 9700 §2.1)', () => {
  for (const uri of REGISTERED) {
    it(`accepts the registered ${uri}`, () => assert.equal(verifyRedirectUri(REGISTERED, uri, false), uri))
  }

  for (const uri of [
    undefined,
    'https://app.example.org/callback/',
    'https://app.example.org/callback/x',
    'https://app.example.org/callback?foo=bar',
    'https://app.example.org/callback?bar=foo&',
    'https://app.example.org/Callback',
    'HTTPS://app.example.org/callback',
    'https://app.example.org:443/callback',
    'https://app.example.org/callback#x',
    'https://app.example.org@evil.example/callback',
    'https://evil.example/?https://app.example.org/callback',
  ]) {
    it(`refuses ${uri}`, () => assert.ok(isRefusal(verifyRedirectUri(REGISTERED, uri, true))))
  }

  it('lets a native app choose the port of a loopback literal registered without one (RFC 8252 §7.3)', () => {
    const loopback = ['http://127.0.0.1/cb', 'http://[::1]/cb']
    assert.equal(verifyRedirectUri(loopback, 'http://127.0.0.1:51004/cb', true), 'http://127.0.0.1:51004/cb')
    assert.equal(verifyRedirectUri(loopback, 'http://[::1]:51004/cb', true), 'http://[::1]:51004/cb')
    for (const uri of [
      'http://127.0.0.1:51004/other',
      'http://127.0.0.1:99999/cb',
      'http://127.0.0.1:x@evil.example/cb',
      'http://127.0.0.1:/cb',
    ]) {
      assert.ok(isRefusal(verifyRedirectUri(loopback, uri, true)), uri)
    }
    assert.ok(
      isRefusal(verifyRedirectUri(loopback, 'http://127.0.0.1:51004/cb', false)),
      'confidential clients have fixed ports',
    )
    assert.ok(
      isRefusal(verifyRedirectUri(['http://127.0.0.1:3000/cb'], 'http://127.0.0.1:3001/cb', true)),
      'a registered port is exact',
    )
  })

  it('verifies nothing that is not registered', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), uri => {
        fc.pre(!REGISTERED.includes(uri))
        assert.ok(isRefusal(verifyRedirectUri(REGISTERED, uri, true)))
      }),
    )
  })
})
