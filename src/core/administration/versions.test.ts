/** Tests of versions of documents and of what differs between two of them. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { beforeAndAfter, changedFields, versionOf } from './versions.ts'

describe('the version of a document (RFC 9110 §8.8.3)', () => {
  it('is the same for the same content, whatever the order of its members', () => {
    assert.equal(versionOf({ a: 1, b: { c: 2, d: 3 } }), versionOf({ b: { d: 3, c: 2 }, a: 1 }))
    assert.notEqual(versionOf({ a: [1, 2] }), versionOf({ a: [2, 1] }))
    assert.match(versionOf({}), /^[\w-]{22}$/)
  })

  it('is the same after it was used: moments of use are no change', () => {
    const unused = { name: 'a', secrets: [{ id: '1' }], last_text: 'x' }
    const used = { name: 'a', secrets: [{ id: '1', last_used_at: '2027' }], last_text: 'x', last_sign_in_at: '2027' }
    assert.equal(versionOf(unused), versionOf(used))
    assert.deepEqual(changedFields(unused, used), [])
    assert.notEqual(versionOf(unused), versionOf({ ...unused, last_text: 'y' }))
  })
})

describe('what a change changed', () => {
  it('is named field by field; times and makers change by themselves', () => {
    const before = { name: 'a', uris: ['x'], updated_at: '1', updated_by: 'ada', gone: true }
    const after = { name: 'a', uris: ['x', 'y'], updated_at: '2', updated_by: 'bob', new: null }
    assert.deepEqual(changedFields(before, after), ['gone', 'uris'])
  })

  it('stands in the audit with before and after, lists as lists, structures as JSON, long texts cut', () => {
    const before = { uris: ['x'], size: 1, rules: [{ a: 1 }], text: 'short' }
    const after = { uris: ['x', 'y'], size: 2, rules: [], text: 'x'.repeat(2000) }
    assert.deepEqual(beforeAndAfter(before, after), {
      changed: ['rules', 'size', 'text', 'uris'],
      'before.rules': '[{"a":1}]',
      'after.rules': [],
      'before.size': 1,
      'after.size': 2,
      'before.text': 'short',
      'after.text': `${'x'.repeat(1000)}…`,
      'before.uris': ['x'],
      'after.uris': ['x', 'y'],
    })
    assert.deepEqual(beforeAndAfter({ name: 'a' }, undefined), { changed: ['name'], 'before.name': 'a' })
  })
})
