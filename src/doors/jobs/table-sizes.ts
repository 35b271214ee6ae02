/** Counts the rows of every table for the metrics. */

import type { HousekeepingRepository } from '../../core/housekeeping.ts'
import type { Metrics } from '../../lib/metrics.ts'
import type { Job } from './job.ts'

export interface TableSizesPorts {
  readonly housekeeping: Pick<HousekeepingRepository, 'tableSizes'>
  readonly metrics: Pick<Metrics, 'setTableRows'>
}

/** On every node: whichever of them is asked for its metrics has the numbers. Seldom, because counting reads every row. */
export function tableSizes({ housekeeping, metrics }: TableSizesPorts): Job {
  return {
    name: 'table-sizes',
    everySeconds: 300,
    onEveryNode: true,
    async run() {
      metrics.setTableRows(await housekeeping.tableSizes())
    },
  }
}
