/** Commits what a command decided, together with its audit event, or tells what came between. */

import type { AuditEventType } from '../core/audit/audit-event.ts'
import type { NewAuditEvent } from '../core/audit/journal.ts'
import type { Write } from '../core/unit-of-work.ts'
import type { House } from '../house.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'

export interface Told extends Omit<NewAuditEvent, 'address'> {
  readonly type: AuditEventType
}

/** Where changes at the command line come from, in the audit. */
const ADDRESS = 'cli'

/** `lost`: what to say when the change met another one. */
export async function commitChange(
  { journal }: House,
  writes: readonly Write[],
  events: readonly Told[],
  lost: string,
): Promise<void> {
  const told = events.map(({ type, ...event }) => journal.record(type, { ...event, address: ADDRESS }))
  const outcome = await journal.commit([...writes, ...told])
  if (!outcome.committed) throw new CommandFailure(EXIT.conflict, lost)
}
