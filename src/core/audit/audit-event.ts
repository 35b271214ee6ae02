/** Audit: who did what, from where, with which result. Written in the same transaction as what it tells. */

import type { Id } from '../../lib/id.ts'
import type { Facts } from '../../spec/refusal.ts'
import type { AccountId } from '../accounts/account.ts'
import type { ClientUid } from '../clients/client.ts'
import type { Write } from '../unit-of-work.ts'

/** Eight characters of Crockford's base 32 (`7K3M9QXT`), written for people as `7K3M-9QXT`. */
export type TraceCode = string & { readonly __traceCode: true }

/** `thing.act`: `sign-in.succeeded`, `token.issued`, `client.created`, … Refusals end in `.refused`. */
export type AuditEventType = `${string}.${string}`

export interface AuditEvent {
  readonly id: Id<'audit-event'>
  readonly at: Date
  readonly type: AuditEventType
  readonly accountId?: AccountId
  readonly clientUid?: ClientUid
  /** The address the request came from; `cli` for changes made at the command line. */
  readonly address: string
  readonly requestId?: string
  /** Ties together all that belongs to one sign-in. */
  readonly traceCode?: TraceCode
  /** For a refusal: `error`, `description`, `rule` and the facts. For a change: the names of the members that changed. Never a secret. */
  readonly detail: Facts
}

export interface AuditQuery {
  /** Leaves out routine events (a code granted without a page, a token issued), which are not indexed by it. */
  readonly traceCode?: TraceCode
  readonly accountId?: AccountId
  readonly type?: string
  readonly since?: Date
  /** Newest first. */
  readonly limit: number
}

export interface AuditSearch {
  /** Each has to be found in the type, the address, the request or the detail, without regard to case. */
  readonly words?: readonly string[]
  /** A type, or with a dot or a star at its end the beginning of types: `client.`, `client.*`. */
  readonly type?: string
  /** Those that say no. */
  readonly isRefusal?: boolean
  readonly accountId?: AccountId
  readonly clientUid?: ClientUid
  readonly traceCode?: TraceCode
  readonly address?: string
  readonly since?: Date
  readonly until?: Date
  /** In the order in which they happened. */
  readonly descending: boolean
  /** Those behind this one. */
  readonly after?: Id<'audit-event'>
  readonly limit: number
  /** How many events are looked at, found or not; many when absent. */
  readonly lookThrough?: number
}

export interface FoundEvents {
  readonly events: readonly AuditEvent[]
  /** Behind this one nothing was looked at; absent: that was all. There may be fewer events than asked for, or none, and still more to come. */
  readonly next?: Id<'audit-event'>
}

export interface AuditRepository {
  record(event: AuditEvent): Write
  list(query: AuditQuery): Promise<readonly AuditEvent[]>
  find(id: Id<'audit-event'>): Promise<AuditEvent | undefined>
  /** A part of them. Looks through a bounded number of events at a time, however rare what is searched for is. */
  search(search: AuditSearch): Promise<FoundEvents>
}
