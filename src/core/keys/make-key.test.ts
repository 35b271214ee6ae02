/** Tests of new keys. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOON, random } from '../../../test/support/builders.ts'
import { masterKeyFromText } from '../../lib/master-key.ts'
import { createSealer } from '../../lib/seal.ts'
import { makeKey } from './make-key.ts'

describe('new keys', () => {
  it('have a kid that commands never take for an option', async () => {
    const sealer = createSealer(masterKeyFromText('a master key of a test, 32 characters or more'), random)
    const made = await Promise.all(Array.from({ length: 500 }, () => makeKey('EdDSA', { sealer, random }, NOON)))
    assert.deepEqual(
      made.filter(({ kid }) => kid.startsWith('-')),
      [],
    )
  })
})
