/** Tests of JSON merge patches (RFC 7396). */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { mergedDocument, mergePatch } from './merge-patch.ts'

describe('a JSON merge patch (RFC 7396)', () => {
  // RFC 7396 appendix A, row by row.
  const rows: ReadonlyArray<readonly [target: unknown, patch: unknown, result: unknown]> = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ]
  for (const [target, patch, result] of rows) {
    it(`makes ${JSON.stringify(result)} of ${JSON.stringify(target)} and ${JSON.stringify(patch)} (appendix A)`, () => {
      assert.deepEqual(mergePatch(target, patch), result)
    })
  }

  it('takes a member that is called __proto__ for a member, and changes no prototype', () => {
    const patch = JSON.parse('{"__proto__":{"isAdministrator":true},"constructor":{"x":1}}')
    const merged = mergedDocument({ a: 1 }, patch)
    assert.equal(Object.getPrototypeOf(merged), Object.prototype)
    assert.equal((merged as { isAdministrator?: unknown }).isAdministrator, undefined)
    assert.deepEqual(Object.keys(merged), ['a', '__proto__', 'constructor'])
  })

  it('leaves what was there alone, says nothing twice, and forgets every null (§2)', () => {
    const document = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }))
    fc.assert(
      fc.property(document, document, (target, patch) => {
        const before = JSON.stringify(target)
        const merged = mergedDocument(target, patch)
        assert.equal(JSON.stringify(target), before)
        assert.deepEqual(mergedDocument(merged, patch), merged)
        for (const [name, value] of Object.entries(patch)) assert.equal(Object.hasOwn(merged, name), value !== null)
        for (const name of Object.keys(target).filter(name => !Object.hasOwn(patch, name))) {
          assert.deepEqual(merged[name], target[name])
        }
      }),
    )
  })
})
