/** The time line behind a code: the steps of the flow and the audit events of the same sign-in, and how it ended. Pure. */

import type { Facts } from '../../spec/refusal.ts'
import type { Account } from '../accounts/account.ts'
import type { Client } from '../clients/client.ts'
import type { Flow } from '../flow/flow.ts'
import type { AuditEvent, TraceCode } from './audit-event.ts'
import { findRemedy, type Remedy } from './remedies.ts'
import { formatTraceCode } from './trace-code.ts'

export interface ExplainedFacts {
  readonly code: TraceCode
  readonly flow: Flow | undefined
  readonly events: readonly AuditEvent[]
  /** Absent ones were deleted since. */
  readonly clients: readonly (Client | undefined)[]
  readonly accounts: readonly (Account | undefined)[]
}

export interface ExplainedStep {
  /** ISO 8601 with milliseconds. */
  readonly at: string
  readonly step: string
  readonly outcome: string
  readonly rule?: string
  readonly facts: Facts
}

export interface Explanation {
  readonly code: string
  /** `client_id` of the apps concerned. */
  readonly clients: readonly string[]
  /** User names of the people concerned. */
  readonly accounts: readonly string[]
  /** What the person set out to do; absent when there was no page. */
  readonly purpose?: 'sign-in' | 'sign-out'
  /** How far the flow came: `started`, `authenticated`, `completed`, `refused`; absent when there was none. */
  readonly state?: string
  readonly steps: readonly ExplainedStep[]
  /** How many checks said no. */
  readonly refusals: number
  /** The user name of the last step that went well. */
  readonly signedInAs?: string
  /** The last check that said no, unless a later step went well all the same. */
  readonly failed?: ExplainedStep
  readonly remedy?: Remedy
}

/** The page notes a refusal in its flow and in the audit, in two transactions. */
const SAME_MOMENT_MS = 50

export function explain({ code, flow, events, clients, accounts }: ExplainedFacts): Explanation {
  const steps = mergeRefusals(flowSteps(flow), events.map(eventStep)).sort((a, b) => a.at.localeCompare(b.at))
  const isRefused = ({ outcome }: ExplainedStep): boolean => outcome === 'refused'
  const last = steps.findLastIndex(isRefused)
  const passed = steps.findLast(({ outcome, facts }) => outcome === 'passed' && typeof facts.username === 'string')
  const failed = steps.slice(last + 1).some(({ outcome }) => outcome === 'passed') ? undefined : steps[last]
  const named = clients.flatMap(client => (client === undefined ? [] : [client.clientId]))
  const people = accounts.flatMap(account => (account === undefined ? [] : [account.username]))
  const remedy = failed && remedyOf(failed, named, people)
  return {
    code: formatTraceCode(code),
    clients: named,
    accounts: people,
    ...(flow === undefined
      ? {}
      : { purpose: flow.purpose.kind === 'sign-out' ? 'sign-out' : 'sign-in', state: flow.state.at }),
    steps,
    refusals: steps.filter(isRefused).length,
    ...(passed === undefined ? {} : { signedInAs: String(passed.facts.username) }),
    ...(failed === undefined ? {} : { failed }),
    ...(remedy === undefined ? {} : { remedy }),
  }
}

/** With several apps or people behind one code, only the refusal itself can say whom it is about. */
function remedyOf(
  { rule, facts, at }: ExplainedStep,
  clients: readonly string[],
  accounts: readonly string[],
): Remedy | undefined {
  if (rule === undefined) return undefined
  const only = (names: readonly string[]) => (names.length === 1 ? names[0] : undefined)
  return findRemedy({ rule, facts, at, clientId: only(clients), username: only(accounts) })
}

/** A refusal on a page stands in the flow's trace and among the events: it is told once, with what both know. */
function mergeRefusals(trace: readonly ExplainedStep[], events: readonly ExplainedStep[]): ExplainedStep[] {
  const left = [...events]
  const merged = trace.map(step => {
    const twin = left.findIndex(event => isTwin(step, event))
    const [event] = twin === -1 ? [] : left.splice(twin, 1)
    return event === undefined ? step : { ...step, facts: { ...step.facts, ...event.facts } }
  })
  return [...merged, ...left]
}

function isTwin(step: ExplainedStep, event: ExplainedStep): boolean {
  return (
    step.outcome === 'refused' &&
    event.outcome === 'refused' &&
    step.rule === event.rule &&
    Math.abs(Date.parse(step.at) - Date.parse(event.at)) <= SAME_MOMENT_MS
  )
}

function flowSteps(flow: Flow | undefined): readonly ExplainedStep[] {
  return (flow?.trace ?? []).map(({ at, step, outcome, rule, facts }) => ({
    at,
    step,
    outcome,
    ...(rule === undefined ? {} : { rule }),
    facts: facts ?? {},
  }))
}

function eventStep({ at, type, detail, address }: AuditEvent): ExplainedStep {
  const { rule, ...facts } = detail
  return {
    at: at.toISOString(),
    step: type,
    outcome: type.endsWith('.refused') ? 'refused' : 'recorded',
    ...(typeof rule === 'string' ? { rule } : {}),
    facts: { ...facts, address },
  }
}
