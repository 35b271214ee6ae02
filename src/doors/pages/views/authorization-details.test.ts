/** Tests of how authorization details are shown: everything, readably, and nothing as markup. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { translateTo } from '../text/text.ts'
import { linesOf, renderDetails } from './authorization-details.ts'

describe('authorization details on a page (RFC 9396 §2)', () => {
  it('are lines of names and values, however deep they stand', () => {
    assert.deepEqual(
      linesOf({
        actions: ['read', 'write'],
        amount: { currency: 'EUR', value: 12.5 },
        parties: [{ name: 'Ada' }, 'Bob', ['x', 'y']],
        open: true,
        until: null,
        none: [],
        accounts: {},
        purposes: [{}, { code: {} }],
      }),
      [
        ['actions', 'read, write'],
        ['amount · currency', 'EUR'],
        ['amount · value', '12.5'],
        ['parties 1 · name', 'Ada'],
        ['parties 2', 'Bob'],
        ['parties 3', 'x, y'],
        ['open', 'true'],
        ['until', 'null'],
        ['none', ''],
        ['accounts', ''],
        ['purposes 1', ''],
        ['purposes 2 · code', ''],
      ],
    )
  })

  it('say the common fields in words, and names of programmers without their humps', () => {
    const markup = String(renderDetails([{ type: 'tax_data', locations: ['a'], yearOfBirth: 1 }], translateTo('en')))
    for (const text of ['tax data', 'Where', 'year of birth']) assert.ok(markup.includes(text), text)
  })

  it('leave no text out and let none become markup', () => {
    const member = fc.tuple(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }))
    fc.assert(
      fc.property(fc.array(member, { maxLength: 5 }), members => {
        const detail = { ...Object.fromEntries(members), type: 'x' }
        const lines = linesOf(detail)
        for (const [name, value] of Object.entries(detail))
          assert.ok(lines.some(line => line[0] === name && line[1] === value))
        const markup = String(renderDetails([detail], translateTo('en')))
        assert.ok(!/<(?!\/?(?:h2|ul|li|svg|path|circle|rect|div|strong|dl|dt|dd)\b)/.test(markup))
      }),
    )
  })
})
