/**
 * A deferred grant: an app waits at the token endpoint while a person decides elsewhere, on another device (RFC 8628) or when asked by us
 * (CIBA Core). One row from the app's request until it has collected its tokens.
 */

import type { Id } from '../../lib/id.ts'
import type { AuthorizationDetail } from '../../spec/authorization-details.ts'
import type { ClaimsRequest } from '../../spec/claims-request.ts'
import type { AccountId } from '../accounts/account.ts'
import type { TraceCode } from '../audit/audit-event.ts'
import type { ClientUid } from '../clients/client.ts'
import type { GrantId } from '../grants/grant.ts'
import type { Write } from '../unit-of-work.ts'

export type DeferredGrantId = Id<'deferred-grant'>

export interface DeferredTerms {
  readonly scopes: readonly string[]
  readonly resources?: readonly string[]
  readonly authorizationDetails?: readonly AuthorizationDetail[]
  readonly acrValues?: readonly string[]
  readonly claims?: ClaimsRequest
  readonly maxAgeSeconds?: number
  readonly traceCode: TraceCode
  /** CIBA Core §7.1. */
  readonly bindingMessage?: string
  readonly delivery?: 'poll' | 'ping' | 'push'
  /** CIBA Core §7.1: what we present at the client's notification endpoint, sealed. */
  readonly notificationToken?: string
  /** Who asked, for the person to see and for the audit. */
  readonly address: string
  readonly userAgent: string
  readonly dpopJkt?: string
}

export interface DeferredGrant {
  readonly id: DeferredGrantId
  readonly kind: 'device' | 'backchannel'
  readonly clientUid: ClientUid
  /** RFC 8628 §6.1, without its dash; devices only. */
  readonly userCode?: string
  /** Whom it is about: named by the app (CIBA), or whoever typed the code. */
  readonly accountId?: AccountId
  readonly state: 'pending' | 'approved' | 'denied'
  /** Set when it was approved; collecting it is the grant's `redeem`. */
  readonly grantId?: GrantId
  readonly terms: DeferredTerms
  readonly intervalSeconds: number
  readonly lastPolledAt?: Date
  readonly createdAt: Date
  readonly expiresAt: Date
  /** When the app's notification endpoint is told next (CIBA Core §10.2, §10.3); absent: there is nothing to tell. */
  readonly notifyAt?: Date
}

export interface DeferredGrantRepository {
  find(id: DeferredGrantId): Promise<DeferredGrant | undefined>
  /** One that is pending or decided and has not expired. */
  findByUserCode(userCode: string, now: Date): Promise<DeferredGrant | undefined>
  /** What waits for this person's decision, oldest first. */
  listPending(accountId: AccountId, now: Date): Promise<readonly DeferredGrant[]>
  /** Decided, and the app's notification endpoint is due to be told: the one that waits longest first. */
  listToNotify(now: Date, limit: number): Promise<readonly DeferredGrant[]>
  /** Lost (`deferredGrants.insert`) when the user code is taken. */
  insert(deferred: DeferredGrant): Write
  /** Lost (`deferredGrants.approve`) when it is no longer pending. */
  approve(id: DeferredGrantId, accountId: AccountId, grantId: GrantId, notifyAt?: Date): Write
  /** Lost (`deferredGrants.deny`) when it is no longer pending. */
  deny(id: DeferredGrantId, notifyAt?: Date): Write
  /** Lost (`deferredGrants.poll`) when another poll came at the same time. */
  poll(deferred: DeferredGrant, now: Date, intervalSeconds: number): Write
  /** One node tells the app; whoever dies over it leaves the next attempt at `nextAt`. Lost when another node took it. */
  claimNotification(deferred: DeferredGrant, nextAt: Date): Write
  /** The app was told, or is not told any more. Never lost. */
  notified(id: DeferredGrantId): Write
}
