/** Tests of lists: what is asked for, and their pages. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Field } from './field.ts'
import { parseListQuery, sealCursor } from './list-query.ts'
import { pageFound, pageOf } from './page-of.ts'
import { isProblem } from './problem.ts'

const FIELDS: readonly Field[] = [
  { name: 'name', kind: 'text', access: 'made', about: 'Its name.', finds: ['search', 'sort'] },
  { name: 'kind', kind: 'text', access: 'written', about: 'Its kind.', finds: ['filter', 'sort'] },
  { name: 'tags', kind: 'list', access: 'written', about: 'Its tags.', finds: ['search', 'filter'] },
  { name: 'size', kind: 'integer', access: 'written', about: 'Its size.', finds: ['sort'] },
]
const THINGS = [
  { name: 'pear', kind: 'fruit', tags: ['green', 'Sweet'], size: 3 },
  { name: 'apple', kind: 'fruit', tags: ['red'], size: 10 },
  { name: 'leek', kind: 'vegetable', tags: [] },
]

function ask(query: Readonly<Record<string, string>>, things: readonly Readonly<Record<string, unknown>>[] = THINGS) {
  const parsed = parseListQuery(query, FIELDS, 'name')
  if (isProblem(parsed)) assert.fail(JSON.stringify(parsed))
  const rows = things.map(thing => ({ thing, document: thing }))
  return pageOf(rows, parsed, { key: 'name', fields: FIELDS })
}

function namesOf(query: Readonly<Record<string, string>>) {
  return ask(query).items.map(({ name }) => name)
}

describe('a list', () => {
  it('finds all words in the searched fields, without regard to case', () => {
    assert.deepEqual(namesOf({ q: 'PEA' }), ['pear'])
    assert.deepEqual(namesOf({ q: 'sweet pear' }), ['pear'])
    assert.deepEqual(namesOf({ q: 'sweet apple' }), [])
    assert.deepEqual(namesOf({ q: 'fruit' }), [], 'the kind is not searched')
  })

  it('is narrowed to a value, and of a list to one of its values', () => {
    assert.deepEqual(namesOf({ kind: 'fruit' }), ['apple', 'pear'])
    assert.deepEqual(namesOf({ tags: 'red' }), ['apple'])
    assert.deepEqual(namesOf({ tags: 're' }), [])
  })

  it('is ordered by a field either way; numbers as numbers, nothing first', () => {
    assert.deepEqual(namesOf({ sort: 'size' }), ['leek', 'pear', 'apple'])
    assert.deepEqual(namesOf({ sort: '-size' }), ['apple', 'pear', 'leek'])
    assert.deepEqual(namesOf({ sort: 'kind' }), ['apple', 'pear', 'leek'], 'equals by their key')
  })

  it('tells all mistakes of a question at once', () => {
    const problem = parseListQuery({ sort: 'tags', limit: '0', cursor: 'x', colour: 'red' }, FIELDS, 'name')
    assert.ok(isProblem(problem))
    assert.deepEqual(
      problem.mistakes.map(({ member }) => member),
      ['colour', 'sort', 'limit', 'cursor'],
    )
    for (const limit of ['201', '1.5', '-1', 'many', '']) {
      assert.ok(isProblem(parseListQuery({ limit }, FIELDS, 'name')), limit)
    }
  })

  it('takes no cursor that it did not write', () => {
    const wrong = ['', 'AAAA', Buffer.from('[1]').toString('base64url'), Buffer.from('{"a":1}').toString('base64url')]
    for (const cursor of [...wrong, Buffer.from('[["x"],"y"]').toString('base64url')]) {
      assert.ok(isProblem(parseListQuery({ cursor }, FIELDS, 'name')), cursor)
    }
    assert.ok(!isProblem(parseListQuery({ cursor: sealCursor({ value: null, key: 'a' }) }, FIELDS, 'name')))
  })

  it('gives every item once, in order, whatever the size of its pages', () => {
    const thing = fc.record({ name: fc.string(), size: fc.option(fc.integer(), { nil: undefined }) })
    const things = fc.uniqueArray(thing, { selector: ({ name }) => name, maxLength: 30 })
    const sorts = fc.constantFrom('name', '-name', 'size', '-size')
    fc.assert(
      fc.property(things, sorts, fc.integer({ min: 1, max: 7 }), (all, sort, limit) => {
        const whole = ask({ sort, limit: '200' }, all).items
        const paged: unknown[] = []
        let cursor: string | undefined
        do {
          const page = ask({ sort, limit: `${limit}`, ...(cursor === undefined ? {} : { cursor }) }, all)
          paged.push(...page.items)
          cursor = page.next
        } while (cursor !== undefined)
        assert.deepEqual(paged, whole)
        assert.equal(whole.length, all.length)
      }),
    )
  })

  it('tells of a next page only where the repository found more than was asked for', () => {
    const cursorOf = (last: string) => ({ value: null, key: last })
    assert.deepEqual(pageFound(['a', 'b', 'c'], 2, cursorOf), {
      items: ['a', 'b'],
      next: sealCursor({ value: null, key: 'b' }),
    })
    for (const found of [['a', 'b'], ['a'], []]) assert.deepEqual(pageFound(found, 2, cursorOf), { items: found })
  })
})
