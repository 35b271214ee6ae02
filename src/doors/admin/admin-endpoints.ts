/** The operators' door: health and metrics. */

import type { HousekeepingRepository } from '../../core/housekeeping.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import type { RenderErrorPage } from '../../http/error-page.ts'
import type { AddressList } from '../../lib/addresses.ts'
import type { Logger } from '../../lib/logger.ts'
import type { Metrics } from '../../lib/metrics.ts'
import { healthEndpoints } from './health.ts'
import { metricsEndpoint } from './metrics-endpoint.ts'

export interface AdminPorts {
  readonly housekeeping: Pick<HousekeepingRepository, 'ping'>
  readonly metrics: Pick<Metrics, 'render' | 'contentType'>
  readonly metricsReaders: AddressList
  readonly errorPage: RenderErrorPage
  readonly logger: Logger
}

/** Probes give up after a second or more; the answer has to come before. */
const CHECK_TIMEOUT_MS = 900

/** The keys need no check of their own: doors open only after the keys did. */
export function adminEndpoints({ housekeeping, metrics, metricsReaders, errorPage, logger }: AdminPorts) {
  const database = { name: 'database', check: () => housekeeping.ping() }
  const endpoints: readonly Endpoint[] = [
    ...healthEndpoints({ checks: [database], timeoutMs: CHECK_TIMEOUT_MS, logger }),
    metricsEndpoint({ metrics, allowedAddresses: metricsReaders, errorPage }),
  ]
  return endpoints
}
