/** Tests of the journal. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { aClock, random } from '../../../test/support/builders.ts'
import { refuse } from '../../spec/refusal.ts'
import type { CommitOutcome, Write } from '../unit-of-work.ts'
import type { AuditEvent } from './audit-event.ts'
import { createJournal } from './journal.ts'

function aJournal(outcome: CommitOutcome = { committed: true }) {
  const units: number[] = []
  const told: AuditEvent[] = []
  const failures: unknown[] = []
  const journal = createJournal({
    audit: {
      record: () => ({ name: 'audit.record' }),
      list: async () => [],
      find: async () => undefined,
      search: async () => ({ events: [] }),
    },
    async commit(writes: readonly Write[]) {
      units.push(writes.length)
      return outcome
    },
    clock: aClock(),
    random,
    onEvent: event => told.push(event),
    onFailure: error => failures.push(error),
  })
  return { journal, units, told, failures }
}

const settled = () => new Promise(resolve => setImmediate(resolve))
const ADDRESS = { address: '192.0.2.1' }

describe('the journal', () => {
  it('tells log and metrics of an event once it is committed', async () => {
    const { journal, told } = aJournal()
    const write = journal.record('sign-in.succeeded', ADDRESS)
    assert.deepEqual(told, [])
    await journal.commit([write])
    assert.deepEqual(
      told.map(({ type }) => type),
      ['sign-in.succeeded'],
    )
  })

  it('tells of nothing that lost', async () => {
    const { journal, told } = aJournal({ committed: false, lost: 'grants.redeem' })
    await journal.commit([journal.record('token.issued', ADDRESS)])
    assert.deepEqual(told, [])
  })

  it('gives every refusal a trace code, with its rule and facts', async () => {
    const { journal, told } = aJournal()
    const code = journal.recordRefusal('token.refused', refuse('invalid_grant', 'no', 'the rule', { fact: 1 }), ADDRESS)
    await settled()
    assert.equal(told[0]?.traceCode, code)
    assert.deepEqual(told[0]?.detail, { fact: 1, error: 'invalid_grant', description: 'no', rule: 'the rule' })
  })

  it('commits what nobody waits for in one unit, and at the latest when the house closes', async () => {
    const { journal, units, told } = aJournal()
    for (let index = 0; index < 5; index++) journal.recordSoon('token.issued', ADDRESS)
    assert.deepEqual(units, [])
    await journal.flush()
    assert.deepEqual(units, [5])
    await settled()
    assert.deepEqual([units, told.length], [[5], 5])
  })
})
