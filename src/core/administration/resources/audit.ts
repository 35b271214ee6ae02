/** The audit: who did what, from where, with which result. Nobody changes it. */

import { parseId } from '../../../lib/id.ts'
import type { AuditEvent, AuditSearch } from '../../audit/audit-event.ts'
import { parseTraceCode } from '../../audit/trace-code.ts'
import { type ListQuery, sealCursor } from '../list-query.ts'
import type { Acting } from '../ports.ts'
import { invalid, isProblem, type Problem } from '../problem.ts'
import type { Resource } from '../resource.ts'
import { findAccount } from './accounts/account-document.ts'
import { AUDIT_FIELDS, AUDIT_NARROWED_BY, auditDocument } from './audit/audit-document.ts'

export const audit: Resource<AuditEvent> = {
  name: 'audit',
  singular: 'audit event',
  key: 'id',
  about:
    'Who did what, from where, with which result. Nobody changes it; old events are deleted after `audit.retention`.',
  fields: AUDIT_FIELDS,
  narrowedBy: AUDIT_NARROWED_BY,
  standardSort: '-at',
  roles: { read: 'viewer', change: 'administrator' },

  async list(query, acting) {
    const search = await searchOf(query, acting)
    if (search === undefined) return { items: [] }
    if (isProblem(search)) return search
    const { limit } = query
    const found = await acting.repositories.audit.search({ ...search, limit: limit + 1 })
    const items = found.events.slice(0, limit)
    const next = found.events.length > limit ? items.at(-1)?.id : found.next
    return { items, ...(next === undefined ? {} : { next: sealCursor({ value: null, key: next }) }) }
  },

  async find(key, { repositories }) {
    const id = parseId<'audit-event'>(key)
    return id === undefined ? undefined : repositories.audit.find(id)
  },
  documentOf: auditDocument,
}

/** Nothing: whom it is narrowed by does not exist, so nothing is known about them under this name. */
async function searchOf(
  { filters, search, sort, after }: ListQuery,
  { repositories: { accounts, clients } }: Acting,
): Promise<Omit<AuditSearch, 'limit'> | Problem | undefined> {
  const since = timeOf('since', filters.since)
  const until = timeOf('until', filters.until)
  if (isProblem(since)) return since
  if (isProblem(until)) return until
  const traceCode = filters.trace_code === undefined ? undefined : parseTraceCode(filters.trace_code)
  const account = filters.account === undefined ? undefined : await findAccount(filters.account, accounts)
  const client = filters.client === undefined ? undefined : await clients.findByClientId(filters.client)
  const isNobody =
    (filters.trace_code !== undefined && traceCode === undefined) ||
    (filters.account !== undefined && account === undefined) ||
    (filters.client !== undefined && client === undefined)
  if (isNobody) return undefined
  const start = after === undefined ? undefined : parseId<'audit-event'>(after.key)
  return {
    words: search,
    descending: sort.descending,
    ...(filters.type === undefined ? {} : { type: filters.type }),
    ...(filters.refused === undefined ? {} : { isRefusal: filters.refused === 'true' }),
    ...(filters.address === undefined ? {} : { address: filters.address }),
    ...(traceCode === undefined ? {} : { traceCode }),
    ...(account === undefined ? {} : { accountId: account.id }),
    ...(client === undefined ? {} : { clientUid: client.uid }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(start === undefined ? {} : { after: start }),
  }
}

/** RFC 3339 §5.6, or a day. Years have four digits. */
const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/i

function timeOf(name: string, text: string | undefined): Date | Problem | undefined {
  if (text === undefined) return undefined
  const time = new Date(text)
  if (TIME.test(text) && !Number.isNaN(time.getTime())) return time
  const message = 'must be a day such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z'
  return invalid([{ member: name, rule: 'RFC 3339 §5.6 time', message }])
}
