/** Tests of the rules for redirect URIs. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkRedirectUris } from './redirect-uri-rules.ts'

describe('redirect URIs (RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §2.1)', () => {
  const good = [
    'https://app.example.com/callback',
    'https://app.example.com',
    'https://app.example.com/cb?tenant=a&x=1',
    'https://app.example.com:8443/CB',
    'http://localhost:5173/cb',
    'http://127.0.0.1/cb',
    'http://[::1]:8080/cb',
    'com.example.app:/oauth2redirect',
    'myapp://callback',
  ]
  for (const uri of good) {
    it(`takes ${uri} without a word`, () => {
      assert.deepEqual(checkRedirectUris('redirect_uris', [uri]), { mistakes: [], warnings: [] })
    })
  }

  const bad: ReadonlyArray<readonly [uri: string, rule: string]> = [
    ['', 'RFC 6749 §3.1.2 absolute URI'],
    ['/callback', 'RFC 6749 §3.1.2 absolute URI'],
    ['app.example.com/callback', 'RFC 6749 §3.1.2 absolute URI'],
    ['https://app.example.com/a b', 'RFC 6749 §3.1.2 absolute URI'],
    ['https://app.example.com/\n', 'RFC 6749 §3.1.2 absolute URI'],
    ['https://app.example.com/cb#', 'RFC 6749 §3.1.2 no fragment'],
    ['https://app.example.com/cb#x', 'RFC 6749 §3.1.2 no fragment'],
    ['javascript:alert(1)', 'RFC 9700 §4.1 safe scheme'],
    ['JavaScript:alert(1)', 'RFC 9700 §4.1 safe scheme'],
    ['data:text/html,x', 'RFC 9700 §4.1 safe scheme'],
    ['vbscript:x', 'RFC 9700 §4.1 safe scheme'],
    ['https://*.example.com/cb', 'RFC 9700 §2.1 no wildcard'],
    ['https://app.example.com/*', 'RFC 9700 §2.1 no wildcard'],
    ['https://user:pw@app.example.com/', 'RFC 3986 §3.2.1 no user information'],
    ['https:///cb', 'RFC 9110 §4.2 host'],
    ['localhost:3000/cb', 'RFC 8252 §7.1 private-use scheme'],
    ['LOCALHOST:/cb', 'RFC 8252 §7.1 private-use scheme'],
    ['app.example.com:8080', 'RFC 8252 §7.1 private-use scheme'],
    ['wiki:3000/cb', 'RFC 8252 §7.1 private-use scheme'],
    ['https:cb', 'RFC 9110 §4.2 host'],
  ]
  for (const [uri, rule] of bad) {
    it(`refuses ${JSON.stringify(uri)}: ${rule}`, () => {
      const { mistakes } = checkRedirectUris('redirect_uris', [uri])
      assert.deepEqual(
        mistakes.map(mistake => [mistake.member, mistake.rule]),
        [['redirect_uris', rule]],
      )
    })
  }

  it('asks whether http:// was forgotten', () => {
    const [mistake] = checkRedirectUris('redirect_uris', ['localhost:3000/cb']).mistakes
    assert.equal(mistake?.message, 'localhost:3000/cb has no scheme: did you mean http://localhost:3000/cb?')
  })

  it('takes plain http on another host with a warning, because home networks run apps without TLS', () => {
    const { mistakes, warnings } = checkRedirectUris('redirect_uris', [
      'http://aura.lan/cb',
      'http://localhost.evil.com/',
    ])
    assert.deepEqual(mistakes, [])
    assert.equal(warnings.length, 2)
    assert.match(warnings[0] ?? '', /^http:\/\/aura\.lan\/cb is plain http/)
  })
})
