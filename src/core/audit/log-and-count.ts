/** What the log and the metrics hear of a committed audit event. */

import type { AuditEvent } from './audit-event.ts'

export interface EventLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  debug(fields: Readonly<Record<string, unknown>>, message: string): void
}

export interface EventCounters {
  countSignIn(method: string, outcome: 'succeeded' | 'refused'): void
  countRefusal(endpoint: string, error: string): void
  countTokens(grantType: string): void
}

/** Tokens are issued thousands of times a second; a line for each is for whoever asks for it. */
const ONLY_AT_DEBUG = new Set(['token.issued', 'authorization.granted', 'token.revoked'])

export function tellOf(log: EventLog, counters: EventCounters): (event: AuditEvent) => void {
  return event => {
    const { type, detail } = event
    const [thing = '', act = ''] = type.split('.')
    if (thing === 'sign-in') counters.countSignIn('password', act === 'succeeded' ? 'succeeded' : 'refused')
    else if (act === 'refused') counters.countRefusal(thing, String(detail.error))
    else if (type === 'token.issued') counters.countTokens(String(detail.grant_type))
    const write = ONLY_AT_DEBUG.has(type) ? log.debug : log.info
    write.call(log, fieldsOf(event), type)
  }
}

function fieldsOf({
  accountId,
  clientUid,
  address,
  requestId,
  traceCode,
  detail,
}: AuditEvent): Record<string, unknown> {
  return { requestId, traceCode, accountId, clientUid, address, detail: withoutValues(detail) }
}

/** Which fields changed, but not from what to what: values are about people, and logs are read and kept by others than the audit. */
function withoutValues(detail: AuditEvent['detail']): AuditEvent['detail'] {
  return Object.fromEntries(Object.entries(detail).filter(([name]) => !/^(?:before|after)\./.test(name)))
}
