/** Tests of the classes of sign-ins. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClient, anAuthorizationRequest } from '../../../test/support/builders.ts'
import type { AuthorizationRequest } from '../../spec/authorization-request.ts'
import { type AcrLevel, type AcrWish, acrWishOf, decideAcr, isReachable } from './acr.ts'

const LEVELS: readonly AcrLevel[] = [
  { value: 'any', requires: [] },
  { value: 'password', requires: ['pwd'] },
  { value: 'key', requires: ['pwd', 'hwk'] },
]
const voluntary = (...values: string[]): AcrWish => ({ values, isEssential: false })

describe('what an app wishes of a sign-in (OIDC Core §3.1.2.1, §5.5.1.1)', () => {
  const acr = (wish: object) => ({ claims: { idToken: { acr: wish } } })
  const rows: [string, Partial<AuthorizationRequest>, AcrWish][] = [
    ['nothing, but the default of the client', {}, voluntary('standard')],
    ['acr_values before the default', { acrValues: ['key', 'any'] }, voluntary('key', 'any')],
    [
      'an essential claim before everything',
      { ...acr({ essential: true, value: 'key' }), acrValues: ['any'] },
      {
        values: ['key'],
        isEssential: true,
      },
    ],
    ['acr_values before a voluntary claim', { ...acr({ values: ['key'] }), acrValues: ['any'] }, voluntary('any')],
    ['a voluntary claim', acr({ values: ['key', 7, 'any'] }), voluntary('key', 'any')],
    ['an essential claim of any value: the default will do', acr({ essential: true }), voluntary('standard')],
    ['an essential claim of no value at all', acr({ essential: true, values: [] }), voluntary()],
  ]
  for (const [what, changes, wish] of rows) {
    it(what, () => {
      const client = aClient({ defaultAcrValues: ['standard'] })
      assert.deepEqual(acrWishOf(anAuthorizationRequest(changes), client), wish)
    })
  }
})

describe('what a sign-in is worth (OIDC Core §2 acr)', () => {
  const rows: [string, AcrWish, string[], ReturnType<typeof decideAcr>][] = [
    ['the strongest class it reached', voluntary(), ['pwd', 'hwk'], { acr: 'key', isMet: true }],
    ['the first wish that it meets', voluntary('key', 'any', 'password'), ['pwd'], { acr: 'any', isMet: true }],
    ['what it reached, when it meets no wish', voluntary('key', 'gold'), ['pwd'], { acr: 'password', isMet: false }],
    ['nothing of what it did not do', voluntary('password'), ['otp'], { acr: 'any', isMet: false }],
  ]
  for (const [what, wish, amr, decision] of rows) {
    it(what, () => assert.deepEqual(decideAcr(wish, LEVELS, amr), decision))
  }

  it('is nothing that has a name where no class is configured', () => {
    assert.deepEqual(decideAcr(voluntary(), [], ['pwd']), { acr: undefined, isMet: true })
  })

  it('can be raised to what a password reaches (RFC 9470 §5)', () => {
    assert.ok(isReachable(voluntary('key', 'password'), LEVELS))
    assert.ok(!isReachable(voluntary('key'), LEVELS))
    assert.ok(!isReachable(voluntary(), LEVELS))
  })

  it('can be raised to what one way to sign in reaches, not several together (RFC 9470 §5)', () => {
    assert.ok(isReachable(voluntary('key'), LEVELS, [['pwd'], ['pwd', 'hwk']]))
    assert.ok(!isReachable(voluntary('key'), LEVELS, [['pwd'], ['hwk']]))
    assert.ok(isReachable(voluntary('key'), LEVELS, [['pwd'], 'any']))
    assert.ok(!isReachable(voluntary('gold'), LEVELS, ['any']))
  })
})
