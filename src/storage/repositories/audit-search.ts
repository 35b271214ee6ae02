/** A part of the audit in SQL. What no index finds is looked for in a window of events, so that a search never reads the whole table at once. */

import { sql } from 'kysely'
import type { AuditSearch } from '../../core/audit/audit-event.ts'
import { idToBytes } from '../../lib/id.ts'
import type { Dialect } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { holdsText } from './holds-text.ts'

const STANDARD_WINDOW = 20_000

export function searchAudit(search: AuditSearch, db: QueryBuilder, dialect: Dialect) {
  const { words = [], type, isRefusal, clientUid, address, descending, limit } = search
  const { lookThrough = STANDARD_WINDOW } = search
  let query = db
    .selectFrom(window(search, db).selectAll().limit(lookThrough).as('looked_through'))
    .selectAll()
    .limit(limit)
  for (const word of words) {
    const texts = ['lower(type)', 'lower(address)', "lower(coalesce(request_id, ''))", 'lower(detail)']
    query = query.where(eb => eb.or(texts.map(text => holdsText(text, word, dialect))))
  }
  if (type !== undefined) query = query.where(ofType(type, dialect))
  if (isRefusal !== undefined) query = query.where('type', isRefusal ? 'like' : 'not like', '%.refused')
  if (clientUid !== undefined) query = query.where('client_uid', '=', idToBytes(clientUid))
  if (address !== undefined) query = query.where('address', '=', address)
  return query.orderBy('id', descending ? 'desc' : 'asc')
}

/** The last event that was looked at, when there are more behind it. */
export function endOfWindow(search: AuditSearch, db: QueryBuilder) {
  return window(search, db)
    .select('id')
    .limit(1)
    .offset((search.lookThrough ?? STANDARD_WINDOW) - 1)
}

/** Found by an index, or by the order of the table: ids are ordered by time, to the millisecond. */
function window({ accountId, traceCode, since, until, descending, after }: AuditSearch, db: QueryBuilder) {
  let query = db.selectFrom('audit_event').orderBy('id', descending ? 'desc' : 'asc')
  if (accountId !== undefined) query = query.where('account_id', '=', idToBytes(accountId))
  if (traceCode !== undefined) query = query.where('trace_code', '=', traceCode).where(sql<boolean>`routine = 0`)
  if (since !== undefined) query = query.where('id', '>=', firstIdAt(since))
  if (until !== undefined) query = query.where('id', '<', firstIdAt(until))
  if (after !== undefined) query = query.where('id', descending ? '<' : '>', idToBytes(after))
  return query
}

/** The smallest id of that millisecond. */
function firstIdAt(time: Date): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeUIntBE(Math.max(0, time.getTime()), 0, 6)
  return bytes
}

function ofType(type: string, dialect: Dialect) {
  const begins = type.replace(/\*$/, '')
  if (begins === type && !type.endsWith('.')) return sql<boolean>`type = ${type}`
  const substring = sql.raw(dialect === 'sqlite' ? 'substr' : 'substring')
  return sql<boolean>`${substring}(type, 1, ${begins.length}) = ${begins}`
}
