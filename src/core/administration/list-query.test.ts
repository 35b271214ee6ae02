/** Tests of what part of a list is asked for. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Field } from './field.ts'
import { parseListQuery, sealCursor } from './list-query.ts'
import { isProblem } from './problem.ts'

const FIELDS: readonly Field[] = [
  { name: 'name', kind: 'text', access: 'written', about: '', finds: ['search', 'sort', 'filter'] },
  { name: 'secret', kind: 'text', access: 'secret', about: '' },
]

function mistakenIn(query: Readonly<Record<string, string>>): readonly string[] {
  const parsed = parseListQuery(query, FIELDS, 'name')
  return isProblem(parsed) ? parsed.mistakes.map(({ member }) => member) : []
}

describe('what part of a list is asked for', () => {
  it('is words, filters, an order, a number and where the page before ended', () => {
    const cursor = sealCursor({ value: 'b', key: 'b' })
    assert.deepEqual(parseListQuery({ q: ' Ada  x', name: 'b', sort: '-name', limit: '7', cursor }, FIELDS, 'name'), {
      search: ['ada', 'x'],
      filters: { name: 'b' },
      sort: { field: 'name', descending: true },
      limit: 7,
      after: { value: 'b', key: 'b' },
    })
    assert.deepEqual(parseListQuery({}, FIELDS, '-name'), {
      search: [],
      filters: {},
      sort: { field: 'name', descending: true },
      limit: 50,
    })
  })

  it('names only fields that lists can be narrowed and ordered by, and keeps within its limits', () => {
    assert.deepEqual(mistakenIn({ secret: 'x', __proto__x: 'y' }), ['secret', '__proto__x'])
    assert.deepEqual(mistakenIn({ sort: 'secret' }), ['sort'])
    for (const limit of ['0', '201', '1.5', 'x', '']) assert.deepEqual(mistakenIn({ limit }), ['limit'], limit)
    for (const cursor of ['', 'e30', 'WzFd', 'bm90IGpzb24'])
      assert.deepEqual(mistakenIn({ cursor }), ['cursor'], cursor)
    assert.deepEqual(mistakenIn({ q: 'a '.repeat(20) }), [])
    assert.deepEqual(mistakenIn({ q: 'a '.repeat(21) }), ['q'])
  })
})
