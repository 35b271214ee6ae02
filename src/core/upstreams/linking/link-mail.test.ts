/** Tests of the one-time link that proves an account. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NOON, random } from '../../../../test/support/builders.ts'
import { addSeconds } from '../../../lib/clock.ts'
import { newId } from '../../../lib/id.ts'
import { createHandles } from '../../handles/handles.ts'
import {
  hiddenAddress,
  linkMailBucket,
  maskedAddress,
  openLinkMail,
  sealLinkMail,
  secondsToNextMail,
} from './link-mail.ts'

describe('the one-time link of a mail', () => {
  const handles = createHandles(random.bytes(32))
  const named = {
    flowId: newId<'flow'>(NOON, random),
    attemptId: newId<'upstream-attempt'>(NOON, random),
    accountId: newId<'account'>(NOON, random),
    expiresAt: addSeconds(NOON, 900),
  }

  it('names its flow, answer and account until it expires, and nothing of another kind passes for it', () => {
    const token = sealLinkMail(handles, named)
    assert.deepEqual(openLinkMail(handles, token, NOON), named)
    assert.equal(openLinkMail(handles, token, named.expiresAt), undefined)
    assert.equal(openLinkMail(createHandles(random.bytes(32)), token, NOON), undefined)
    assert.equal(openLinkMail(handles, handles.seal('form', Buffer.alloc(54)), NOON), undefined)
  })

  it('is sent again after a minute, and to one account five times an hour', async () => {
    const pending = { attemptId: named.attemptId, accountId: named.accountId }
    const bucket = (level: number) => ({
      find: async () => [{ key: linkMailBucket(named.accountId), level, at: NOON }],
    })
    const mailedAt = NOON.toISOString()
    assert.equal(await secondsToNextMail({ ...pending, mailedAt }, bucket(1), addSeconds(NOON, 18)), 42)
    assert.equal(await secondsToNextMail({ ...pending, mailedAt }, bucket(1), addSeconds(NOON, 60)), 0)
    assert.equal(await secondsToNextMail(pending, bucket(4), NOON), 0)
    assert.equal(await secondsToNextMail(pending, bucket(5), NOON), 720)
    assert.equal(await secondsToNextMail(pending, bucket(5), addSeconds(NOON, 720)), 0)
  })

  it('goes to an address that only its owner knows in full', () => {
    assert.equal(maskedAddress('ada@example.org'), 'a•••@example.org')
    assert.equal(maskedAddress('a@example.org'), 'a•••@example.org')
    assert.equal(maskedAddress('"@"@example.org'), '"•••@example.org')
    assert.equal(maskedAddress('🦊fox@example.org'), '🦊•••@example.org')
    assert.equal(hiddenAddress('ada@example.org'), 'a•••@e•••')
    assert.equal(hiddenAddress('"@"@🦊.example'), '"•••@🦊•••')
  })
})
