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
import type { AttemptId } from '../upstreams/attempt-id.ts'
import type { IdentityId } from '../upstreams/identity.ts'
import type { LogoutParameters } from '../upstreams/sign-out/logout-parameters.ts'
import type { UpstreamUid } from '../upstreams/upstream.ts'

export type FlowId = Id<'flow'>

/** What the person set out to do. */
export type FlowPurpose =
  | { readonly kind: 'authorization'; readonly clientUid: ClientUid; readonly request: AuthorizationRequest }
  /**
   * Signing in to Sallyport itself. `startClientUid`: the app whose own start the person goes to afterwards; `errand`: what they want on
   * the account page.
   */
  | { readonly kind: 'own-pages'; readonly startClientUid?: ClientUid; readonly errand?: AccountErrand }
  /** Somebody who is signed in links an identity to their account. */
  | { readonly kind: 'link-identity'; readonly accountId: AccountId; readonly upstreamUid: UpstreamUid }
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
      /** Of the app's request: what travels on to an upstream that wants it. */
      readonly further?: LogoutParameters
    }

export type AccountErrand =
  | { readonly kind: 'look' }
  /** Whoever is signed in proves it once more: an unlocked screen is not enough to change how the account is signed in to. */
  | { readonly kind: 'link'; readonly accountId: AccountId; readonly upstreamUid: UpstreamUid }
  | { readonly kind: 'unlink'; readonly accountId: AccountId; readonly identityId: IdentityId }

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

/** How far a sign-in through an upstream has come; absent: the person is not on such a way. */
export type UpstreamProgress =
  /** The browser is at the upstream, or has not come back. */
  | { readonly at: 'away'; readonly attemptId: AttemptId }
  /** Asked without a page (`prompt=none`), and the answer is no: the app hears of it. */
  | { readonly at: 'failed'; readonly attemptId: AttemptId; readonly error: string; readonly description: string }
  /** What it said is verified and kept with the attempt; `/arrive` decides what becomes of it. */
  | {
      readonly at: 'answered'
      readonly attemptId: AttemptId
      readonly entered?: EnteredProfile
      /** The person says that this account is not theirs. */
      readonly declined?: AccountId
    }
  /** An account may be theirs: they have to prove it (`Flow.pendingLink`). */
  | {
      readonly at: 'linking'
      readonly attemptId: AttemptId
      readonly accountId: AccountId
      readonly entered?: EnteredProfile
    }
  /** Signed in at the upstream; a proof to us is missing (`post_login`). */
  | { readonly at: 'post-login'; readonly attemptId: AttemptId; readonly accountId: AccountId }

/** Kept until it is proven or given up, also while the browser is at another upstream for the proof. */
export interface PendingLink {
  /** Whose answer names the identity. */
  readonly attemptId: AttemptId
  /** Whose account it has to be proven to be. */
  readonly accountId: AccountId
  readonly entered?: EnteredProfile
  /** ISO 8601: when the last mail was sent. */
  readonly mailedAt?: string
}

/** What the person typed where the upstream said too little. All that is absent was left empty. */
export interface EnteredProfile {
  readonly username?: string
  readonly email?: string
  readonly name?: string
}

export interface Flow {
  readonly id: FlowId
  /** Grows with every step; a step on a stale version loses. */
  readonly version: number
  readonly traceCode: TraceCode
  readonly purpose: FlowPurpose
  readonly state: FlowState
  readonly upstream?: UpstreamProgress
  readonly pendingLink?: PendingLink
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
