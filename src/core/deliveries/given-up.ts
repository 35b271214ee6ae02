/** Why a delivery was given up, as a refusal: what `sallyport why` shows. */

import { type Refusal, refuse } from '../../spec/refusal.ts'
import type { Delivery } from './delivery.ts'

export type GivenUpBecause = 'refused' | 'late'

export function givenUp(delivery: Delivery, because: GivenUpBecause, result: string): Refusal {
  const { id, kind, about, attempts } = delivery
  const facts = { ...about, kind, delivery: id, attempts, result }
  if (kind === 'mail') return because === 'refused' ? refusedMail(facts) : lateMail(facts)
  return refuse(
    because === 'refused' ? 'delivery_refused' : 'delivery_late',
    'the upstream was not told of a sign-out',
    'RP-Initiated Logout §2 the upstream is told of a sign-out while it matters',
    facts,
  )
}

function refusedMail(facts: Refusal['facts']): Refusal {
  const rule = 'RFC 5321 §4.2.1 the mail server takes the mail (mail.server)'
  return refuse('delivery_refused', 'the mail server refused a mail', rule, facts)
}

function lateMail(facts: Refusal['facts']): Refusal {
  const rule = 'a mail server takes the mail while somebody needs it (mail.server)'
  return refuse('delivery_late', 'no mail server took a mail in time', rule, facts)
}
