/** Tests of the parameter parser. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { asQuery, checkNotRepeated, encodeParams, parseParams, printable } from './params.ts'
import { isRefusal, type Refusal } from './refusal.ts'

function parsed(text: string) {
  const params = parseParams(text)
  assert.ok(!isRefusal(params))
  return params
}

describe('protocol parameters (RFC 6749 Appendix B)', () => {
  it('reads names and values, + as a blank, percent escapes as UTF-8', () => {
    const params = parsed('scope=openid+email&state=%C3%A4%20%26')
    assert.equal(params.get('scope'), 'openid email')
    assert.equal(params.get('state'), 'ä &')
    assert.equal(params.get('nonce'), undefined)
  })

  it('treats a parameter without a value as omitted (§3.1)', () => {
    assert.equal(parsed('state=&nonce&code=1').get('state'), undefined)
    assert.equal(parsed('state=&nonce&code=1').get('nonce'), undefined)
  })

  it('refuses a parameter that comes twice, by its name (§3.1)', () => {
    const refusal = checkNotRepeated(parsed('code=1&code=1'))
    assert.equal(refusal?.error, 'invalid_request')
    assert.equal(refusal.description, 'code was sent more than once')
    assert.equal(checkNotRepeated(parsed('code=1&state=1')), undefined)
  })

  for (const bad of ['a=%', 'a=%zz', 'a=%ff', '%ff=1', 'a=%00']) {
    it(`refuses what is no form-urlencoded UTF-8: ${bad}`, () => {
      assert.equal((parseParams(bad) as Refusal).error, 'invalid_request')
    })
  }

  it('refuses more than a hundred parameters', () => {
    const text = Array.from({ length: 101 }, (_, index) => `p${index}=1`).join('&')
    assert.ok(isRefusal(parseParams(text)))
  })

  it('reads back whatever was written', () => {
    const names = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }), { maxLength: 8 })
    fc.assert(
      fc.property(
        names,
        fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 8, maxLength: 8 }),
        (keys, values) => {
          fc.pre(![...keys, ...values].some(text => text.includes('\0')))
          const pairs = keys.map((key, index) => [key, values[index] ?? ''] as const)
          const params = parsed(encodeParams(pairs))
          for (const [key, value] of pairs) assert.equal(params.get(key), value)
        },
      ),
    )
  })

  it('never throws, whatever comes', () => {
    fc.assert(fc.property(fc.string(), text => void parseParams(text)))
  })
})

describe('printable (RFC 6749 §4.1.2.1)', () => {
  it('leaves only what an error_description may hold', () => {
    assert.equal(printable('a"b\\c\r\nä'), 'a?b?c???')
    fc.assert(fc.property(fc.string(), text => assert.match(printable(text), /^[\x20\x21\x23-\x5B\x5D-\x7E]*$/)))
  })
})

describe('a posted form as a query', () => {
  it('holds nothing that ends a header line or a query, and means the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        const query = asQuery(text)
        assert.match(query, /^[\x21\x22\x24-\x7E]*$/)
        const [form, again] = [parseParams(text.replaceAll(' ', '%20')), parseParams(query)]
        assert.equal(isRefusal(form), isRefusal(again))
      }),
    )
    assert.equal(asQuery('a=b c\r\nSet-Cookie: x#y&d=ä'), 'a=b%20c%0D%0ASet-Cookie:%20x%23y&d=%C3%A4')
  })
})
