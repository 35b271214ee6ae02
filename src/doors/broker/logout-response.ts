/** Where an upstream sends the browser back to after a sign-out there (RP-Initiated Logout §3): on to the next one, or to the app. */

import { afterSignOut } from '../../core/flow/after-sign-out.ts'
import type { Flow } from '../../core/flow/flow.ts'
import { isFlowCookie } from '../../core/flow/flow-handles.ts'
import { completed, nextVersion, traced } from '../../core/flow/steps.ts'
import { sentOn } from '../../core/sessions/end-session.ts'
import type { SessionId } from '../../core/sessions/session.ts'
import { leave } from '../../core/upstreams/sign-out/leave.ts'
import { openLogoutState, sealLogoutState } from '../../core/upstreams/sign-out/logout-state.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { parseParams } from '../../spec/params.ts'
import { isRefusal } from '../../spec/refusal.ts'
import { upstreamOfPath } from './broker-visit.ts'
import type { BrokerPorts } from './ports.ts'

export function logoutResponseEndpoint(ports: BrokerPorts): Endpoint {
  return {
    name: 'upstream-logout-response',
    path: '/broker/:alias/endpoint/logout_response',
    methods: ['GET'],
    async handle(request) {
      const upstream = await upstreamOfPath(request, ports)
      const back = await findSignOut(request, ports)
      // Upstreams may come back with another state, or with none: the person is signed out here since they left.
      if (back === undefined) return redirectReply(`${ports.issuer}/signed-out`)
      return goOn(back.flow, back.sessionId, upstream?.alias, ports)
    },
  }
}

/** The sign-out that this very browser has under way. */
async function findSignOut(
  request: HttpRequest,
  { repositories, keys, cookies, clock }: BrokerPorts,
): Promise<{ readonly flow: Flow; readonly sessionId: SessionId } | undefined> {
  const params = parseParams(request.query)
  const text = isRefusal(params) ? undefined : params.get('state')
  const state = text === undefined ? undefined : openLogoutState(keys.handles, text)
  if (state === undefined) return undefined
  const { flowId, sessionId } = state
  // A link to somebody else's sign-out leads nowhere: its browser has the cookie.
  if (!isFlowCookie(keys.handles, flowId, cookies.read(request.cookie, `flow-${flowId}`))) return undefined
  const flow = await repositories.flows.find(flowId)
  return flow === undefined || flow.expiresAt <= clock.now() ? undefined : { flow, sessionId }
}

async function goOn(flow: Flow, sessionId: SessionId, alias: string | undefined, ports: BrokerPorts): Promise<Reply> {
  const { purpose, traceCode } = flow
  if (purpose.kind !== 'sign-out') return redirectReply(`${ports.issuer}/signed-out`)
  const afterwards = redirectReply(afterSignOut(purpose, ports.issuer))
  // Pressed "back" and came again.
  if (flow.state.at !== 'started') return afterwards
  const now = ports.clock.now()
  const { repositories, journal, keys, upstreams } = ports
  const rows = await repositories.upstreamSessions.listOfSession(sessionId)
  const state = sealLogoutState(keys.handles, { flowId: flow.id, sessionId })
  const left = await leave(rows, { traceCode, further: purpose.further ?? [], state }, ports)
  const cameBack = traced(flow, now, {
    step: 'sign-out',
    outcome: 'passed',
    rule: 'RP-Initiated Logout §3 the upstream sent the person back',
    ...(alias === undefined ? {} : { facts: { upstream: alias } }),
  })
  const next = left.visit === undefined ? completed(cameBack) : sentOn(cameBack, left.visit.alias, now)
  const outcome = await journal.commit([repositories.flows.advance(nextVersion(next)), ...left.writes])
  // Lost: it came back twice at once, and the other one goes on.
  if (!outcome.committed) return afterwards
  if (left.called.length > 0) upstreams.deliveries.soon()
  return left.visit === undefined ? afterwards : redirectReply(left.visit.url)
}
