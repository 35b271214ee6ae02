/** Tests of patterns for values of claims. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { matchesWhole, parseClaimPattern } from './claim-pattern.ts'

function matches(text: string, value: string): boolean {
  const pattern = parseClaimPattern(text)
  return typeof pattern === 'string' ? assert.fail(`${text} ${pattern}`) : matchesWhole(pattern, value)
}

/** Patterns of a few letters, with everything that the syntax combines; so small that `RegExp` is done with them soon, too. */
const patterns = fc.letrec<{ pattern: string; atom: string; repeated: string }>(tie => ({
  atom: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\.', '\\p{L}', '\\x61', '\\-'),
    tie('pattern').map(inner => `(${inner})`),
    tie('pattern').map(inner => `(?:${inner})`),
  ),
  repeated: fc
    .tuple(tie('atom'), fc.constantFrom('', '*', '+', '?', '{2}', '{1,}', '{0,2}', '*?', '+?'))
    .map(([atom, sign]) => `${atom}${sign}`),
  pattern: fc
    .array(fc.array(tie('repeated'), { maxLength: 3 }), { minLength: 1, maxLength: 2 })
    .map(ways => ways.map(parts => parts.join('')).join('|')),
})).pattern

describe('patterns for values of claims', () => {
  it('are held against the whole value', () => {
    assert.equal(matches('staff', 'staff'), true)
    assert.equal(matches('staff', 'not-staff'), false)
    assert.equal(matches('^(?:cn=)?staff-\\d+$', 'cn=staff-42'), true)
    assert.equal(matches('.*@example\\.com', 'ada@example.com.evil.org'), false)
    assert.equal(matches('a|ab', 'ab'), true)
    assert.equal(matches('staff', 'STAFF'), false)
    assert.equal(matches('(?i)staff', 'STAFF'), true)
    assert.equal(matches('price\\$', 'price$'), true)
  })

  it('mean what they mean in JavaScript', () => {
    const value = fc.string({ unit: fc.constantFrom('a', 'b', '.', '1', '-', 'é', '😀', '\n'), maxLength: 5 })
    fc.assert(
      fc.property(patterns, value, (text, subject) => {
        fc.pre(text !== '')
        const pattern = parseClaimPattern(text)
        if (typeof pattern === 'string') return
        // Outside of classes, \- is no escape with the flag u.
        const theirs = new RegExp(`^(?:${text.replaceAll('\\-', '-')})$`, 'u')
        assert.equal(matchesWhole(pattern, subject), theirs.test(subject))
      }),
      { numRuns: 500 },
    )
  })

  // With RegExp, each of them takes longer than the sun will shine.
  for (const text of ['(a+)+b', '(a|a)*b', '(a|aa)+b', '(.*)*x', `${'a?'.repeat(200)}${'a'.repeat(200)}b`]) {
    it(`cannot be kept busy by a value: ${text.slice(0, 20)}`, () => {
      assert.equal(matches(text, 'a'.repeat(2000)), false)
    })
  }

  it('never match a value longer than 2,000 characters', () => {
    assert.equal(matches('a*', 'a'.repeat(2000)), true)
    assert.equal(matches('a*', 'a'.repeat(2001)), false)
  })

  const wrong: ReadonlyArray<readonly [pattern: string, mistake: RegExp]> = [
    ['', /is empty/],
    ['(a', /\( without its \)/],
    ['a)', /\) without its \(/],
    ['[a', /\[ without its \]/],
    ['*a', /repetition of nothing/],
    ['a**', /repetition of nothing/],
    ['a{2,1}', /out of order/],
    ['a{1001}', /more than 1000/],
    ['(?=a)', /not look around/],
    ['(?<!a)b', /not look around/],
    ['(a)\\1', /backslash/],
    ['\\bword', /backslash/],
    ['a^b', /within it/],
    ['[z-a]', /no regular expression/],
    ['((a{100}){100}){100}', /too large/],
    ['a'.repeat(1001), /at most 1000/],
    ['('.repeat(21), /deeper/],
  ]
  for (const [text, mistake] of wrong) {
    it(`are refused when they are malformed or need to look around: ${text.slice(0, 20) || '(empty)'}`, () => {
      assert.match(String(parseClaimPattern(text)), mistake)
    })
  }

  it('never throw, whatever their text is', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'ab()[]{}|*+?\\^$.,1dp-:') }))
    fc.assert(
      fc.property(text, fc.string(), (pattern, value) => {
        const parsed = parseClaimPattern(pattern)
        if (typeof parsed !== 'string') matchesWhole(parsed, value)
      }),
      { numRuns: 1000 },
    )
  })
})
