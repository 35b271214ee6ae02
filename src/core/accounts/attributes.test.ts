/** Tests of attributes: every standard claim of OIDC Core §5.1, from text and from JSON. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAttributes, splitAttribute } from './attributes.ts'

describe('attributes (OIDC Core §5.1)', () => {
  const good: ReadonlyArray<readonly [name: string, value: unknown, expected: object]> = [
    ['name', 'Ada Lovelace', { name: 'Ada Lovelace' }],
    ['name#de', 'Gräfin Lovelace', { 'name#de': 'Gräfin Lovelace' }],
    ['family_name#ja-Hani-JP', '佐藤', { 'family_name#ja-Hani-JP': '佐藤' }],
    ['picture', 'https://example.com/a.png', { picture: 'https://example.com/a.png' }],
    ['birthdate', '1815-12-10', { birthdate: '1815-12-10' }],
    ['birthdate', '0000-02-29', { birthdate: '0000-02-29' }],
    ['birthdate', '1815', { birthdate: '1815' }],
    ['zoneinfo', 'Europe/Berlin', { zoneinfo: 'Europe/Berlin' }],
    ['locale', 'de-AT', { locale: 'de-AT' }],
    ['phone_number', '+49 30 1', { phone_number: '+49 30 1' }],
    ['phone_number_verified', 'true', { phone_number_verified: true }],
    ['phone_number_verified', false, { phone_number_verified: false }],
    ['address.locality', 'Berlin', { address: { locality: 'Berlin' } }],
    ['address', '{"locality":"Berlin","country":"DE"}', { address: { locality: 'Berlin', country: 'DE' } }],
    ['address', { formatted: 'A\nB' }, { address: { formatted: 'A\nB' } }],
  ]
  for (const [name, value, expected] of good) {
    it(`takes ${name}=${JSON.stringify(value)}`, () => {
      const { attributes, mistakes } = parseAttributes([[name, value]])
      assert.deepEqual(mistakes, [])
      assert.deepEqual(attributes, expected)
    })
  }

  const bad: ReadonlyArray<readonly [name: string, value: unknown, message: RegExp]> = [
    ['given_nam', 'x', /did you mean given_name/],
    ['toString', 'x', /is no attribute/],
    ['name#', 'x', /is no attribute/],
    ['birthdate#de', '1815', /is no attribute/],
    ['toString#de', 'x', /is no attribute/],
    ['email', 'a@b.c', /is the e-mail address of the account/],
    ['sub', '1', /never changes/],
    ['groups', 'a', /are the groups of the account/],
    ['name', 'a\nb', /control characters/],
    ['name', 1, /must be text/],
    ['website', 'javascript:alert(1)', /must be a URL/],
    ['birthdate', '1815-02-29', /YYYY-MM-DD/],
    ['birthdate', '10.12.1815', /YYYY-MM-DD/],
    ['birthdate', '0000', /YYYY-MM-DD/],
    ['zoneinfo', 'Berlin', /time zone/],
    ['zoneinfo', '+01:00', /time zone/],
    ['locale', 'de_AT', /language tag/],
    ['phone_number_verified', 'yes', /true or false/],
    ['email_verified', 'maybe', /true or false/],
    ['address', 'Berlin', /JSON object/],
    ['address', '["Berlin"]', /JSON object/],
    ['address', '{"city":"Berlin"}', /is no part of an address/],
    ['address.localty', 'Berlin', /did you mean locality/],
    ['address.locality', 5, /must be text/],
  ]
  for (const [name, value, message] of bad) {
    it(`refuses ${name}=${JSON.stringify(value)}`, () => {
      const { mistakes } = parseAttributes([[name, value]])
      assert.equal(mistakes.length, 1)
      assert.match(mistakes[0]?.message ?? '', message)
    })
  }

  it('adds up the members of an address, and takes away what is set to nothing', () => {
    const { attributes } = parseAttributes(
      [
        ['address.locality', 'Berlin'],
        ['address.country', 'DE'],
        ['address.region', ''],
        ['nickname', ''],
      ],
      { nickname: 'A', name: 'Ada', address: { region: 'BE' } },
    )
    assert.deepEqual(attributes, { name: 'Ada', address: { locality: 'Berlin', country: 'DE' } })
  })

  it('tells email_verified apart, which belongs to the account', () => {
    const { attributes, emailVerified } = parseAttributes([['email_verified', 'false']])
    assert.deepEqual([attributes, emailVerified], [{}, false])
  })

  it('splits KEY=VALUE at the first equals sign', () => {
    assert.deepEqual(splitAttribute('website=https://a.example/?x=1'), ['website', 'https://a.example/?x=1'])
    assert.equal(splitAttribute('website'), undefined)
    assert.equal(splitAttribute('=x'), undefined)
  })

  it('adds a part of the address and a whole address up, in either order (OIDC Core §5.1.1)', () => {
    const part = ['address.locality', 'Berlin'] as const
    const whole = ['address', '{"country":"DE"}'] as const
    const expected = { address: { locality: 'Berlin', country: 'DE' } }
    assert.deepEqual(parseAttributes([part, whole]).attributes, expected)
    assert.deepEqual(parseAttributes([whole, part]).attributes, expected)
    assert.deepEqual(parseAttributes([whole], { address: { region: 'x' } }).attributes, { address: { country: 'DE' } })
  })
})
