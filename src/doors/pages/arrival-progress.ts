/** Where a flow stands on its way home from an upstream, and the pages that this leads to. */

import type { AccountId } from '../../core/accounts/account.ts'
import type { EnteredProfile, Flow, PendingLink } from '../../core/flow/flow.ts'
import type { SignedIn } from '../../core/flow/next-step.ts'
import { nextVersion, traced } from '../../core/flow/steps.ts'
import type { Write } from '../../core/unit-of-work.ts'
import type { ArrivalFacts } from '../../core/upstreams/arrival/arrival-decision.ts'
import type { Arrival } from '../../core/upstreams/arrival/open-arrival.ts'
import type { AttemptId } from '../../core/upstreams/attempt-id.ts'
import type { MappingLine } from '../../core/upstreams/mapping/account-patch.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { errorPageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { pageUrl } from './proceed.ts'

/** Many mappings make one line of the trace, not a trace of mappings. */
const MAX_TRACED_LINES = 40

/** One visit of a browser with an answer, and all that is known of it. */
export interface Arriving {
  readonly flow: Flow
  readonly arrival: Arrival
  readonly facts: ArrivalFacts
  readonly current: SignedIn | undefined
  readonly request: HttpRequest
  readonly now: Date
}

/** The way through the upstream is at its end, or given up. */
export function withoutUpstream({ upstream: _upstream, pendingLink: _link, ...flow }: Flow): Flow {
  return flow
}

export interface Waiting {
  readonly attemptId: AttemptId
  readonly entered?: EnteredProfile
  readonly declined?: AccountId
}

/** An answer waits for something that the person does at `/profile` or `/link-account`. */
export function waitingAnswer({ upstream }: Flow): Waiting | undefined {
  return upstream?.at === 'answered' || upstream?.at === 'linking' ? upstream : undefined
}

/** Whose proof the sign-in page waits for. */
export function askedProof({ upstream, pendingLink }: Flow): AskedProof | undefined {
  if (pendingLink !== undefined) return { kind: 'link', ...pendingLink }
  return upstream?.at === 'post-login' ? { ...upstream, kind: 'post-login' } : undefined
}

export type AskedProof = Pick<PendingLink, 'attemptId' | 'accountId' | 'entered'> & {
  readonly kind: 'link' | 'post-login'
}

/** Where people go with whom nothing came of it: to the other ways to sign in, or back to their account. */
export function wayOut(flow: Flow, ports: Pick<PagesPorts, 'issuer'>): string {
  return flow.purpose.kind === 'link-identity' ? `${ports.issuer}/account` : pageUrl('login', flow, ports)
}

export function leave(flow: Flow, ports: Pick<PagesPorts, 'issuer'>): Reply {
  return redirectReply(wayOut(flow, ports))
}

/** One step on, to a page; to `/arrive` when somebody was first. */
export async function toPage(
  page: Parameters<typeof pageUrl>[0],
  flow: Flow,
  writes: readonly Write[],
  ports: PagesPorts,
  more = '',
): Promise<Reply> {
  const outcome = await ports.journal.commit([...writes, ports.repositories.flows.advance(nextVersion(flow))])
  return redirectReply(outcome.committed ? pageUrl(page, flow, ports) + more : pageUrl('arrive', flow, ports))
}

/** Far more tabs than anybody has. */
const MAX_LOST = 8

/** Somebody was first: what counts now is decided afresh. What loses every time is our mistake, and not a way round for ever. */
export function arriveAgain(flow: Flow, request: HttpRequest, ports: PagesPorts): Reply {
  const [, lost = '0'] = /(?:^|&)lost=(\d{1,2})(?:&|$)/.exec(request.method === 'GET' ? request.query : '') ?? []
  if (Number(lost) < MAX_LOST) return redirectReply(`${pageUrl('arrive', flow, ports)}&lost=${Number(lost) + 1}`)
  const page = { status: 500, kind: 'server-error', retryUrl: wayOut(flow, ports), traceCode: flow.traceCode } as const
  return errorPageReply(request, page, ports)
}

/** Names and results; what the claims held stays with the upstream. */
export function tracedMapping(flow: Flow, now: Date, upstream: string, lines: readonly MappingLine[]): Flow {
  const told = lines.slice(0, MAX_TRACED_LINES).map(({ mapping, outcome, why }) => `${mapping}: ${outcome}, ${why}`)
  return traced(flow, now, { step: 'mapping', outcome: 'passed', facts: { upstream, mappings: told } })
}
