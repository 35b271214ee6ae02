/**
 * A flow: one sign-in or sign-out in progress, stored under its own id and bound to one browser by a cookie.
 * Pages store their result in it and return to it; they never route to one another.
 */

import type { Id } from '../../lib/id.ts'
import type { AuthorizationRequest } from '../../spec/authorization-request.ts'
import type { Facts } from '../../spec/refusal.ts'
import type { AccountId } from '../accounts/account.ts'
import type { TraceCode } from '../audit/audit-event.ts'
import type { ClientUid } from '../clients/client.ts'
import type { DeferredGrant, DeferredGrantId } from '../deferred-grants/deferred-grant.ts'
import type { GrantId } from '../grants/grant.ts'
import type { SessionId } from '../sessions/session.ts'
import type { Write } from '../unit-of-work.ts'

export type FlowId = Id<'flow'>

/** What the person set out to do. */
export type FlowPurpose =
  | { readonly kind: 'authorization'; readonly clientUid: ClientUid; readonly request: AuthorizationRequest }
  /** Signing in to Sallyport itself, with no app behind it. */
  | { readonly kind: 'own-pages' }
  /** Deciding what an app waits for elsewhere: a device (RFC 8628 §3.3), or an app that asks from afar (CIBA Core §8). */
  | {
      readonly kind: 'approval'
      readonly of: DeferredGrant['kind']
      readonly clientUid: ClientUid
      readonly deferredId: DeferredGrantId
    }
  /** RP-Initiated Logout §2; `redirectUri` is one of the client's registered ones. */
  | {
      readonly kind: 'sign-out'
      readonly clientUid?: ClientUid
      readonly redirectUri?: string
      readonly state?: string
    }

/** What is known by now. */
export type FlowState =
  | { readonly at: 'started' }
  | {
      readonly at: 'authenticated'
      readonly sessionId: SessionId
      readonly accountId: AccountId
      readonly authTime: string
    }
  | { readonly at: 'completed'; readonly grantId?: GrantId }
  | { readonly at: 'refused'; readonly error: string; readonly description: string }

/** One line of the time line that `sallyport why` prints. Redacted: names, ids, settings and results only. */
export interface TraceEntry {
  /** ISO 8601 with milliseconds. */
  readonly at: string
  /** `authorize`, `sign-in`, `consent`, `code-issued`, … */
  readonly step: string
  readonly outcome: 'passed' | 'refused' | 'shown'
  /** The rule or setting that decided. */
  readonly rule?: string
  readonly facts?: Facts
}

export interface Flow {
  readonly id: FlowId
  /** Grows with every step; a step on a stale version loses. */
  readonly version: number
  readonly traceCode: TraceCode
  readonly purpose: FlowPurpose
  readonly state: FlowState
  readonly trace: readonly TraceEntry[]
  readonly createdAt: Date
  /** The pages of this flow end here. The row stays a while longer, for `sallyport why`. */
  readonly expiresAt: Date
}

export interface FlowRepository {
  find(id: FlowId): Promise<Flow | undefined>
  findByTraceCode(code: TraceCode): Promise<Flow | undefined>
  insert(flow: Flow): Write
  /** Stores a step. Lost (`flows.advance`) when the stored version is no longer `flow.version - 1`. */
  advance(flow: Flow): Write
}
