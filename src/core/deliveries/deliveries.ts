/** The post room: what must reach somebody else is stored with what caused it, and carried until it arrives or is given up. */

import type { Facts } from '../../spec/refusal.ts'
import type { TraceCode } from '../audit/audit-event.ts'
import type { JsonObject } from '../clients/client.ts'
import type { Write } from '../unit-of-work.ts'
import type { Delivery, DeliveryKind } from './delivery.ts'

export interface NewDelivery {
  readonly kind: DeliveryKind
  /** For people: to whom and about what, without secrets. */
  readonly about: Facts
  /** What the carrier needs; sealed. */
  readonly content: JsonObject
  readonly traceCode?: TraceCode
  /** After this nobody needs it any more. */
  readonly usefulSeconds: number
}

export type Carried =
  | { readonly kind: 'delivered'; readonly result: string }
  /** The other side may take it later. */
  | { readonly kind: 'again'; readonly result: string }
  | { readonly kind: 'given-up'; readonly result: string }

/** Knows how one kind is carried. Throwing counts as `again`. */
export interface Carrier {
  readonly kind: DeliveryKind
  carry(content: JsonObject, delivery: Delivery): Promise<Carried>
}

export interface Deliveries {
  /** A write for the unit of what caused it; `soon` afterwards. */
  enqueue(delivery: NewDelivery): Write
  /** Whatever is due is carried now; nobody waits for it. */
  soon(): void
  /** All that is due; resolves when each was tried once. */
  deliverDue(signal?: AbortSignal): Promise<void>
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>
}
