/** Tests of stored tokens: when they are good, and what a refresh leaves of them. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOON, random } from '../../../../test/support/builders.ts'
import { addSeconds } from '../../../lib/clock.ts'
import { newId } from '../../../lib/id.ts'
import { masterKeyFromText } from '../../../lib/master-key.ts'
import { createSealer } from '../../../lib/seal.ts'
import type { StoredTokens } from '../identity.ts'
import { decideUse, openTokens, refreshedTokens, sealTokens, type TokenUse } from './stored-tokens.ts'

function tokens(left: number | undefined, changes: Partial<StoredTokens> = {}): StoredTokens {
  return {
    accessToken: 'at',
    ...(left === undefined ? {} : { expiresAt: addSeconds(NOON, left).toISOString() }),
    ...changes,
  }
}

const REFRESH = { refreshToken: 'rt' }
const until = (seconds: number) => ({ ...REFRESH, refreshingUntil: addSeconds(NOON, seconds).toISOString() })

describe('stored tokens', () => {
  const uses: readonly [what: string, stored: StoredTokens, min: number, use: TokenUse][] = [
    ['good for longer than min_token_validity', tokens(60, REFRESH), 5, 'use'],
    ['good for just min_token_validity', tokens(5, REFRESH), 5, 'use'],
    ['near their end', tokens(4, REFRESH), 5, 'refresh'],
    ['over', tokens(-1, REFRESH), 5, 'refresh'],
    ['over, with min_token_validity 0', tokens(0, REFRESH), 0, 'refresh'],
    ['near their end, without a refresh token', tokens(4), 5, 'use'],
    ['over, without a refresh token', tokens(0), 5, 'expired'],
    ['of an upstream that says nothing of their end', tokens(undefined, REFRESH), 5, 'use'],
    ['over, while another node refreshes them', tokens(-1, until(10)), 5, 'wait'],
    ['over, claimed by a node that died', tokens(-1, until(-1)), 5, 'refresh'],
  ]
  for (const [what, stored, min, use] of uses) {
    it(`${what}: ${use}`, () => assert.equal(decideUse(stored, min, NOON), use))
  }

  it('keep what a refresh does not say, but never the old end (RFC 6749 §6)', () => {
    const before = tokens(1, { ...REFRESH, idToken: 'id', scope: 'files', tokenType: 'Bearer' })
    assert.deepEqual(refreshedTokens(before, { accessToken: 'new' }), {
      accessToken: 'new',
      refreshToken: 'rt',
      idToken: 'id',
      scope: 'files',
      tokenType: 'Bearer',
    })
    assert.equal(refreshedTokens(before, { accessToken: 'new', refreshToken: 'rotated' }).refreshToken, 'rotated')
  })

  it('open for the identity they were sealed for, and for no other', () => {
    const sealer = createSealer(masterKeyFromText('a master key of a test, 32 characters or more'), random)
    const id = newId<'identity'>(NOON, random)
    const sealed = sealTokens(sealer, id, tokens(60, REFRESH))
    assert.deepEqual(openTokens(sealer, id, sealed), tokens(60, REFRESH))
    assert.equal(sealed.includes('rt'), false)
    assert.throws(() => openTokens(sealer, newId(NOON, random), sealed))
  })
})
