/** Nothing comes of an arrival: a page says why, or the app hears of it where it asked for no page. */

import { formatTraceCode } from '../../core/audit/trace-code.ts'
import { aboutFlow } from '../../core/flow/about-flow.ts'
import type { Flow } from '../../core/flow/flow.ts'
import { refuseAuthorization } from '../../core/flow/settle.ts'
import { nextVersion, refused, traced } from '../../core/flow/steps.ts'
import type { Write } from '../../core/unit-of-work.ts'
import type { RefusedArrival } from '../../core/upstreams/arrival/arrival-decision.ts'
import { keepFailedAnswer } from '../../core/upstreams/arrival/settle-arrival.ts'
import type { Attempt } from '../../core/upstreams/attempt.ts'
import { type Upstream, upstreamName } from '../../core/upstreams/upstream.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply, withTraceCode } from '../../http/replies.ts'
import type { Refusal } from '../../spec/refusal.ts'
import { answerReply } from './answer-page.ts'
import { wayOut, withoutUpstream } from './arrival-progress.ts'
import { errorPageReply, flowFrame, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { pageUrl } from './proceed.ts'
import { renderArrivalRefused } from './views/arrival-refused.ts'

export interface RefusedHere {
  readonly attempt: Attempt
  readonly upstream: Upstream
}

export async function refuseArrived(
  flow: Flow,
  { attempt, upstream }: RefusedHere,
  { page, refusal }: { readonly page: RefusedArrival; readonly refusal: Refusal },
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  const { error, description, rule, facts } = refusal
  const kept = keepFailedAnswer({ attempt }, ports.upstreams.keepFailedAnswerSeconds, now, ports)
  const event = ports.journal.record('upstream-sign-in.refused', {
    at: now,
    ...aboutFlow(flow, request),
    detail: { ...facts, error, description, rule },
  })
  const isSilent = flow.purpose.kind === 'authorization' && flow.purpose.request.prompt.includes('none')
  if (isSilent) return refuseSilent(flow, refusal, [kept, event], request, now, ports)
  const told = traced(withoutUpstream(flow), now, {
    step: 'arrival',
    outcome: 'refused',
    rule,
    facts: { error, description, ...facts },
  })
  const outcome = await ports.journal.commit([kept, event, ports.repositories.flows.advance(nextVersion(told))])
  if (!outcome.committed) return redirectReply(pageUrl('arrive', flow, ports))
  return pageReply(
    renderArrivalRefused({
      ...flowFrame(flow, request, ports),
      reason: page,
      upstreamName: upstreamName(upstream),
      code: formatTraceCode(flow.traceCode),
      wayOut: flow.purpose.kind === 'link-identity' ? 'account' : 'login',
      wayOutHref: wayOut(flow, ports),
    }),
    403,
  )
}

/** OIDC Core §3.1.2.6: the app asked without a page (`prompt=none`), and hears why nobody was signed in. */
export async function refuseSilent(
  flow: Flow,
  refusal: Refusal,
  writes: readonly Write[],
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  const { purpose, traceCode } = flow
  if (purpose.kind !== 'authorization') return redirectReply(wayOut(flow, ports))
  const client = await ports.repositories.clients.find(purpose.clientUid)
  if (client === undefined) return errorPageReply(request, { status: 400, kind: 'unknown-client', traceCode }, ports)
  const { address, requestId } = request
  const settled = await refuseAuthorization(
    refusal,
    client,
    purpose.request,
    { address, requestId, traceCode },
    ports.settle,
  )
  const next = nextVersion(refused(withoutUpstream(flow), now, 'arrival', refusal))
  const outcome = await ports.journal.commit([...writes, ...settled.writes, ports.repositories.flows.advance(next)])
  if (!outcome.committed) return redirectReply(pageUrl('arrive', flow, ports))
  return withTraceCode(answerReply(settled.response, purpose.request, request, ports), traceCode)
}
