/** A sign-in through an upstream that does not work: written down under the flow's code, and told to the person. */

import type { TraceCode } from '../../core/audit/audit-event.ts'
import { aboutFlow } from '../../core/flow/about-flow.ts'
import type { Flow } from '../../core/flow/flow.ts'
import { type Upstream, upstreamName } from '../../core/upstreams/upstream.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import type { ErrorKind } from '../../http/error-page.ts'
import type { Refusal } from '../../spec/refusal.ts'
import { loginUrl } from './broker-visit.ts'
import type { BrokerPorts } from './ports.ts'

export const REFUSED = 'upstream-sign-in.refused'

/** No flow is known that this browser could go on with: a code of its own, and the way to a new start. */
export function refuseWithoutFlow(
  refusal: Refusal,
  kind: Extract<ErrorKind, 'bad-request' | 'not-found' | 'stale'>,
  request: HttpRequest,
  ports: BrokerPorts,
  traceCode?: TraceCode,
  retryUrl = `${ports.issuer}/`,
): Reply {
  const { address, requestId } = request
  const about = { address, requestId, ...(traceCode === undefined ? {} : { traceCode }) }
  const code = ports.journal.recordRefusal(REFUSED, refusal, about)
  return ports.errorPage(request, { status: kind === 'not-found' ? 404 : 400, kind, traceCode: code, retryUrl })
}

/** The refusal as an event that is committed together with the flow's step. */
export function refusalEvent(
  refusal: Refusal,
  flow: Flow,
  upstream: Upstream,
  request: HttpRequest,
  ports: BrokerPorts,
) {
  const { error, description, rule, facts } = refusal
  return ports.journal.record(REFUSED, {
    ...aboutFlow(flow, request),
    detail: { upstream: upstream.alias, ...facts, error, description, rule },
  })
}

/** The way back leads to the sign-in page, which goes to no upstream by itself: nobody is locked out by one that is broken. */
export function upstreamErrorPage(flow: Flow, upstream: Upstream, request: HttpRequest, ports: BrokerPorts): Reply {
  const isLinking = flow.purpose.kind === 'link-identity'
  return ports.errorPage(request, {
    status: 400,
    kind: 'upstream',
    traceCode: flow.traceCode,
    upstream: {
      name: upstreamName(upstream),
      isLinking,
      againUrl: `${ports.issuer}/broker/${upstream.alias}/login?flow=${flow.id}`,
    },
    retryUrl: isLinking ? `${ports.issuer}/account` : loginUrl(flow, ports),
  })
}
