/** The steps of a flow: each takes a flow and what happened, and returns the flow after it. Pure. */

import type { Id } from '../../lib/id.ts'
import type { Refusal } from '../../spec/refusal.ts'
import type { TraceCode } from '../audit/audit-event.ts'
import type { GrantId } from '../grants/grant.ts'
import type { Session } from '../sessions/session.ts'
import type { Flow, FlowPurpose, FlowState, TraceEntry } from './flow.ts'

export interface NewFlow {
  readonly id: Id<'flow'>
  readonly traceCode: TraceCode
  readonly purpose: FlowPurpose
  readonly now: Date
  readonly expiresAt: Date
}

/** A trace that somebody makes grow without end (pressing a button a thousand times) keeps its beginning and its end. */
const MAX_TRACE_ENTRIES = 60

export function startFlow({ id, traceCode, purpose, now, expiresAt }: NewFlow): Flow {
  return { id, version: 1, traceCode, purpose, state: { at: 'started' }, trace: [], createdAt: now, expiresAt }
}

export function traced(flow: Flow, now: Date, entry: Omit<TraceEntry, 'at'>): Flow {
  const trace = [...flow.trace, { at: now.toISOString(), ...entry }]
  if (trace.length > MAX_TRACE_ENTRIES) trace.splice(MAX_TRACE_ENTRIES / 2, 1)
  return { ...flow, trace }
}

/** The flow as it is stored next: every write of a flow takes its next version. */
export function nextVersion(flow: Flow): Flow {
  return { ...flow, version: flow.version + 1 }
}

export function authenticated(flow: Flow, session: Session): Flow {
  const state: FlowState = {
    at: 'authenticated',
    sessionId: session.id,
    accountId: session.accountId,
    authTime: session.authTime.toISOString(),
  }
  return { ...flow, state }
}

/** The person wants to go on as somebody else. */
export function restarted(flow: Flow): Flow {
  return { ...flow, state: { at: 'started' } }
}

export function completed(flow: Flow, grantId?: GrantId): Flow {
  return { ...flow, state: { at: 'completed', ...(grantId === undefined ? {} : { grantId }) } }
}

export function refused(flow: Flow, now: Date, step: string, refusal: Refusal): Flow {
  const { error, description } = refusal
  return { ...tracedRefusal(flow, now, step, refusal), state: { at: 'refused', error, description } }
}

/** The app is not for this person: they are told, and may still go on as somebody else. */
export function refusedHere(flow: Flow, now: Date, refusal: Refusal): Flow {
  return tracedRefusal(flow, now, 'policy', refusal)
}

function tracedRefusal(flow: Flow, now: Date, step: string, { error, description, rule, facts }: Refusal): Flow {
  return traced(flow, now, { step, outcome: 'refused', rule, facts: { error, description, ...facts } })
}

/** Ended flows answer no more questions; the person starts again at the app. */
export function isOver(flow: Flow, now: Date): boolean {
  return flow.state.at === 'completed' || flow.state.at === 'refused' || flow.expiresAt <= now
}
