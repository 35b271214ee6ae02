/** Tests of templates. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { findClaim } from './claim-path.ts'
import { oneText } from './claim-value.ts'
import { fillTemplate, parseTemplate } from './template.ts'

const CLAIMS = { preferred_username: 'Ada', email: 'Ada.Lovelace@Example.org', number: 7, empty: '', list: ['a', 'b'] }

function fill(text: string) {
  const template = parseTemplate(text)
  if (typeof template === 'string') assert.fail(template)
  return fillTemplate(template, {
    alias: 'google',
    uuid: 'some-uuid',
    textOf: path => oneText(findClaim(CLAIMS, path)),
  })
}

describe('templates', () => {
  const filled: ReadonlyArray<readonly [template: string, text: string]> = [
    ['${ALIAS}.${CLAIM.preferred_username}', 'google.Ada'],
    ['${CLAIM.email|localpart}', 'Ada.Lovelace'],
    ['${CLAIM.email|localpart|lowercase}', 'ada.lovelace'],
    ['${CLAIM.preferred_username|localpart|uppercase}', 'ADA'],
    ['${UUID}-${CLAIM.number}', 'some-uuid-7'],
    ['plain $text} {here}', 'plain $text} {here}'],
  ]
  for (const [template, text] of filled) it(`fill ${template}`, () => assert.deepEqual(fill(template), { text }))

  for (const claim of ['absent', 'empty', 'list']) {
    it(`have no value at all without one text for a claim: ${claim}`, () => {
      assert.deepEqual(fill(`\${ALIAS}.\${CLAIM.${claim}}`), { missing: claim })
    })
  }

  it('do not read a value that looks like a place', () => {
    const template = parseTemplate('${CLAIM.name}')
    if (typeof template === 'string') assert.fail(template)
    const values = { alias: 'google', uuid: 'u', textOf: () => '${ALIAS}' }
    assert.deepEqual(fillTemplate(template, values), { text: '${ALIAS}' })
  })

  const wrong: ReadonlyArray<readonly [template: string, mistake: RegExp]> = [
    ['', /is empty/],
    ['${ALIAS', /without its \}/],
    ['${NAME}', /none of ALIAS, UUID and CLAIM/],
    ['${CLAIM.}', /claim path that is empty/],
    ['${CLAIM.a|trim}', /none of lowercase, uppercase, localpart/],
    ['${CLAIM.a|constructor}', /none of lowercase/],
  ]
  for (const [template, mistake] of wrong) {
    it(`are refused when they are malformed: ${template || '(empty)'}`, () => {
      assert.match(String(parseTemplate(template)), mistake)
    })
  }

  it('never throw, whatever their text is', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'${}CLAIM.|ab[') }), text => void parseTemplate(text)))
  })
})
