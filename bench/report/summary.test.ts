import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Sample } from '../measure.ts'
import type { Measured } from '../rounds.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import type { ServerName } from '../servers/site.ts'
import { spreadOf } from './statistics.ts'
import { summarize } from './summary.ts'

const PARTS = { httpGet: 10, httpPost: 15, es256: 25, rs256: 300, lookup: 2, groupedRow: 10, argon2: 9000 }

const REFRESH: Scenario = {
  name: 'refresh',
  title: 'refresh',
  servers: ['sallyport', 'peer-memory', 'peer-durable'],
  prepare: async () => ({ actors: [] }),
}

function measured(round: number, server: ServerName, perSecond: number, change: Partial<Sample> = {}): Measured {
  const sample: Sample = {
    operations: 1,
    perSecond,
    p50Micros: 100,
    p99Micros: 400,
    p999Micros: 500,
    disturbance: 0,
    wrong: [],
    ...change,
  }
  return { round, scenario: 'refresh', server, sample }
}

function rowOf(samples: readonly Measured[]) {
  const [row] = summarize([REFRESH], { measured: samples, servers: [], replays: [] }, PARTS)
  assert.ok(row)
  return row
}

describe('the summary of all rounds', () => {
  it('takes the ratio within each round, then the median', () => {
    const row = rowOf([
      measured(1, 'sallyport', 1000),
      measured(1, 'peer-memory', 100),
      measured(2, 'sallyport', 500),
      measured(2, 'peer-memory', 125),
      measured(3, 'sallyport', 900),
      measured(3, 'peer-memory', 300),
    ])
    assert.deepEqual(row.ratios.memory, { median: 4, min: 3, max: 10 })
    assert.deepEqual(
      row.gates.map(({ name, must, isMet }) => ({ name, must, isMet })),
      [
        { name: 'memory', must: 3.2, isMet: true },
        { name: 'p99/p50', must: 5, isMet: true },
      ],
    )
  })

  it('leaves out disturbed rounds while others remain', () => {
    const row = rowOf([measured(1, 'sallyport', 1000), measured(2, 'sallyport', 10, { disturbance: 0.5 })])
    assert.equal(row.servers.sallyport?.perSecond.min, 1000)
    assert.equal(row.servers.sallyport?.dropped, 1)
    assert.equal(rowOf([measured(1, 'sallyport', 10, { disturbance: 0.5 })]).servers.sallyport?.perSecond.median, 10)
  })

  it('leaves the verdict open when no round was quiet', () => {
    const row = rowOf([measured(1, 'sallyport', 1000), measured(1, 'peer-memory', 100, { disturbance: 0.5 })])
    assert.equal(row.servers.sallyport?.disturbed, false)
    assert.equal(row.servers['peer-memory']?.disturbed, true)
    assert.deepEqual(
      row.gates.map(({ name, disturbed }) => ({ name, disturbed })),
      [
        { name: 'memory', disturbed: true },
        { name: 'p99/p50', disturbed: false },
      ],
    )
  })

  it('counts wrong answers of dropped rounds too', () => {
    const row = rowOf([measured(1, 'sallyport', 1), measured(2, 'sallyport', 1, { disturbance: 1, wrong: ['no'] })])
    assert.equal(row.servers.sallyport?.wrong, 1)
  })

  it('says when a gate is missed', () => {
    const row = rowOf([measured(1, 'sallyport', 700, { p99Micros: 600 }), measured(1, 'peer-durable', 100)])
    assert.deepEqual(
      row.gates.map(({ name, isMet }) => ({ name, isMet })),
      [
        { name: 'durable', isMet: false },
        { name: 'p99/p50', isMet: false },
      ],
    )
  })
})

describe('the spread of values', () => {
  it('takes the middle, or the mean of the two in the middle', () => {
    assert.deepEqual(spreadOf([3, 1, 2]), { median: 2, min: 1, max: 3 })
    assert.deepEqual(spreadOf([4, 1, 2, 3]), { median: 2.5, min: 1, max: 4 })
    assert.equal(spreadOf([]), undefined)
  })
})
