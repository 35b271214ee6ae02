/** Audit events in SQL: appended, never changed. */

import { sql } from 'kysely'
import type { AuditEvent, AuditEventType, AuditRepository, TraceCode } from '../../core/audit/audit-event.ts'
import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Facts } from '../../spec/refusal.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { adHocStatement, statement } from '../statement.ts'
import type { AuditEventRow } from '../tables.ts'
import { unconditional, write } from '../write.ts'
import { endOfWindow, searchAudit } from './audit-search.ts'
import { orNull, parseJson } from './values.ts'

export function createAudit(engine: Engine, db: QueryBuilder): AuditRepository {
  const record = statement('audit.record', (p: AuditEventRow) =>
    db.insertInto('audit_event').values({
      id: p.id,
      at: p.at,
      type: p.type,
      account_id: p.account_id,
      client_uid: p.client_uid,
      address: p.address,
      request_id: p.request_id,
      trace_code: p.trace_code,
      routine: p.routine,
      detail: p.detail,
    }),
  )
  const find = statement('audit.find', (p: { id: Uint8Array }) =>
    db.selectFrom('audit_event').selectAll().where('id', '=', p.id),
  )
  return {
    record: event => write(record.name, unconditional(record, eventToRow(event))),
    async list({ traceCode, accountId, type, since, limit }) {
      // Ids are time-ordered, so the newest come first without a sort.
      let query = db.selectFrom('audit_event').selectAll().orderBy('id', 'desc').limit(limit)
      if (traceCode !== undefined) query = query.where('trace_code', '=', traceCode).where(sql<boolean>`routine = 0`)
      if (accountId !== undefined) query = query.where('account_id', '=', idToBytes(accountId))
      if (type !== undefined) query = query.where('type', '=', type)
      if (since !== undefined) query = query.where('at', '>=', since.getTime())
      return (await engine.all(adHocStatement(query), {})).map(eventFromRow)
    },
    async find(id) {
      const row = await engine.first(find, { id: idToBytes(id) })
      return row && eventFromRow(row)
    },
    async search(search) {
      const { words = [], type, address, limit } = search
      // Text of both databases has no NUL in it.
      if ([...words, type, address].some(text => text?.includes('\0'))) return { events: [] }
      const rows = await engine.all(adHocStatement(searchAudit(search, db, engine.dialect)), {})
      const last = rows.length < limit ? await engine.first(adHocStatement(endOfWindow(search, db)), {}) : rows.at(-1)
      return { events: rows.map(eventFromRow), ...(last === undefined ? {} : { next: idFromBytes(last.id) }) }
    },
  }
}

/** What happens thousands of times a second when all is well: found by time and by account, not by trace code. */
const ROUTINE: ReadonlySet<string> = new Set(['authorization.granted', 'token.issued'])

function eventToRow(event: AuditEvent): AuditEventRow {
  return {
    id: idToBytes(event.id),
    at: event.at.getTime(),
    type: event.type,
    account_id: event.accountId === undefined ? null : idToBytes(event.accountId),
    client_uid: event.clientUid === undefined ? null : idToBytes(event.clientUid),
    address: event.address,
    request_id: orNull(event.requestId),
    trace_code: orNull(event.traceCode),
    routine: ROUTINE.has(event.type) ? 1 : 0,
    detail: JSON.stringify(event.detail),
  }
}

function eventFromRow(row: AuditEventRow): AuditEvent {
  return {
    id: idFromBytes(row.id),
    at: new Date(row.at),
    type: row.type as AuditEventType,
    ...(row.account_id === null ? {} : { accountId: idFromBytes(row.account_id) }),
    ...(row.client_uid === null ? {} : { clientUid: idFromBytes(row.client_uid) }),
    address: row.address,
    ...(row.request_id === null ? {} : { requestId: row.request_id }),
    ...(row.trace_code === null ? {} : { traceCode: row.trace_code as TraceCode }),
    detail: parseJson<Facts>(row.detail),
  }
}
