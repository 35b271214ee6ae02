/** For the audit: whose flow it is, and where the request came from. */

import type { NewAuditEvent } from '../audit/journal.ts'
import type { Flow } from './flow.ts'

export function aboutFlow(
  { purpose, traceCode }: Flow,
  { address, requestId }: { readonly address: string; readonly requestId: string },
): Pick<NewAuditEvent, 'address' | 'requestId' | 'traceCode' | 'clientUid'> {
  const clientUid = purpose.kind === 'authorization' || purpose.kind === 'approval' ? purpose.clientUid : undefined
  return { address, requestId, traceCode, ...(clientUid === undefined ? {} : { clientUid }) }
}
