/** A delivery: something that must reach somebody else, tried again until it does or is given up. Its log is its row. */

import type { Id } from '../../lib/id.ts'
import type { Facts } from '../../spec/refusal.ts'
import type { TraceCode } from '../audit/audit-event.ts'
import type { Write } from '../unit-of-work.ts'

export type DeliveryId = Id<'delivery'>
export const DELIVERY_KINDS = ['mail', 'upstream-logout'] as const
export type DeliveryKind = (typeof DELIVERY_KINDS)[number]
export const DELIVERY_STATES = ['waiting', 'delivered', 'given-up'] as const

export interface Delivery {
  readonly id: DeliveryId
  readonly kind: DeliveryKind
  /** For people: to whom and about what, without secrets. */
  readonly about: Facts
  readonly traceCode?: TraceCode
  /** JSON, sealed under `deliveryContext(id)`; gone once it was delivered. */
  readonly sealedContent?: Uint8Array
  readonly state: (typeof DELIVERY_STATES)[number]
  readonly attempts: number
  /** When it is tried next; only while it waits. */
  readonly nextAt?: Date
  /** What the last attempt came to, for people. */
  readonly lastResult?: string
  readonly createdAt: Date
  readonly updatedAt: Date
  /** The row goes. */
  readonly expiresAt: Date
}

export function deliveryContext(id: DeliveryId): string {
  return `delivery:${id}:content`
}

export interface DeliveryQuery {
  readonly kind?: DeliveryKind
  readonly state?: Delivery['state']
  /** Words in lower case that all have to be found in what it is about, or in its last result. */
  readonly search?: readonly string[]
  /** Oldest first; else newest first. */
  readonly ascending?: boolean
  /** Where the page before ended. */
  readonly after?: DeliveryId
  readonly limit: number
}

export interface DeliveryRepository {
  find(id: DeliveryId): Promise<Delivery | undefined>
  list(query: DeliveryQuery): Promise<readonly Delivery[]>
  /** Waiting, `nextAt` reached; oldest first. */
  listDue(kind: DeliveryKind, now: Date, limit: number): Promise<readonly Delivery[]>
  insert(delivery: Delivery): Write
  /** All but id, kind and `createdAt`. Lost (`deliveries.advance`) when state, `attempts` or `nextAt` are no longer those of `seen`. */
  advance(delivery: Delivery, seen: Delivery): Write
}
