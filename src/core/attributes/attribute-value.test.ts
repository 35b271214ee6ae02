/** Tests of values of custom attributes: from text and from JSON, type by type. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AttributeType } from './attribute-definition.ts'
import { isAttributeValue, parseAttributeValue } from './attribute-value.ts'

const rules = (type: AttributeType, changes: { isList?: boolean; choices?: readonly string[] } = {}) => ({
  type,
  isList: false,
  choices: [],
  ...changes,
})

describe('values of an attribute', () => {
  const good: ReadonlyArray<readonly [type: AttributeType, written: unknown, value: unknown]> = [
    ['text', 'Sales', 'Sales'],
    ['text', '7', '7'],
    ['number', 7.5, 7.5],
    ['number', '-7.5e2', -750],
    ['boolean', false, false],
    ['boolean', 'true', true],
    ['date', '2024-02-29', '2024-02-29'],
    ['url', 'https://example.com/me?x=1', 'https://example.com/me?x=1'],
    ['email', 'ada@example.com', 'ada@example.com'],
    ['phone', '+49 (30) 123-4', '+49 (30) 123-4'],
    ['json', { floor: 3 }, { floor: 3 }],
    ['json', '{"floor":3}', { floor: 3 }],
    ['json', '"a text"', 'a text'],
  ]
  for (const [type, written, value] of good) {
    it(`of type ${type} may be ${JSON.stringify(written)}`, () => {
      assert.deepEqual(parseAttributeValue(rules(type), written), { value })
      assert.deepEqual(parseAttributeValue(rules(type, { isList: true }), [written]), { value: [value] })
    })
  }

  const bad: ReadonlyArray<readonly [type: AttributeType, written: unknown, why: RegExp]> = [
    ['text', 7, /must be text/],
    ['text', ['Sales'], /must be text/],
    ['text', 'a\nb', /control characters/],
    ['text', 'a\ud800', /control characters/],
    ['text', 'x'.repeat(1001), /at most 1000/],
    ['number', 'seven', /a number/],
    ['number', '0x10', /a number/],
    ['number', ' ', /a number/],
    ['number', Number.POSITIVE_INFINITY, /a number/],
    ['boolean', 'yes', /true or false/],
    ['boolean', 1, /true or false/],
    ['date', '2023-02-29', /a date/],
    ['date', '2023-2-1', /a date/],
    ['url', 'javascript:alert(1)', /a URL/],
    ['url', 'https://', /a URL/],
    ['email', 'nobody', /e-mail/],
    ['phone', 'call me', /phone/],
    ['json', '{floor:3}', /JSON/],
    ['json', { text: 'x'.repeat(20_000) }, /at most 16384/],
  ]
  for (const [type, written, why] of bad) {
    it(`of type ${type} cannot be ${JSON.stringify(written).slice(0, 40)}`, () => {
      const parsed = parseAttributeValue(rules(type), written)
      assert.match('broken' in parsed ? parsed.broken : 'fine', why)
    })
  }

  it('are taken away by nothing: an empty text, null, an empty list', () => {
    for (const nothing of ['', null, undefined]) assert.deepEqual(parseAttributeValue(rules('text'), nothing), {})
    for (const nothing of ['', null, [], ' , ']) {
      assert.deepEqual(parseAttributeValue(rules('text', { isList: true }), nothing), {})
    }
  })

  it('of a list are separated by commas, or stand in a JSON list', () => {
    const list = rules('number', { isList: true })
    assert.deepEqual(parseAttributeValue(list, '1, 2,3'), { value: [1, 2, 3] })
    const texts = rules('text', { isList: true })
    assert.deepEqual(parseAttributeValue(texts, '["a, b","c"]'), { value: ['a, b', 'c'] })
    for (const wrong of [7, { 0: 'a' }, '[1', Array.from({ length: 101 }, () => 'x')]) {
      assert.ok('broken' in parseAttributeValue(texts, wrong), JSON.stringify(wrong).slice(0, 20))
    }
  })

  it('are one of the choices, where there are some', () => {
    const sizes = rules('text', { choices: ['s', 'm'] })
    assert.deepEqual(parseAttributeValue(sizes, 'm'), { value: 'm' })
    assert.deepEqual(parseAttributeValue(sizes, 'M'), { broken: 'must be one of s, m' })
    assert.deepEqual(parseAttributeValue({ ...sizes, isList: true }, ['s', 'x']), { broken: 'must be one of s, m' })
  })

  it('fit only as they would be kept: what has to be read as another type does not', () => {
    assert.equal(isAttributeValue(rules('number'), 7), true)
    assert.equal(isAttributeValue(rules('number'), '7'), false)
    assert.equal(isAttributeValue(rules('text', { isList: true }), 'a,b'), false)
    assert.equal(isAttributeValue(rules('text'), ['a']), false)
  })
})
