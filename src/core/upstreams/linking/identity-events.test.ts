/** Tests of what the audit log knows of a link. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anUpstream, NOON, random } from '../../../../test/support/builders.ts'
import { addSeconds } from '../../../lib/clock.ts'
import { newId } from '../../../lib/id.ts'
import type { AuditEvent } from '../../audit/audit-event.ts'
import { identityDetail, lastLink } from './identity-events.ts'

function anEvent(type: AuditEvent['type'], seconds: number, detail: AuditEvent['detail']): AuditEvent {
  const at = addSeconds(NOON, seconds)
  return { id: newId(at, random), at, type, address: 'cli', detail }
}

describe('the past of a link', () => {
  const upstream = anUpstream({ alias: 'corp' })
  const linked = anEvent('identity.linked', 1, identityDetail(upstream, { subject: 'a-1', label: 'Ada' }))
  const unlinked = anEvent('identity.unlinked', 2, identityDetail(upstream, { subject: 'a-1' }))
  const elsewhere = anEvent('identity.linked', 3, { upstream: 'other', subject: 'b-2' })

  it('is the newest event of the same upstream', () => {
    assert.deepEqual(lastLink([elsewhere, linked], upstream), {
      act: 'linked',
      subject: 'a-1',
      label: 'Ada',
      at: linked.at,
    })
    assert.equal(lastLink([elsewhere, unlinked, linked], upstream)?.act, 'unlinked')
  })

  it('is none where an upstream was made anew under an old alias: its subjects are other people', () => {
    const anew = { ...upstream, createdAt: addSeconds(NOON, 3600) }
    assert.equal(lastLink([unlinked, linked], anew), undefined)
    assert.equal(lastLink([], upstream), undefined)
  })
})
