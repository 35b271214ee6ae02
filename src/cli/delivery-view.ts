/** Deliveries as commands print them; never their content, which is for one person alone. */

import { formatTraceCode } from '../core/audit/trace-code.ts'
import type { Delivery, DeliveryId, DeliveryRepository } from '../core/deliveries/delivery.ts'
import { usefulUntil } from '../core/deliveries/delivery-times.ts'
import { parseId } from '../lib/id.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { formatFields } from './output.ts'

export async function getDelivery(deliveries: DeliveryRepository, text: string): Promise<Delivery> {
  const id: DeliveryId | undefined = parseId<'delivery'>(text)
  const delivery = id === undefined ? undefined : await deliveries.find(id)
  if (delivery !== undefined) return delivery
  throw new CommandFailure(EXIT.notFound, `there is no delivery ${text}; sallyport delivery list shows all`)
}

export function deliveryJson(delivery: Delivery): Record<string, unknown> {
  const { id, kind, about, traceCode, state, attempts, nextAt, lastResult, createdAt, updatedAt, expiresAt } = delivery
  return {
    id,
    kind,
    about,
    state,
    attempts,
    next_at: nextAt?.toISOString() ?? null,
    last_result: lastResult ?? null,
    trace_code: traceCode === undefined ? null : formatTraceCode(traceCode),
    useful_until: usefulUntil(delivery).toISOString(),
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
    expires_at: expiresAt.toISOString(),
  }
}

export function deliveryText(delivery: Delivery): string {
  const { about, ...fields } = deliveryJson(delivery)
  const { id, kind, ...others } = fields
  return formatFields({ id, kind, ...(about as Delivery['about']), ...others })
}

/** `to a•••@example.com, upstream google`: what it is about, in one cell. */
export function aboutText({ about }: Delivery): string {
  return Object.entries(about)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(' ') : String(value)}`)
    .join(', ')
}
