/** All jobs of the server, started. */

import type { ClientNotifier } from '../../core/deferred-grants/notify-clients.ts'
import type { Deliveries } from '../../core/deliveries/deliveries.ts'
import type { Repositories } from '../../core/repositories.ts'
import type { RelyingParty } from '../../core/upstreams/relying-party.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Logger } from '../../lib/logger.ts'
import type { Metrics } from '../../lib/metrics.ts'
import type { Random } from '../../lib/random.ts'
import { systemSleep } from '../../lib/sleep.ts'
import { deleteExpired } from './delete-expired.ts'
import { deliver } from './deliver.ts'
import { notifyClients } from './notify-clients.ts'
import { refreshUpstreams } from './refresh-upstreams.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'
import { tableSizes } from './table-sizes.ts'
import { takeUpSettings } from './take-up-settings.ts'

/** As they count now. */
export interface RunningSettings {
  readonly config: {
    readonly audit: { readonly retentionSeconds: number }
    readonly broker: { readonly metadataRefreshSeconds: number }
  }
  look(): Promise<void>
}

export interface JobsPorts {
  readonly house: {
    readonly repositories: Pick<Repositories, 'housekeeping' | 'upstreams'>
    readonly clock: Clock
    readonly random: Random
  }
  readonly notifier: ClientNotifier
  readonly deliveries: Pick<Deliveries, 'deliverDue'>
  readonly relyingParty: Pick<RelyingParty, 'refreshMetadata'>
  readonly running: RunningSettings
  readonly logger: Logger
  readonly metrics: Pick<Metrics, 'setTableRows'>
}

export function startJobs({
  house,
  notifier,
  deliveries,
  relyingParty,
  running,
  logger,
  metrics,
}: JobsPorts): Pick<Scheduler, 'stop'> {
  const { clock, random } = house
  const { housekeeping, upstreams } = house.repositories
  const scheduler = createScheduler({
    jobs: [
      deleteExpired({
        housekeeping,
        clock,
        sleep: systemSleep,
        logger,
        auditRetentionSeconds: () => running.config.audit.retentionSeconds,
      }),
      tableSizes({ housekeeping, metrics }),
      notifyClients(notifier),
      deliver(deliveries),
      refreshUpstreams({
        upstreams,
        relyingParty,
        metadataRefreshSeconds: () => running.config.broker.metadataRefreshSeconds,
        clock,
        logger,
      }),
      takeUpSettings({ running }),
    ],
    housekeeping,
    holder: random.bytes(8).toString('hex'),
    clock,
    sleep: systemSleep,
    logger,
  })
  scheduler.start()
  return scheduler
}
