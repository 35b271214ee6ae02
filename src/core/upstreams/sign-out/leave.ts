/**
 * Leaving the upstreams that a session came from (RP-Initiated Logout §2): who is told by a call from us, where the browser goes, and the
 * writes that make it so. Whoever deletes the row of an upstream tells it, so nobody is told twice.
 */

import type { TraceCode } from '../../audit/audit-event.ts'
import type { Deliveries, NewDelivery } from '../../deliveries/deliveries.ts'
import type { KeySealer } from '../../keys/key-sealer.ts'
import type { SessionId } from '../../sessions/session.ts'
import type { Write } from '../../unit-of-work.ts'
import type { RelyingParty } from '../relying-party.ts'
import { openSessionTokens } from '../tokens/session-tokens.ts'
import { endpointsOf, type Upstream } from '../upstream.ts'
import type { UpstreamRepository } from '../upstream-repository.ts'
import type { UpstreamSession, UpstreamSessionRepository } from '../upstream-session.ts'
import { LOGOUT_NOTICE_SECONDS, writeLogoutNotice } from './logout-notice.ts'
import { type LogoutParameters, passedOn } from './logout-parameters.ts'

export interface LeavePorts {
  readonly issuer: string
  readonly repositories: {
    readonly upstreams: Pick<UpstreamRepository, 'find'>
    readonly upstreamSessions: Pick<UpstreamSessionRepository, 'delete'>
  }
  readonly upstreams: {
    readonly relyingParty: Pick<RelyingParty, 'logoutUrl'>
    readonly deliveries: Pick<Deliveries, 'enqueue'>
    readonly sealer: Pick<KeySealer, 'open'>
  }
}

export interface FurtherPorts {
  readonly repositories: {
    readonly upstreams: Pick<UpstreamRepository, 'find'>
    readonly upstreamSessions: Pick<UpstreamSessionRepository, 'listOfSession'>
  }
}

export interface Leaving {
  readonly traceCode: TraceCode
  /** Of the app's own sign-out request. */
  readonly further: LogoutParameters
  /** What the browser brings back; absent: nobody may be visited, because there is no browser to send. */
  readonly state?: string
}

export interface Left {
  readonly writes: readonly Write[]
  /** Aliases of those who are called. */
  readonly called: readonly string[]
  /** Where the browser goes first. Those who are to be visited later keep their rows. */
  readonly visit?: { readonly alias: string; readonly url: string }
}

export type WayOut = 'visit' | 'call' | 'none'

/** How an upstream hears that somebody signed out here. Pure. */
export function wayOut(upstream: Upstream | undefined, hasBrowser: boolean): WayOut {
  // An upstream that is switched off may be switched off because it answers nobody: nobody is sent there.
  if (upstream?.enabled !== true) return 'none'
  const { endSessionEndpoint } = endpointsOf(upstream)
  switch (upstream.logoutMode) {
    case 'none':
      return 'none'
    case 'redirect':
      return hasBrowser && endSessionEndpoint !== undefined ? 'visit' : 'none'
    case 'backchannel':
      return upstream.logoutUri === undefined && endSessionEndpoint === undefined ? 'none' : 'call'
  }
}

export async function leave(rows: readonly UpstreamSession[], leaving: Leaving, ports: LeavePorts): Promise<Left> {
  const { upstreams, upstreamSessions } = ports.repositories
  const writes: Write[] = []
  const called: string[] = []
  let visit: Left['visit']
  for (const row of rows) {
    const upstream = await upstreams.find(row.upstreamUid)
    const way = wayOut(upstream, leaving.state !== undefined)
    if (way === 'visit' && visit !== undefined) continue
    writes.push(upstreamSessions.delete(row.sessionId, row.upstreamUid))
    if (upstream === undefined) continue
    if (way === 'visit') visit = await visitOf(upstream, row, leaving, ports)
    if (way === 'call') {
      writes.push(ports.upstreams.deliveries.enqueue(callOf(upstream, row, leaving, ports)))
      called.push(upstream.alias)
    }
  }
  return { writes, called, ...(visit === undefined ? {} : { visit }) }
}

async function visitOf(
  upstream: Upstream,
  row: UpstreamSession,
  { further, state }: Leaving,
  { issuer, upstreams }: LeavePorts,
): Promise<Left['visit']> {
  if (state === undefined) return undefined
  const { idToken } = openSessionTokens(row, upstreams.sealer)
  const { alias } = upstream
  const url = await upstreams.relyingParty.logoutUrl(upstream, {
    ...(idToken === undefined ? {} : { idToken }),
    returnUri: logoutReturnUri(issuer, alias),
    state,
    further: passedOn(upstream, further),
  })
  return url === undefined ? undefined : { alias, url }
}

function callOf(
  upstream: Upstream,
  row: UpstreamSession,
  { further, traceCode }: Leaving,
  { upstreams }: LeavePorts,
): NewDelivery {
  const tokens = openSessionTokens(row, upstreams.sealer)
  return {
    kind: 'upstream-logout',
    about: { upstream: upstream.alias, session: row.sessionId },
    content: writeLogoutNotice(upstream, { ...tokens, further: passedOn(upstream, further) }),
    traceCode,
    usefulSeconds: LOGOUT_NOTICE_SECONDS,
  }
}

/** Of an app's parameters only what somebody will get is kept until then. */
export async function furtherFor(
  sessionId: SessionId,
  further: LogoutParameters,
  { repositories: { upstreams, upstreamSessions } }: FurtherPorts,
): Promise<LogoutParameters> {
  if (further.length === 0) return []
  const rows = await upstreamSessions.listOfSession(sessionId)
  const known = await Promise.all(rows.map(({ upstreamUid }) => upstreams.find(upstreamUid)))
  return known.some(upstream => upstream?.logoutPassParameters === true) ? further : []
}

/** Where an upstream sends the browser back to after a sign-out; Keycloak's path, so that what is registered there may stay. */
export function logoutReturnUri(issuer: string, alias: string): string {
  return `${issuer}/broker/${alias}/endpoint/logout_response`
}
