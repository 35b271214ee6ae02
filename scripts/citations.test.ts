/** Tests of how citations are read. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { citationsIn, quotedTexts } from './citations.ts'

function cited(text: string): readonly string[] {
  return citationsIn(text).map(({ specification, section }) => `${specification.name} ${section}`)
}

describe('citations', () => {
  it('are found with their specification, and a § alone belongs to the one named last', () => {
    assert.deepEqual(cited('RFC 6749 §4.1.2.1, §5.2 and OIDC Core §3.1.2.6: see §6'), [
      'RFC 6749 4.1.2.1',
      'RFC 6749 5.2',
      'OIDC Core 3.1.2.6',
      'OIDC Core 6',
    ])
  })

  it('know names by their longest form, and other names for the same text', () => {
    assert.deepEqual(cited('FAPI 2.0 Message Signing §5.3, FAPI 2.0 §5.3.2.2, OpenID Connect Discovery §3'), [
      'FAPI 2.0 Message Signing 5.3',
      'FAPI 2.0 Security Profile 5.3.2.2',
      'OIDC Discovery 3',
    ])
  })

  it('do not take the end of a sentence for a part of the section, nor one RFC for another', () => {
    assert.deepEqual(cited('as RFC 7636 §4.6. RFC 67490 §1'), ['RFC 7636 4.6', 'RFC 7636 1'])
    assert.deepEqual(cited('XRFC 6749 §4'), [])
  })

  it('are told apart by whether they stand in quotes', () => {
    assert.deepEqual(quotedTexts(`// 'no'\nfoo('RFC 1', "two", \`three\`) /* "no" */`), ["'RFC 1'", '"two"', '`three`'])
  })
})
