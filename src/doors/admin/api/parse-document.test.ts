/** Tests of the bodies of changes: JSON that means one thing, or a refusal. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isProblem } from '../../../core/administration/problem.ts'
import { parseDocument } from './parse-document.ts'

function refusedAs(content: string | Buffer): readonly (readonly [field: string, rule: string])[] {
  const problem = parseDocument(Buffer.from(content))
  assert.ok(isProblem(problem), `${content} was taken`)
  return problem.mistakes.map(({ member, rule }) => [member, rule])
}

describe('a document', () => {
  it('is what the JSON says, whatever it says (RFC 8259 §2)', () => {
    const names = fc.string().filter(name => name !== '__proto__' && !name.includes('\0'))
    const values = fc.oneof(
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.string().filter(text => !text.includes('\0')),
      fc.constantFrom('{"a":1,"a":2}', '"', '\\', '\\"a":', '}{'),
    )
    const { tree } = fc.letrec<{ tree: unknown }>(tie => ({
      tree: fc.oneof(
        values,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(names, tie('tree'), { maxKeys: 4 }),
      ),
    }))
    fc.assert(
      fc.property(fc.dictionary(names, tree, { maxKeys: 5 }), fc.boolean(), (value, isPretty) => {
        const text = JSON.stringify(value, null, isPretty ? 2 : 0)
        assert.deepEqual(parseDocument(Buffer.from(text)), JSON.parse(text))
      }),
      { numRuns: 300 },
    )
  })

  it('has each name once, at every depth, however it is written (RFC 8259 §4)', () => {
    const rule = 'RFC 8259 §4 member names are unique'
    assert.deepEqual(refusedAs('{"role":"viewer","role":"administrator"}'), [['role', rule]])
    assert.deepEqual(refusedAs('{"role":"viewer","r\\u006fle":"administrator"}'), [['role', rule]])
    assert.deepEqual(refusedAs('{"a":[{"b":{"c":1},"b":2}]}'), [['b', rule]])
    assert.deepEqual(refusedAs(`{"a":1,"b":"x","a"${' \n'.repeat(200)}:2}`), [['a', rule]])
    assert.ok(!isProblem(parseDocument(Buffer.from('{"a":{"b":1},"c":{"b":2},"d":["b","b"],"b":"b"}'))))
  })

  it('has no __proto__, at no depth', () => {
    assert.deepEqual(refusedAs('{"__proto__":{"role":"administrator"}}'), [['__proto__', 'member name']])
    assert.deepEqual(refusedAs('{"a":[{"__proto__":1}]}'), [['a[0].__proto__', 'member name']])
    assert.deepEqual(refusedAs('{"\\u005f_proto__":1}'), [['__proto__', 'member name']])
  })

  it('has no text that no database can keep', () => {
    assert.deepEqual(refusedAs('{"a":{"b":"x\\u0000y"}}'), [['a.b', 'text']])
    assert.deepEqual(refusedAs('{"a":{"x\\u0000y":1}}'), [['a', 'text']])
  })

  it('has no halves of characters, in names and in texts (RFC 8259 §8.2)', () => {
    const rule = 'RFC 8259 §8.2 Unicode characters'
    assert.deepEqual(refusedAs('{"name":"a\\udfff"}'), [['name', rule]])
    assert.deepEqual(refusedAs('{"a":{"\\ud800":1}}'), [['a', rule]])
    assert.ok(!isProblem(parseDocument(Buffer.from('{"name":"\\ud83d\\ude00"}'))))
  })

  it('is no deeper than any field could be', () => {
    const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
    assert.ok(!isProblem(parseDocument(Buffer.from(nested(20)))))
    assert.deepEqual(
      refusedAs(nested(100_000)).map(([, rule]) => rule),
      ['depth of JSON'],
    )
  })

  for (const text of ['', 'null', '[]', '"text"', '1', 'true']) {
    it(`is an object, and not ${text === '' ? 'nothing' : text}`, () => assert.equal(refusedAs(text)[0]?.[0], 'body'))
  }

  for (const text of ['{', "{'a':1}", '{"a":1,}', '{"a":NaN}', '{a:1}', '{"a":1}{}', '\ufeff{"a":1}']) {
    it(`is JSON, and not ${JSON.stringify(text)} (RFC 8259 §2)`, () =>
      assert.deepEqual(refusedAs(text), [['body', 'RFC 8259 §2 JSON']]))
  }

  it('is UTF-8 (RFC 8259 §8.1)', () => {
    assert.deepEqual(refusedAs(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), [
      ['body', 'RFC 8259 §8.1 UTF-8'],
    ])
  })
})
