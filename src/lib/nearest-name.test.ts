/** Tests of "did you mean". */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { didYouMean, nearestName } from './nearest-name.ts'

describe('nearestName', () => {
  const known = ['issuer', 'listen', 'database', 'tls', 'log']

  const cases: ReadonlyArray<readonly [string, string | undefined]> = [
    ['isuer', 'issuer'],
    ['isseur', 'issuer'],
    ['Databse', 'database'],
    ['lsiten', 'listen'],
    ['lgo', 'log'],
    ['tsl', 'tls'],
    ['smtp', undefined],
    ['a', undefined],
    ['completely-different', undefined],
  ]
  for (const [written, meant] of cases) {
    it(`takes ${written} for ${meant ?? 'nothing'}`, () => assert.equal(nearestName(written, known), meant))
  }

  it('takes a short name for the only longer one that ends with it', () => {
    const fields = ['client_secret', 'client_secret_hash', 'redirect_uris', 'post_logout_redirect_uris', 'client_id']
    assert.equal(nearestName('secret', fields), 'client_secret')
    assert.equal(nearestName('uris', fields), undefined, 'there are two')
    assert.equal(nearestName('id', fields), undefined, 'too short to tell')
  })

  it('reads as the end of a sentence, and as nothing when there is nothing to say', () => {
    assert.equal(didYouMean('isuer', known), ' (did you mean issuer?)')
    assert.equal(didYouMean('smtp', known), '')
  })
})
