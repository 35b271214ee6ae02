/** Tests of who is believed about where a request comes from. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createAddressList } from '../lib/addresses.ts'
import { createOriginFinder } from './client-address.ts'
import { echo, echoed, startServer } from './test-fixtures/server-under-test.ts'

const FORWARDED = {
  'x-forwarded-for': '203.0.113.9',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'evil.example',
  forwarded: 'for=203.0.113.9;proto=https;host=evil.example',
  'x-real-ip': '203.0.113.9',
  'x-request-id': 'id-of-a-stranger',
}

describe('a peer that is no trusted proxy', () => {
  it('changes nothing by forwarding headers, but that it is known to have sent them', async t => {
    for (const proxies of [[], ['10.0.0.0/8']]) {
      const { origin } = await startServer(t, { endpoints: [echo('/fast')], pages: [echo('/page')], proxies })
      for (const path of ['/fast', '/page']) {
        const plain = await fetch(origin + path)
        const forwarded = await fetch(origin + path, { headers: FORWARDED })
        const { requestId: _, isUnverifiedForward: direct, ...expected } = await echoed(plain)
        const { requestId, isUnverifiedForward, ...request } = await echoed(forwarded)
        assert.deepEqual(request, expected)
        assert.notEqual(requestId, FORWARDED['x-request-id'])
        assert.deepEqual([direct, isUnverifiedForward], [false, true])
        const names = (response: Response) => [...response.headers.keys()]
        assert.deepEqual(names(forwarded), names(plain))
      }
    }
  })
})

describe('a trusted proxy', () => {
  it('is believed about the address and the request id', async t => {
    const { origin } = await startServer(t, { endpoints: [echo('/fast')], proxies: ['127.0.0.0/8'] })
    const request = await echoed(await fetch(`${origin}/fast`, { headers: FORWARDED }))
    assert.equal(request.address, '203.0.113.9')
    assert.equal(request.requestId, 'id-of-a-stranger')
    assert.equal(request.isUnverifiedForward, false)
  })

  it('is not believed a request id that could not stand in a log line', async t => {
    const { origin } = await startServer(t, { endpoints: [echo('/fast')], proxies: ['127.0.0.1'] })
    for (const id of ['short', 'with blanks in it', 'x'.repeat(200), '"},{"level":"error']) {
      const { requestId } = await echoed(await fetch(`${origin}/fast`, { headers: { 'x-request-id': id } }))
      assert.notEqual(requestId, id)
    }
  })

  const find = createOriginFinder(createAddressList(['10.0.0.0/8', '2001:db8::/32']))
  const addressBehind = (remoteAddress: string, forwardedFor: string): string =>
    find({ remoteAddress } as Parameters<typeof find>[0], { 'x-forwarded-for': forwardedFor }).address

  const rows: readonly (readonly [string, string, string, string])[] = [
    ['one proxy', '10.0.0.1', '198.51.100.7', '198.51.100.7'],
    ['what the visitor wrote before it does not count', '10.0.0.1', '127.0.0.1, 198.51.100.7', '198.51.100.7'],
    ['a chain of ours is walked back', '10.0.0.1', '1.1.1.1, 198.51.100.7, 10.0.0.2, 10.0.0.3', '198.51.100.7'],
    ['all of them ours: the first one', '10.0.0.1', '10.0.0.9, 10.0.0.2', '10.0.0.9'],
    ['nonsense ends the walk', '10.0.0.1', '198.51.100.7, unknown', '10.0.0.1'],
    ['an empty header', '10.0.0.1', '', '10.0.0.1'],
    ['with ports', '10.0.0.1', '198.51.100.7:4711', '198.51.100.7'],
    ['IPv6 in brackets', '2001:db8::1', '[2606:4700::7]:4711', '2606:4700::7'],
    ['IPv4 in IPv6 clothes', '::ffff:10.0.0.1', '::ffff:198.51.100.7', '198.51.100.7'],
    ['the peer is a stranger', '198.51.100.1', '10.0.0.1', '198.51.100.1'],
  ]
  for (const [what, peer, forwardedFor, expected] of rows) {
    it(`names the visitor: ${what}`, () => assert.equal(addressBehind(peer, forwardedFor), expected))
  }
})
