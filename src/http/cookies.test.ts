/** Tests of our cookies. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createCookies } from './cookies.ts'

describe('cookies', () => {
  const secure = createCookies({ secure: true, path: '/auth' })
  const plain = createCookies({ secure: false, path: '/auth' })

  it('are __Host- cookies on https: Secure, Path=/, no Domain (RFC 6265bis §4.1.3.2)', () => {
    assert.equal(
      secure.set('session', 'v', 60),
      '__Host-sallyport-session=v; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax',
    )
  })

  it("keep to the issuer's path on http://localhost", () => {
    assert.equal(plain.set('session', 'v'), 'sallyport-session=v; Path=/auth; HttpOnly; SameSite=Lax')
    assert.match(plain.drop('session'), /^sallyport-session=; Max-Age=0; Path=\/auth;/)
  })

  it('are found by name, and flows by the ids in theirs', () => {
    const header = '__Host-sallyport-flow-b=1; other=2; __Host-sallyport-session=s; __Host-sallyport-flow-a=3'
    assert.equal(secure.read(header, 'session'), 's')
    assert.equal(secure.read(header, 'device'), undefined)
    assert.deepEqual(secure.flowIds(header), ['b', 'a'])
    assert.deepEqual(plain.flowIds(header), [])
    // A neighbour on the same host can set any name; what cannot be a name of ours cannot be dropped either.
    assert.deepEqual(plain.flowIds('sallyport-flow-é=1; sallyport-flow-=2; sallyport-flow-a(b=3; sallyport-flow-a=4'), [
      'a',
    ])
    assert.equal(secure.read(undefined, 'session'), undefined)
  })
})
