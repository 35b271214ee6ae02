/** Housekeeping in SQL: leases, expired rows, sizes, liveness. */

import type { HousekeepingRepository } from '../../core/housekeeping.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import { createDeleteExpired } from './expiry.ts'
import { createTableSizes } from './table-sizes.ts'

export function createHousekeeping(engine: Engine, db: QueryBuilder): HousekeepingRepository {
  const deleteExpired = createDeleteExpired(engine, db)
  // The row changes for whoever holds the lease already, or finds it run out; for the others nothing happens.
  const takeLease = statement(
    'housekeeping.takeLease',
    (p: { job: string; holder: string; now: number; until: number }) =>
      db
        .insertInto('lease')
        .values({ job: p.job, holder: p.holder, expires_at: p.until })
        .onConflict(conflict =>
          conflict
            .column('job')
            .doUpdateSet({ holder: p.holder, expires_at: p.until })
            .where(eb => eb.or([eb('lease.holder', '=', p.holder), eb('lease.expires_at', '<=', p.now)])),
        ),
  )
  const ping = statement('housekeeping.ping', () => db.selectFrom('revision').select('id').limit(1))
  return {
    async takeLease(job, holder, now, seconds) {
      const until = now.getTime() + seconds * 1000
      return (await engine.change(takeLease, { job, holder, now: now.getTime(), until })) === 1
    },
    deleteExpired: (table, now, limit) => deleteExpired[table](now, limit),
    tableSizes: createTableSizes(engine, db),
    async ping() {
      await engine.first(ping, {})
    },
  }
}
