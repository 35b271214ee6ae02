/** Where an upstream is: typed by hand, or read from its discovery document, which is read again from time to time. */

import { isDeepStrictEqual } from 'node:util'
import {
  type DiscoveredMetadata,
  endpointsOf,
  type Upstream,
  type UpstreamEndpoints,
  type UpstreamUid,
} from '../core/upstreams/upstream.ts'
import { isRefusal, type Refusal, refuse } from '../spec/refusal.ts'
import { answerFacts, noAnswer } from './answer-facts.ts'
import { jsonObject } from './normalise-answer.ts'
import type { RelyingPartyPorts } from './ports.ts'
import { checkDiscoveredIssuer, readMetadata } from './read-metadata.ts'

/** An upstream, and where it is. */
export interface ReadyUpstream {
  readonly upstream: Upstream
  readonly endpoints: UpstreamEndpoints
}

export interface UpstreamMetadata {
  /** Waits for the discovery document only where it was never read. */
  ready(upstream: Upstream): Promise<ReadyUpstream | Refusal>
  refresh(upstream: Upstream): Promise<Upstream | Refusal>
}

export type MetadataPorts = Pick<
  RelyingPartyPorts,
  'fetch' | 'repositories' | 'journal' | 'metadataRefreshSeconds' | 'clock' | 'logger'
>

/** An upstream that is away is not asked again with every sign-in. */
const RETRY_MS = 30_000

export function createUpstreamMetadata(ports: MetadataPorts): UpstreamMetadata {
  const underWay = new Map<UpstreamUid, Promise<Upstream | Refusal>>()
  const triedAt = new Map<UpstreamUid, number>()

  function refresh(upstream: Upstream): Promise<Upstream | Refusal> {
    const running = underWay.get(upstream.uid)
    if (running !== undefined) return running
    triedAt.set(upstream.uid, ports.clock.now().getTime())
    const started = readAgain(upstream, ports).finally(() => underWay.delete(upstream.uid))
    underWay.set(upstream.uid, started)
    return started
  }

  function refreshInBackground(upstream: Upstream): void {
    const now = ports.clock.now().getTime()
    if (now - (triedAt.get(upstream.uid) ?? 0) < RETRY_MS) return
    refresh(upstream)
      .then(result => {
        if (isRefusal(result)) tellOf(upstream, result, ports)
      })
      .catch(err => ports.logger.error({ err, upstream: upstream.alias }, 'the discovery document was not refreshed'))
  }

  return {
    refresh,
    async ready(upstream) {
      if (upstream.discoveryUri === undefined) return { upstream, endpoints: endpointsOf(upstream) }
      if (upstream.discovered === undefined) {
        const fresh = await refresh(upstream)
        return isRefusal(fresh) ? fresh : { upstream: fresh, endpoints: endpointsOf(fresh) }
      }
      // What the administrator typed since may contradict what was read before.
      const contradiction = checkDiscoveredIssuer(upstream, upstream.discovered.issuer)
      if (contradiction !== undefined) {
        const fresh = await refresh(upstream)
        return isRefusal(fresh) ? fresh : { upstream: fresh, endpoints: endpointsOf(fresh) }
      }
      if (isDue(upstream.discovered, ports)) refreshInBackground(upstream)
      return { upstream, endpoints: endpointsOf(upstream) }
    },
  }
}

export function isDue(
  { fetchedAt }: Pick<DiscoveredMetadata, 'fetchedAt'>,
  ports: Pick<MetadataPorts, 'clock' | 'metadataRefreshSeconds'>,
): boolean {
  return ports.clock.now().getTime() - fetchedAt.getTime() >= ports.metadataRefreshSeconds * 1000
}

export function tellOf(
  { alias }: Upstream,
  { description, rule, facts }: Refusal,
  { logger }: Pick<MetadataPorts, 'logger'>,
): void {
  logger.warn({ upstream: alias, rule, ...facts }, description)
}

async function readAgain(upstream: Upstream, ports: MetadataPorts): Promise<Upstream | Refusal> {
  const discovered = await fetchMetadata(upstream, ports)
  if (isRefusal(discovered)) return discovered
  const before = upstream.discovered
  const next: Upstream = { ...upstream, discovered }
  if (before !== undefined && changedMembers(before, discovered).length === 0 && !isDue(before, ports)) return upstream
  const writes = [ports.repositories.upstreams.replace(next, upstream)]
  const changed = before === undefined ? [] : changedMembers(before, discovered)
  // Where people are sent, and whose keys count: whoever looks for what went wrong wants to know when that moved.
  if (changed.length > 0)
    writes.push(
      ports.journal.record('upstream.rediscovered', {
        address: 'discovery',
        detail: { alias: upstream.alias, changed },
      }),
    )
  // Somebody else may have changed it meanwhile: then the next one who reads it stores it.
  await ports.journal.commit(writes)
  return next
}

function changedMembers(before: DiscoveredMetadata, now: DiscoveredMetadata): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]) as Set<keyof DiscoveredMetadata>
  return [...names].filter(name => name !== 'fetchedAt' && !isDeepStrictEqual(before[name], now[name]))
}

async function fetchMetadata(
  upstream: Upstream,
  { fetch, clock }: MetadataPorts,
): Promise<DiscoveredMetadata | Refusal> {
  const { discoveryUri: url } = upstream
  if (url === undefined)
    return refuse('server_error', 'the upstream has no discovery document', 'discovery_uri of the upstream is set')
  const answer = await fetch({ url, headers: { accept: 'application/json' } })
  if (answer.kind === 'refused') return noAnswer('discovery document', url, answer)
  const json = answer.status === 200 ? jsonObject(answer.body.toString('utf8')) : undefined
  if (json === undefined)
    return refuse(
      'server_error',
      'the discovery document of the upstream cannot be read',
      'OIDC Discovery §4.2 discovery document of the upstream',
      answerFacts(url, answer),
    )
  const metadata = readMetadata(json, clock.now())
  return checkDiscoveredIssuer(upstream, metadata.issuer) ?? metadata
}
