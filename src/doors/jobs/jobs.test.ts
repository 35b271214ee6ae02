/** Tests of the jobs themselves. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EXPIRING_TABLES } from '../../core/housekeeping.ts'
import { addSeconds, type Clock, systemClock } from '../../lib/clock.ts'
import { silentLogger } from '../../lib/logger.ts'
import { createMetrics } from '../../lib/metrics.ts'
import { deleteExpired } from './delete-expired.ts'
import { tableSizes } from './table-sizes.ts'

describe('delete-expired', () => {
  const others = { clock: systemClock, logger: silentLogger, auditRetentionSeconds: () => 3600 }

  function with450RowsEach() {
    const left = new Map<string, number>(EXPIRING_TABLES.map(table => [table, 450]))
    const housekeeping = {
      deleteExpired(table: string, _now: Date, limit: number) {
        const deleted = Math.min(limit, left.get(table) ?? 0)
        left.set(table, (left.get(table) ?? 0) - deleted)
        return Promise.resolve(deleted)
      },
    }
    return { left, housekeeping }
  }
  const total = (left: Map<string, number>): number => [...left.values()].reduce((sum, rows) => sum + rows, 0)

  it('empties every table in small batches, with a pause after each', async () => {
    const { left, housekeeping } = with450RowsEach()
    const leftAtPauses: number[] = []
    const sleep = async () => void leftAtPauses.push(total(left))
    const ports = { ...others, housekeeping, sleep }
    await deleteExpired(ports).run(new AbortController().signal)
    assert.equal(total(left), 0)
    assert.equal(leftAtPauses.length, EXPIRING_TABLES.length * 3)
    const steps = leftAtPauses.map((rows, index) => (leftAtPauses[index - 1] ?? EXPIRING_TABLES.length * 450) - rows)
    assert.ok(steps.every(rows => rows <= 200))
  })

  it('keeps audit events for as long as the settings say, flows for a day, and other rows no longer than they live', async () => {
    const now = new Date('2026-11-21T12:00:00Z')
    const clock: Clock = { ...systemClock, now: () => now }
    const horizons = new Map<string, Date>()
    const housekeeping = {
      deleteExpired(table: string, before: Date) {
        horizons.set(table, before)
        return Promise.resolve(0)
      },
    }
    await deleteExpired({ ...others, clock, housekeeping, sleep: async () => {} }).run(new AbortController().signal)
    for (const table of EXPIRING_TABLES) {
      const age = { audit_event: 3600, flow: 86_400 }[table as string] ?? 0
      assert.deepEqual(horizons.get(table), addSeconds(now, -age), table)
    }
  })

  it('stops after the batch it is in when the server shuts down', async () => {
    const { left, housekeeping } = with450RowsEach()
    const stop = new AbortController()
    const sleep = async () => stop.abort()
    await deleteExpired({ ...others, housekeeping, sleep }).run(stop.signal)
    assert.equal(total(left), EXPIRING_TABLES.length * 450 - 200)
  })
})

describe('table-sizes', () => {
  it('shows the rows of every table in the metrics', async () => {
    const metrics = createMetrics({ withProcess: false })
    const housekeeping = { tableSizes: () => Promise.resolve({ flow: 3 }) }
    await tableSizes({ housekeeping, metrics }).run(new AbortController().signal)
    assert.match(await metrics.render(), /sallyport_table_rows\{table="flow"\} 3\n/)
  })
})
