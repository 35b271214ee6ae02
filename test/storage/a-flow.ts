/** A flow as the storage tests need it: complete, and different only in what the test is about. */

import type { TraceCode } from '../../src/core/audit/audit-event.ts'
import type { Flow } from '../../src/core/flow/flow.ts'
import { addSeconds } from '../../src/lib/clock.ts'
import { newId } from '../../src/lib/id.ts'
import { anAuthorizationRequest, NOON, random } from '../support/builders.ts'

export function aFlow(changes: Partial<Flow> = {}): Flow {
  return {
    id: newId(NOON, random),
    version: 1,
    traceCode: random.bytes(4).toString('hex').toUpperCase() as TraceCode,
    purpose: {
      kind: 'authorization',
      clientUid: newId(NOON, random),
      request: anAuthorizationRequest({ state: 'größe"🏰', uiLocales: ['de-AT', 'en'] }),
    },
    state: { at: 'started' },
    trace: [],
    createdAt: NOON,
    expiresAt: addSeconds(NOON, 1800),
    ...changes,
  }
}
