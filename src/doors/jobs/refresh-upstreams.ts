/** Reads the discovery documents of upstreams again when it is time (OIDC Discovery §4): endpoints move, and nobody should have to notice. */

import type { RelyingParty } from '../../core/upstreams/relying-party.ts'
import type { UpstreamRepository } from '../../core/upstreams/upstream-repository.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Logger } from '../../lib/logger.ts'
import { isRefusal } from '../../spec/refusal.ts'
import type { Job } from './job.ts'

export interface RefreshUpstreamsPorts {
  readonly upstreams: Pick<UpstreamRepository, 'list'>
  readonly relyingParty: Pick<RelyingParty, 'refreshMetadata'>
  readonly metadataRefreshSeconds: () => number
  readonly clock: Clock
  readonly logger: Logger
}

export function refreshUpstreams(ports: RefreshUpstreamsPorts): Job {
  const { upstreams, relyingParty, metadataRefreshSeconds, clock, logger } = ports
  return {
    name: 'refresh-upstreams',
    everySeconds: 300,
    async run(signal) {
      for (const upstream of await upstreams.list()) {
        if (signal.aborted) return
        if (!upstream.enabled || upstream.discoveryUri === undefined) continue
        const readAt = upstream.discovered?.fetchedAt.getTime() ?? 0
        if (clock.now().getTime() - readAt < metadataRefreshSeconds() * 1000) continue
        const read = await relyingParty.refreshMetadata(upstream)
        // What was read before stays in use.
        if (isRefusal(read))
          logger.warn({ upstream: upstream.alias, rule: read.rule, ...read.facts }, 'a discovery document was not read')
      }
    },
  }
}
