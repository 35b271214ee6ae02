/** Deletes what has expired: in small batches with pauses, so that requests never wait for it. */

import { EXPIRING_TABLES, type ExpiringTable, type HousekeepingRepository } from '../../core/housekeeping.ts'
import { addSeconds, type Clock } from '../../lib/clock.ts'
import type { Logger } from '../../lib/logger.ts'
import type { Sleep } from '../../lib/sleep.ts'
import type { Job } from './job.ts'

export interface DeleteExpiredPorts {
  readonly housekeeping: Pick<HousekeepingRepository, 'deleteExpired'>
  readonly clock: Clock
  readonly sleep: Sleep
  readonly logger: Logger
  /** Audit events do not expire by themselves: they are kept for this long. */
  readonly auditRetentionSeconds: () => number
}

/** A few milliseconds of the database's time, then the others have ten times as long. */
const BATCH_ROWS = 200
const PAUSE_MS = 50
/** Who could not sign in today asks tomorrow: `sallyport why` still finds the flow. Not longer, because every visitor makes rows. */
const TRACE_SECONDS = 86_400

export function deleteExpired(ports: DeleteExpiredPorts): Job {
  const { housekeeping, clock, sleep, logger, auditRetentionSeconds } = ports
  const horizon = (table: ExpiringTable): Date => {
    if (table === 'audit_event') return addSeconds(clock.now(), -auditRetentionSeconds())
    return table === 'flow' ? addSeconds(clock.now(), -TRACE_SECONDS) : clock.now()
  }
  return {
    name: 'delete-expired',
    everySeconds: 60,
    async run(signal) {
      const deleted: Record<string, number> = {}
      for (const table of EXPIRING_TABLES) {
        while (!signal.aborted) {
          const rows = await housekeeping.deleteExpired(table, horizon(table), BATCH_ROWS)
          if (rows === 0) break
          deleted[table] = (deleted[table] ?? 0) + rows
          await sleep(PAUSE_MS, signal)
        }
      }
      if (Object.keys(deleted).length > 0) logger.debug({ deleted }, 'expired rows deleted')
    },
  }
}
