/** Tests of nonces that carry their own time. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOON } from '../../../test/support/builders.ts'
import { addSeconds } from '../../lib/clock.ts'
import { createHandles } from '../handles/handles.ts'
import { createServerNonces, NONCE_SECONDS } from './server-nonces.ts'

const handles = createHandles(Buffer.alloc(32, 7))
const nonces = createServerNonces(() => handles, 'dpop')

describe('nonces of the server (RFC 9449 §8)', () => {
  it('count for five minutes on every node with the same key', () => {
    const nonce = nonces.issue(NOON)
    const elsewhere = createServerNonces(() => createHandles(Buffer.alloc(32, 7)), 'dpop')
    assert.equal(elsewhere.secondsLeft(nonce, NOON), NONCE_SECONDS)
    assert.equal(nonces.secondsLeft(nonce, addSeconds(NOON, NONCE_SECONDS - 1)), 1)
    assert.equal(nonces.secondsLeft(nonce, addSeconds(NOON, NONCE_SECONDS)), undefined)
    assert.equal(nonces.secondsLeft(nonce, addSeconds(NOON, -1)), NONCE_SECONDS + 1)
  })

  it('have the syntax of a header value (§8.1)', () => {
    assert.match(nonces.issue(NOON), /^[\x21\x23-\x5B\x5D-\x7E]+$/)
  })

  it('do not count when somebody else made them, or for another purpose', () => {
    const foreign = createServerNonces(() => createHandles(Buffer.alloc(32, 8)), 'dpop').issue(NOON)
    const challenge = createServerNonces(() => handles, 'attestation').issue(NOON)
    const handle = handles.seal('code', Buffer.alloc(16))
    for (const text of [foreign, challenge, handle, '', 'x', nonces.issue(NOON).slice(0, -1)])
      assert.equal(nonces.secondsLeft(text, NOON), undefined)
  })
})
