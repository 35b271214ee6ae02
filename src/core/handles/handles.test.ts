/** Tests of handles and the tokens made of them. */

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { aGrant, NOON, random } from '../../../test/support/builders.ts'
import { newId } from '../../lib/id.ts'
import { createHandles, createHmacSha256, type HandleKind } from './handles.ts'
import {
  openAccessToken,
  openCode,
  openRefreshToken,
  sealAccessToken,
  sealCode,
  sealRefreshToken,
} from './token-handles.ts'

const handles = createHandles(random.bytes(32))
const KINDS: HandleKind[] = ['code', 'access', 'client-access', 'refresh', 'session', 'flow', 'form', 'device', 'setup']

describe('handles', () => {
  it('open to what was sealed, as the kind they were sealed as and as no other', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.constantFrom(...KINDS),
        fc.uint8Array({ maxLength: 60 }),
        (sealedAs, openedAs, payload) => {
          const opened = handles.open(openedAs, handles.seal(sealedAs, Buffer.from(payload)))
          assert.deepEqual(opened && [...opened], sealedAs === openedAs ? [...payload] : undefined)
        },
      ),
    )
  })

  it('do not open when any character is changed, added or left out', () => {
    const text = handles.seal('code', random.bytes(16))
    for (let index = 0; index < text.length; index++) {
      const other = text[index] === 'A' ? 'B' : 'A'
      assert.equal(handles.open('code', text.slice(0, index) + other + text.slice(index + 1)), undefined)
    }
    for (const changed of [`${text}A`, `${text}=`, text.slice(1), ` ${text}`, text.replaceAll('-', '+')]) {
      if (changed !== text) assert.equal(handles.open('code', changed), undefined)
    }
  })

  it('do not open under another key', () => {
    assert.equal(createHandles(random.bytes(32)).open('code', handles.seal('code', random.bytes(16))), undefined)
  })

  it('never throw, whatever comes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.string(), (kind, text) =>
        assert.equal(handles.open(kind, text), undefined),
      ),
    )
  })
})

describe('codes and tokens as handles', () => {
  const grant = aGrant()

  it('a code has at least 128 bits and names its grant', () => {
    const code = sealCode(handles, grant.id)
    assert.ok(code.length * 6 >= 128)
    assert.equal(openCode(handles, code), grant.id)
    assert.equal(openRefreshToken(handles, code), undefined)
    assert.equal(openAccessToken(handles, code), undefined)
  })

  it('a refresh token names its grant and generation', () => {
    const token = { grantId: grant.id, generation: 4_000_000_000 }
    assert.deepEqual(openRefreshToken(handles, sealRefreshToken(handles, token)), token)
  })

  it("an access token carries its times, and narrower scopes than the grant's", () => {
    const token = { kind: 'access', grantId: grant.id, issuedAt: 1_772_366_400, expiresAt: 1_772_370_000 } as const
    assert.deepEqual(openAccessToken(handles, sealAccessToken(handles, token, random)), token)
    const narrow = { ...token, scopes: ['openid', 'email'] }
    assert.deepEqual(openAccessToken(handles, sealAccessToken(handles, narrow, random)), narrow)
    assert.notEqual(
      sealAccessToken(handles, token, random),
      sealAccessToken(handles, token, random),
      'two of the same second differ',
    )
  })

  it("a client's own token carries the client and its scopes", () => {
    const token = {
      kind: 'client-access',
      clientUid: newId<'client'>(NOON, random),
      issuedAt: 1,
      expiresAt: 2,
      scopes: [] as string[],
    } as const
    assert.deepEqual(openAccessToken(handles, sealAccessToken(handles, token, random)), token)
  })
})

describe('HMAC-SHA256 (RFC 2104)', () => {
  it("is the library's, for every key of up to a block and every message", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.uint8Array({ maxLength: 300 }), (key, message) => {
        const expected = createHmac('sha256', Buffer.from(key)).update(message).digest()
        assert.deepEqual(createHmacSha256(Buffer.from(key))(Buffer.from(message)), expected)
      }),
    )
  })
})
