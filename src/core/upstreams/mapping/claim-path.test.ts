/** Tests of claim paths. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { findClaim, parseClaimPath } from './claim-path.ts'

const PERSON = {
  sub: '248289761001',
  address: { locality: 'Berlin' },
  'https://example.com/claims': { groups: ['staff', 'admins'] },
  emails: [
    { email: 'old@example.org', primary: false, rank: 2 },
    { email: 'ada@example.org', primary: true, rank: 1 },
  ],
  'a]b': 'bracket',
  kinds: [{ 'x=y': 'one]two', is: 'found' }],
  nothing: null,
}

function find(path: string, document: Readonly<Record<string, unknown>> = PERSON): unknown {
  const parsed = parseClaimPath(path)
  return typeof parsed === 'string' ? assert.fail(`${path} ${parsed}`) : findClaim(document, parsed)
}

describe('claim paths', () => {
  const found: ReadonlyArray<readonly [path: string, value: unknown]> = [
    ['sub', '248289761001'],
    ['address.locality', 'Berlin'],
    ['https://example\\.com/claims.groups[1]', 'admins'],
    ['emails[0].email', 'old@example.org'],
    ['emails[primary=true].email', 'ada@example.org'],
    ['emails[rank=2].email', 'old@example.org'],
    ['emails[email=ada@example\\.org].rank', 1],
    ['a\\]b', 'bracket'],
    ['kinds[x\\=y=one\\]two].is', 'found'],
  ]
  for (const [path, value] of found) it(`find ${path}`, () => assert.equal(find(path), value))

  for (const path of [
    'address.street',
    'sub.length',
    'emails.length',
    'emails[7]',
    'emails[primary=maybe]',
    'nothing',
  ]) {
    it(`find nothing at ${path}`, () => assert.equal(find(path), undefined))
  }

  const inherited = [
    '__proto__',
    'constructor',
    'constructor.name',
    'toString',
    'address.__proto__',
    'emails.constructor',
  ]
  for (const path of inherited) {
    it(`find nothing that a document did not say itself: ${path}`, () => assert.equal(find(path), undefined))
  }

  it('find a claim that is called like something of JavaScript when the document says it', () => {
    assert.equal(find('__proto__', JSON.parse('{"__proto__":"said"}')), 'said')
    assert.equal(find('constructor.name', { constructor: { name: 'said' } }), 'said')
  })

  const wrong: ReadonlyArray<readonly [path: string, mistake: RegExp]> = [
    ['', /is empty/],
    ['.sub', /empty name/],
    ['a..b', /empty name/],
    ['a.', /empty name/],
    ['[0]', /begins with the name/],
    ['a[', /without its \]/],
    ['a[]', /neither a number nor/],
    ['a[-1]', /neither a number nor/],
    ['a[=x]', /neither a number nor/],
    ['a[0]b', /needs a dot/],
    ['a\\b', /backslash/],
    ['a\\', /backslash/],
    ['x'.repeat(1001), /at most 1000/],
    [Array.from({ length: 17 }, () => 'a').join('.'), /at most 16 steps/],
  ]
  for (const [path, mistake] of wrong) {
    it(`are refused when they are malformed: ${path.slice(0, 20) || '(empty)'}`, () => {
      assert.match(String(parseClaimPath(path)), mistake)
    })
  }

  it('never throw, whatever path and document are', () => {
    const path = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'ab.[]=\\0_') }))
    fc.assert(
      fc.property(path, fc.dictionary(fc.string(), fc.jsonValue()), (text, document) => {
        const parsed = parseClaimPath(text)
        if (typeof parsed !== 'string') findClaim(document as Readonly<Record<string, unknown>>, parsed)
      }),
    )
  })

  it('find every name when it is escaped', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 50 }), name => {
        const escaped = name.replace(/[.[\]=\\]/g, '\\$&')
        assert.equal(find(escaped, Object.fromEntries([[name, 'said']])), 'said')
      }),
    )
  })
})
