/** A person signs out: their session ends, and the upstreams it came from hear of it, in one commit, wherever they pressed the button. */

import type { Journal } from '../audit/journal.ts'
import type { Deliveries } from '../deliveries/deliveries.ts'
import type { SignOutPurpose } from '../flow/after-sign-out.ts'
import type { Flow, FlowRepository } from '../flow/flow.ts'
import type { SignedIn } from '../flow/next-step.ts'
import { completed, nextVersion, traced } from '../flow/steps.ts'
import type { Handles } from '../handles/handles.ts'
import type { Write } from '../unit-of-work.ts'
import { type LeavePorts, type Left, leave } from '../upstreams/sign-out/leave.ts'
import { sealLogoutState } from '../upstreams/sign-out/logout-state.ts'
import type { UpstreamSessionRepository } from '../upstreams/upstream-session.ts'
import type { SessionRepository } from './session.ts'

export interface EndSessionPorts extends LeavePorts {
  readonly journal: Pick<Journal, 'commit' | 'record'>
  readonly repositories: LeavePorts['repositories'] & {
    readonly sessions: Pick<SessionRepository, 'end'>
    readonly flows: Pick<FlowRepository, 'insert' | 'advance'>
    readonly upstreamSessions: Pick<UpstreamSessionRepository, 'delete' | 'listOfSession'>
  }
  readonly upstreams: LeavePorts['upstreams'] & { readonly deliveries: Pick<Deliveries, 'enqueue' | 'soon'> }
}

export interface SignOut {
  readonly signedIn: SignedIn
  /** Its purpose says where the person goes afterwards. */
  readonly flow: Flow & { readonly purpose: SignOutPurpose }
  /** The flow is stored already; otherwise it is, as soon as the browser has to come back to it. */
  readonly isStored: boolean
  readonly address: string
  readonly requestId: string
  readonly now: Date
}

export type SignedOut =
  | { readonly kind: 'done' }
  /** The browser goes to an upstream, and comes back to the flow. */
  | { readonly kind: 'visit'; readonly url: string }
  /** Another tab has just done it: what was wanted is so, and that tab tells the upstreams. */
  | { readonly kind: 'done-elsewhere' }

/** Each further one means that an upstream was deleted in this very moment. */
const MAX_TRIES = 4

export async function endSession(signOut: SignOut, handles: Handles, ports: EndSessionPorts): Promise<SignedOut> {
  const { signedIn, flow, now } = signOut
  const { sessions, upstreamSessions } = ports.repositories
  const { id: sessionId } = signedIn.session
  const state = sealLogoutState(handles, { flowId: flow.id, sessionId })
  let isFlowStale = false
  for (let tries = 1; ; tries += 1) {
    // Whatever happens to upstreams, people can sign out here.
    const rows = tries < MAX_TRIES ? await upstreamSessions.listOfSession(sessionId) : []
    const { traceCode, purpose } = flow
    const left = await leave(rows, { traceCode, further: purpose.further ?? [], state }, ports)
    const outcome = await ports.journal.commit([
      sessions.end(sessionId, now),
      ...left.writes,
      ...(isFlowStale ? [] : flowWrites(signOut, left, ports)),
      eventOf(signOut, left, ports),
    ])
    if (outcome.committed) {
      if (left.called.length > 0) ports.upstreams.deliveries.soon()
      return left.visit === undefined ? { kind: 'done' } : { kind: 'visit', url: left.visit.url }
    }
    if (outcome.lost === 'sessions.end') return { kind: 'done-elsewhere' }
    // The same page was answered in another tab, perhaps otherwise: whoever wants to leave leaves.
    isFlowStale ||= outcome.lost === 'flows.advance'
  }
}

function flowWrites({ flow, isStored, now }: SignOut, { visit }: Left, { repositories }: EndSessionPorts): Write[] {
  if (visit !== undefined) {
    const away = sentOn(flow, visit.alias, now)
    return [isStored ? repositories.flows.advance(nextVersion(away)) : repositories.flows.insert(away)]
  }
  if (!isStored) return []
  const line = { step: 'sign-out', outcome: 'passed', rule: 'the person signed out' } as const
  return [repositories.flows.advance(nextVersion(completed(traced(flow, now, line))))]
}

/** For the trace: the browser is on its way to an upstream. */
export function sentOn(flow: Flow, alias: string, now: Date): Flow {
  return traced(flow, now, {
    step: 'sign-out',
    outcome: 'passed',
    rule: 'RP-Initiated Logout §2 the upstream is asked to sign the person out',
    facts: { upstream: alias },
  })
}

function eventOf(
  { signedIn: { session, account }, flow: { purpose, traceCode }, address, requestId, now }: SignOut,
  { called, visit }: Left,
  { journal }: EndSessionPorts,
): Write {
  const told = [...called, ...(visit === undefined ? [] : [visit.alias])]
  return journal.record('sign-out.succeeded', {
    at: now,
    accountId: account.id,
    ...(purpose.clientUid === undefined ? {} : { clientUid: purpose.clientUid }),
    address,
    requestId,
    traceCode,
    detail: { session: session.id, ...(told.length === 0 ? {} : { told }) },
  })
}
