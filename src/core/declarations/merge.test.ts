/** Tests of the three-way merge: what the file says is set, what it said goes back, the rest is nobody's business of the file. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Field } from '../administration/field.ts'
import type { Document } from '../administration/ports.ts'
import { isSame, mergeDeclared, newSecrets } from './merge.ts'

const FIELDS: readonly Field[] = [
  { name: 'title', kind: 'text', access: 'written', about: '' },
  { name: 'count', kind: 'integer', access: 'written', about: '' },
  { name: 'members', kind: 'object', access: 'written', about: '' },
  { name: 'keys', kind: 'json', access: 'written', about: '' },
  { name: 'secret', kind: 'text', access: 'secret', about: '' },
  { name: 'elsewhere', kind: 'text', access: 'secret', showsReference: true, about: '' },
]

/** As it is kept: the digest of a secret is the secret in brackets, for once. */
function asKept(written: Document): Document {
  return Object.fromEntries(
    Object.entries(written).map(([name, value]) =>
      (name === 'secret' || name === 'elsewhere') && typeof value === 'string' ? [name, `[${value}]`] : [name, value],
    ),
  )
}

function merge(written: Document, last: Document | undefined, current: Document): Document {
  const ways = { written, declared: asKept(written), last: last && asKept(last), current }
  return mergeDeclared(ways, FIELDS)
}

describe('the three-way merge', () => {
  const ROWS: ReadonlyArray<
    readonly [rule: string, ways: readonly [Document, Document | undefined, Document], Document]
  > = [
    ['sets what the file says', [{ title: 'b' }, undefined, { title: 'a' }], { title: 'b' }],
    [
      'leaves what the file is silent about',
      [{ title: 'b' }, { title: 'a' }, { title: 'a', count: 1 }],
      { title: 'b', count: 1 },
    ],
    ['takes back what the file said and says no more', [{}, { title: 'a' }, { title: 'a', count: 1 }], { count: 1 }],
    ['sets back what was changed elsewhere', [{ title: 'a' }, { title: 'a' }, { title: 'x' }], { title: 'a' }],
    ['takes away what the file says is nothing', [{ title: null }, undefined, { title: 'a' }], {}],
    [
      'merges members of objects',
      [{ members: { a: 1 } }, { members: { b: 1 } }, { members: { a: 0, b: 1, c: 2 } }],
      { members: { a: 1, c: 2 } },
    ],
    [
      'takes away members that are nothing',
      [{ members: { a: null } }, undefined, { members: { a: 0, b: 1 } }],
      { members: { b: 1 } },
    ],
    ['sets other values whole', [{ keys: { a: 1 } }, undefined, { keys: { b: 1 } }], { keys: { a: 1 } }],
    ['sets a secret that is new', [{ secret: 's' }, {}, {}], { secret: 's' }],
    ['sets a secret that is another', [{ secret: 't' }, { secret: 's' }, {}], { secret: 't' }],
    ['leaves a secret that was set already', [{ secret: 's' }, { secret: 's' }, {}], {}],
    [
      'sets back a reference that is another now',
      [{ elsewhere: '${vault.a}' }, { elsewhere: '${vault.a}' }, { elsewhere: '${vault.b}' }],
      { elsewhere: '${vault.a}' },
    ],
    [
      'leaves a reference that is as it was',
      [{ elsewhere: '${vault.a}' }, { elsewhere: '${vault.a}' }, { elsewhere: '${vault.a}' }],
      { elsewhere: '${vault.a}' },
    ],
  ]

  for (const [rule, [written, last, current], expected] of ROWS) {
    it(rule, () => assert.deepEqual(merge(written, last, current), expected))
  }

  it('names the secrets that have to be set', () => {
    const written = { secret: 't', elsewhere: '${vault.a}', title: 'x' }
    const last = asKept({ secret: 's', elsewhere: '${vault.a}' })
    const ways = { written, declared: asKept(written), last, current: { elsewhere: '${vault.a}' } }
    assert.deepEqual(newSecrets(ways, FIELDS), ['secret'])
  })

  it('takes a name such as __proto__ for a name', () => {
    const written = JSON.parse('{"__proto__": {"title": "x"}}') as Document
    const merged = merge(written, undefined, { count: 1 })
    assert.deepEqual(Object.keys(merged).sort(), ['__proto__', 'count'])
    assert.equal(merged.title, undefined)
  })
})

const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null))
const members = fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.oneof(fc.string(), fc.integer()))
const aDocument: fc.Arbitrary<Document> = fc.record(
  { title: value, count: value, members, keys: members },
  { requiredKeys: [] },
)
const current = fc.record({ title: fc.string(), count: fc.integer(), members, keys: members }, { requiredKeys: [] })

describe('the three-way merge, whatever is written', () => {
  it('changes nothing a second time', () => {
    fc.assert(
      fc.property(aDocument, fc.option(aDocument, { nil: undefined }), current, (written, last, there) => {
        const once = merge(written, last, there)
        assert.ok(isSame(merge(written, written, once), once))
      }),
    )
  })

  it('never touches a field that the file does not say and did not say', () => {
    fc.assert(
      fc.property(aDocument, fc.option(aDocument, { nil: undefined }), current, (written, last, there) => {
        const merged = merge(written, last, there)
        const silent = Object.keys({ ...there, ...merged }).filter(
          name => !Object.hasOwn(written, name) && !Object.hasOwn(last ?? {}, name),
        )
        for (const name of silent) assert.ok(isSame(merged[name], (there as Document)[name]), name)
      }),
    )
  })

  it('makes what the file says so, whatever was there', () => {
    fc.assert(
      fc.property(aDocument, fc.option(aDocument, { nil: undefined }), current, (written, last, there) => {
        const merged = merge(written, last, there)
        for (const name of ['title', 'count', 'keys']) {
          if (Object.hasOwn(written, name)) assert.ok(isSame(merged[name], written[name]), name)
        }
      }),
    )
  })
})
