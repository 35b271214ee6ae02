/** Tests of entity tags in preconditions. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matchesNone, parseIfMatch } from './entity-tags.ts'

describe('If-Match (RFC 9110 §13.1.1)', () => {
  const read: readonly (readonly [header: string, tags: string | undefined])[] = [
    ['"a"', 'a'],
    ['*', '*'],
    [' * ', '*'],
    ['"a", "b"', 'a,b'],
    ['"a","b" ,, "c"', 'a,b,c'],
    // Compared strongly: a weak tag matches nothing.
    ['W/"a"', ''],
    ['W/"a", "b"', 'b'],
    ['""', ''],
    ['a', undefined],
    ['"a', undefined],
    ['"a" "b"', undefined],
    ['', undefined],
    ['*, "a"', undefined],
    ['w/"a"', undefined],
    ['"a"; drop', undefined],
  ]
  for (const [header, tags] of read) {
    it(`reads ${header === '' ? 'an empty header' : header} as ${tags === undefined ? 'no list of tags' : `[${tags}]`}`, () => {
      assert.equal(parseIfMatch(header), tags)
    })
  }
})

describe('If-None-Match (RFC 9110 §13.1.2)', () => {
  it('is compared weakly, and matches any of a list', () => {
    assert.equal(matchesNone('W/"a"', 'a'), false)
    assert.equal(matchesNone('"b", "a"', 'a'), false)
    assert.equal(matchesNone('*', 'a'), false)
    assert.equal(matchesNone('"b"', 'a'), true)
  })

  it('means nothing when it is not there, or cannot be read', () => {
    assert.equal(matchesNone(undefined, 'a'), true)
    assert.equal(matchesNone('a', 'a'), true)
  })
})
