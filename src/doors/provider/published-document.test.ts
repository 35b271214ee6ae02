/** Tests of the published key set: rendered once, and again when a key came or went. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import { publishedKeySet } from './published-document.ts'

function aKeyRing() {
  const ring = {
    keySet: { keys: [{ kid: 'one' }] },
    looking: undefined as Promise<void> | undefined,
    jwks: () => ring.keySet,
    freshen: () => ring.looking,
  }
  return ring
}

const request = (changes: Partial<HttpRequest> = {}): HttpRequest => ({ method: 'GET', ...changes }) as HttpRequest

describe('the published key set', () => {
  it('is one and the same reply until a key comes or goes, and has another ETag then (RFC 9110 §8.8.3)', () => {
    const ring = aKeyRing()
    const { handle } = publishedKeySet('jwks', '/jwks', ring)
    const first = handle(request()) as Reply
    assert.equal(String(first.body), '{"keys":[{"kid":"one"}]}')
    assert.equal(handle(request()), first, 'nothing is rendered twice')
    const etag = String(first.headers.etag)
    assert.equal((handle(request({ ifNoneMatch: etag })) as Reply).status, 304)
    ring.keySet = { keys: [{ kid: 'two' }, { kid: 'one' }] }
    const second = handle(request({ ifNoneMatch: etag })) as Reply
    assert.deepEqual([second.status, String(second.body)], [200, '{"keys":[{"kid":"two"},{"kid":"one"}]}'])
    assert.notEqual(second.headers.etag, etag)
  })

  it('waits for the look at the database when it is time for one', async () => {
    const ring = aKeyRing()
    const { handle } = publishedKeySet('jwks', '/jwks', ring)
    ring.looking = Promise.resolve().then(() => {
      ring.keySet = { keys: [{ kid: 'new' }] }
    })
    assert.equal(String((await handle(request())).body), '{"keys":[{"kid":"new"}]}')
  })
})
