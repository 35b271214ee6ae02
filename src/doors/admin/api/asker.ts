/** Whoever asks for something to be managed: somebody who may, or a stranger, with the reason why. */

import type { Actor } from '../../../core/administration/actor.ts'
import type { NewAuditEvent } from '../../../core/audit/journal.ts'
import type { Refusal } from '../../../spec/refusal.ts'

/** Nobody who may; what is known about them goes into the audit. */
export interface Stranger {
  readonly refusal: Refusal
  readonly about: Pick<NewAuditEvent, 'accountId' | 'clientUid' | 'traceCode'>
}

export type Asker = { readonly actor: Actor } | Stranger

export function stranger(refusal: Refusal, about: Stranger['about'] = {}): Stranger {
  return { refusal, about }
}
