/** An administrator has a delivery tried once more, now: one that waits, or one that was given up. */

import type { Delivery } from './delivery.ts'
import { retriedExpiry } from './delivery-times.ts'

export type Retried =
  | { readonly kind: 'again'; readonly delivery: Delivery }
  | { readonly kind: 'delivered-already' }
  | { readonly kind: 'content-gone' }

export function retryDelivery(delivery: Delivery, now: Date): Retried {
  if (delivery.state === 'delivered') return { kind: 'delivered-already' }
  if (delivery.sealedContent === undefined) return { kind: 'content-gone' }
  const expiresAt = retriedExpiry(delivery, now)
  return { kind: 'again', delivery: { ...delivery, state: 'waiting', nextAt: now, updatedAt: now, expiresAt } }
}
