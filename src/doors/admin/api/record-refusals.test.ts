/** Tests of what is written down of refused access: enough, and never a flood. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClock } from '../../../../test/support/builders.ts'
import type { TraceCode } from '../../../core/audit/audit-event.ts'
import type { Journal, NewAuditEvent } from '../../../core/audit/journal.ts'
import { refuse } from '../../../spec/refusal.ts'
import { createRefusalRecorder } from './record-refusals.ts'

const REFUSAL = refuse('access_denied', 'a test', 'a test')

function open() {
  const events: NewAuditEvent[] = []
  const clock = aClock()
  const journal = {
    recordRefusal(type: string, _refusal: unknown, event: NewAuditEvent) {
      assert.equal(type, 'administration.refused')
      events.push(event)
      return '7K3M9QXT' as TraceCode
    },
  } as unknown as Journal
  const record = createRefusalRecorder({ journal, clock })
  const from = (address: string, times = 1) =>
    Array.from({ length: times }, () => record(REFUSAL, { address })).filter(code => code !== undefined).length
  return { events, clock, from }
}

describe('refused access', () => {
  it('is written down with a code that finds it', () => {
    const { from, events } = open()
    assert.equal(from('192.0.2.1'), 1)
    assert.equal(events[0]?.address, '192.0.2.1')
  })

  it('is written down twenty times a minute for an address, and what was too much is told with the next one', () => {
    const { from, events, clock } = open()
    assert.equal(from('192.0.2.1', 50), 20)
    assert.equal(from('192.0.2.2'), 1, 'others are not kept out by it')
    clock.advance(60)
    assert.equal(from('192.0.2.1', 2), 2)
    assert.deepEqual(
      events.slice(-2).map(({ detail }) => detail?.not_recorded_before),
      [30, undefined],
    )
  })

  it('counts a network of IPv6 as one address', () => {
    const { from } = open()
    const addresses = Array.from({ length: 40 }, (_, index) => `2001:db8::${index.toString(16)}`)
    assert.equal(
      addresses.reduce((count, address) => count + from(address), 0),
      20,
    )
  })

  it('is written down two hundred times a minute for all addresses together', () => {
    const { from, clock } = open()
    const addresses = Array.from({ length: 300 }, (_, index) => `10.0.${index >> 8}.${index & 255}`)
    const all = () => addresses.reduce((count, address) => count + from(address), 0)
    assert.equal(all(), 200)
    clock.advance(60)
    assert.equal(all(), 200)
  })
})
