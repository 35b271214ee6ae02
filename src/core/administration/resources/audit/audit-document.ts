/** An audit event as the document that is shown. */

import type { AuditEvent } from '../../../audit/audit-event.ts'
import { formatTraceCode } from '../../../audit/trace-code.ts'
import type { Field } from '../../field.ts'
import type { Acting, Document } from '../../ports.ts'

export const AUDIT_FIELDS: readonly Field[] = [
  { name: 'id', kind: 'text', access: 'shown', required: true, about: 'Ordered by time.' },
  { name: 'at', kind: 'time', access: 'shown', required: true, about: 'When it happened.', finds: ['sort'] },
  {
    name: 'type',
    kind: 'text',
    access: 'shown',
    required: true,
    about: 'What happened. A filter with a dot at its end means all that begin so: `client.`.',
    finds: ['search', 'filter'],
    example: 'client.created',
  },
  { name: 'by', kind: 'text', access: 'shown', about: 'Who did it, where somebody manages the server.' },
  {
    name: 'account',
    kind: 'text',
    access: 'shown',
    about: 'The user name of the account that it is about, or that did it.',
    finds: ['filter'],
  },
  {
    name: 'client',
    kind: 'text',
    access: 'shown',
    about: 'The client_id of the app that it is about, or that did it.',
    finds: ['filter'],
  },
  {
    name: 'address',
    kind: 'text',
    access: 'shown',
    required: true,
    about: 'Where the request came from; `cli` at the command line.',
    finds: ['search', 'filter'],
  },
  { name: 'request_id', kind: 'text', access: 'shown', about: 'Of the request, as in the log.', finds: ['search'] },
  {
    name: 'trace_code',
    kind: 'text',
    access: 'shown',
    about: 'The code of the error page; all that belongs to one sign-in has the same. `sallyport why` explains it.',
    finds: ['filter'],
    example: '7K3M-9QXT',
  },
  {
    name: 'detail',
    kind: 'object',
    access: 'shown',
    required: true,
    about: 'Of a refusal: the rule and its facts. Of a change: what was before and what is after. Never a secret.',
    finds: ['search'],
  },
]

export const AUDIT_NARROWED_BY: readonly Field[] = [
  { name: 'refused', kind: 'boolean', access: 'written', about: 'Those that say no.' },
  { name: 'since', kind: 'time', access: 'written', about: 'Not before this time.', example: '2026-01-31' },
  { name: 'until', kind: 'time', access: 'written', about: 'Before this time.', example: '2026-02-28T12:00:00Z' },
]

export async function auditDocument(event: AuditEvent, { repositories }: Acting): Promise<Document> {
  const { id, at, type, accountId, clientUid, address, requestId, traceCode, detail } = event
  const [account, client] = await Promise.all([
    accountId === undefined ? undefined : repositories.accounts.find(accountId),
    clientUid === undefined ? undefined : repositories.clients.find(clientUid),
  ])
  const { by, ...facts } = detail
  return {
    id,
    at: at.toISOString(),
    type,
    ...(by === undefined ? {} : { by }),
    ...(account === undefined ? {} : { account: account.username }),
    ...(client === undefined ? {} : { client: client.clientId }),
    address,
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(traceCode === undefined ? {} : { trace_code: formatTraceCode(traceCode) }),
    detail: facts,
  }
}
