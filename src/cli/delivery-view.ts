/** Deliveries as commands print them; never their content, which is for one person alone. */

import { type AdminClient, AdminProblem, type DocumentOf } from '../admin-client/admin-client.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { formatFields } from './output.ts'

export type DeliveryDocument = DocumentOf<'deliveries.read'>

export async function getDelivery(admin: AdminClient, id: string): Promise<DeliveryDocument> {
  try {
    return (await admin.call('deliveries.read', { path: { id } })).document
  } catch (error) {
    if (!(error instanceof AdminProblem) || error.kind !== 'not-found') throw error
    throw new CommandFailure(EXIT.notFound, `there is no delivery ${id}; sallyport delivery list shows all`)
  }
}

export function deliveryJson(delivery: DeliveryDocument): Record<string, unknown> {
  const { next_at, last_result, trace_code } = delivery
  return {
    id: delivery.id,
    kind: delivery.kind,
    about: delivery.about,
    state: delivery.state,
    attempts: delivery.attempts,
    next_at: next_at ?? null,
    last_result: last_result ?? null,
    trace_code: trace_code ?? null,
    useful_until: delivery.useful_until,
    created_at: delivery.created_at,
    updated_at: delivery.updated_at,
    expires_at: delivery.expires_at,
  }
}

export function deliveryText(delivery: DeliveryDocument): string {
  const { about: _, id, kind, ...others } = deliveryJson(delivery)
  return formatFields({ id, kind, ...delivery.about, ...others })
}

/** `to a•••@example.com, upstream google`: what it is about, in one cell. */
export function aboutText({ about = {} }: DeliveryDocument): string {
  return Object.entries(about)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(' ') : String(value)}`)
    .join(', ')
}
