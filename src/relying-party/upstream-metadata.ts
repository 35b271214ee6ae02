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
/** Nor one that was never read: whoever comes to our doors must not drive us against somebody's server. */
const COOL_DOWN_MS = 3_000

interface Failure {
  readonly at: number
  readonly of: Pick<Upstream, 'discoveryUri' | 'issuer'>
  readonly refusal: Refusal
}

export function createUpstreamMetadata(ports: MetadataPorts): UpstreamMetadata {
  const underWay = new Map<string, Promise<Upstream | Refusal>>()
  const triedAt = new Map<UpstreamUid, number>()
  const failures = new Map<UpstreamUid, Failure>()

  function refresh(upstream: Upstream): Promise<Upstream | Refusal> {
    const document = documentOf(upstream)
    const running = underWay.get(document)
    // Its settings may be newer than those of whoever asked first.
    if (running !== undefined)
      return running.then(result => (isRefusal(result) ? result : { ...upstream, ...foundBy(result) }))
    triedAt.set(upstream.uid, ports.clock.now().getTime())
    const started = readAgain(upstream, ports)
      .then(result => remember(upstream, result))
      .finally(() => underWay.delete(document))
    underWay.set(document, started)
    return started
  }

  function remember(upstream: Upstream, result: Upstream | Refusal): Upstream | Refusal {
    const { uid } = upstream
    if (isRefusal(result)) failures.set(uid, { at: ports.clock.now().getTime(), of: upstream, refusal: result })
    else failures.delete(uid)
    return result
  }

  function justFailed({ uid, discoveryUri, issuer }: Upstream): Refusal | undefined {
    const failure = failures.get(uid)
    if (failure === undefined || failure.of.discoveryUri !== discoveryUri || failure.of.issuer !== issuer)
      return undefined
    const age = ports.clock.now().getTime() - failure.at
    return age >= 0 && age < COOL_DOWN_MS ? failure.refusal : undefined
  }

  async function readNow(upstream: Upstream): Promise<ReadyUpstream | Refusal> {
    const fresh = justFailed(upstream) ?? (await refresh(upstream))
    return isRefusal(fresh) ? fresh : { upstream: fresh, endpoints: endpointsOf(fresh) }
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
      if (upstream.discovered === undefined) return readNow(upstream)
      // What the administrator typed since may contradict what was read before.
      const contradiction = checkDiscoveredIssuer(upstream, upstream.discovered.issuer)
      if (contradiction !== undefined) return readNow(upstream)
      if (isDue(upstream.discovered, ports)) refreshInBackground(upstream)
      return { upstream, endpoints: endpointsOf(upstream) }
    },
  }
}

/** Another place, or another rule for what is taken from there, makes another reading of it. */
function documentOf({ uid, discoveryUri, issuer, validateIssuer }: Upstream): string {
  return JSON.stringify([uid, discoveryUri, issuer, validateIssuer])
}

function foundBy({ discovered }: Upstream): Pick<Upstream, 'discovered'> {
  return discovered === undefined ? {} : { discovered }
}

function isDue(
  { fetchedAt }: Pick<DiscoveredMetadata, 'fetchedAt'>,
  ports: Pick<MetadataPorts, 'clock' | 'metadataRefreshSeconds'>,
): boolean {
  return ports.clock.now().getTime() - fetchedAt.getTime() >= ports.metadataRefreshSeconds() * 1000
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
  const moved = before === undefined ? [] : movedEndpoints(before, discovered)
  if (changed.length > 0)
    writes.push(
      ports.journal.record('upstream.rediscovered', {
        address: 'discovery',
        detail: { alias: upstream.alias, changed, ...(moved.length > 0 ? { moved } : {}) },
      }),
    )
  if (moved.length > 0) ports.logger.warn({ upstream: upstream.alias, moved }, 'the upstream moved to another server')
  // Somebody else may have changed it meanwhile: then the next one who reads it stores it.
  await ports.journal.commit(writes)
  return next
}

function changedMembers(before: DiscoveredMetadata, now: DiscoveredMetadata): readonly (keyof DiscoveredMetadata)[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]) as Set<keyof DiscoveredMetadata>
  return [...names].filter(name => name !== 'fetchedAt' && !isDeepStrictEqual(before[name], now[name]))
}

/** Codes, tokens and our secret go elsewhere from now on. It may be so; nobody should have to find out by themselves. */
function movedEndpoints(before: DiscoveredMetadata, now: DiscoveredMetadata): readonly string[] {
  const originOf = (value: unknown): string | undefined =>
    typeof value === 'string' ? URL.parse(value)?.origin : undefined
  return changedMembers(before, now).flatMap(name => {
    const [from, to] = [before, now].map(document => originOf(document[name]))
    return from === undefined || to === undefined || from === to ? [] : [`${name} from ${from} to ${to}`]
  })
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
