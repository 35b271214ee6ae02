/** Deliveries in SQL. */

import type { TraceCode } from '../../core/audit/audit-event.ts'
import type { Delivery, DeliveryRepository } from '../../core/deliveries/delivery.ts'
import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Facts } from '../../spec/refusal.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { adHocStatement, statement } from '../statement.ts'
import type { DeliveryRow } from '../tables.ts'
import { conditional, unconditional, write } from '../write.ts'
import { holdsText } from './holds-text.ts'
import { orNull, parseJson, timeOf } from './values.ts'

export function createDeliveries(engine: Engine, db: QueryBuilder): DeliveryRepository {
  const { find, listDue, insert, advance } = createStatements(db)
  return {
    async find(id) {
      const row = await engine.first(find, { id: idToBytes(id) })
      return row && fromRow(row)
    },
    async list({ kind, state, search = [], ascending = false, after, limit }) {
      let query = db
        .selectFrom('delivery')
        .selectAll()
        .orderBy('id', ascending ? 'asc' : 'desc')
        .limit(limit)
      if (kind !== undefined) query = query.where('kind', '=', kind)
      if (state !== undefined) query = query.where('state', '=', state)
      if (after !== undefined) query = query.where('id', ascending ? '>' : '<', idToBytes(after))
      const text = "lower(about || ' ' || coalesce(last_result, ''))"
      for (const word of search) query = query.where(holdsText(text, word.toLowerCase(), engine.dialect))
      return (await engine.all(adHocStatement(query), {})).map(fromRow)
    },
    async listDue(kind, now, limit) {
      return (await engine.all(listDue, { kind, now: now.getTime(), limit })).map(fromRow)
    },
    insert: delivery => write(insert.name, unconditional(insert, toRow(delivery))),
    advance(delivery, seen) {
      const { state, attempts, nextAt } = seen
      const params = { ...toRow(delivery), seen_state: state, seen_attempts: attempts, seen_next_at: timeOf(nextAt) }
      return write(advance.name, conditional(advance, params))
    },
  }
}

interface Seen {
  seen_state: string
  seen_attempts: number
  seen_next_at: number | null
}

function createStatements(db: QueryBuilder) {
  return {
    find: statement('deliveries.find', (p: { id: Uint8Array }) =>
      db.selectFrom('delivery').selectAll().where('id', '=', p.id),
    ),
    listDue: statement('deliveries.listDue', (p: { kind: string; now: number; limit: number }) =>
      db
        .selectFrom('delivery')
        .selectAll()
        .where('next_at', 'is not', null)
        .where('next_at', '<=', p.now)
        .where('kind', '=', p.kind)
        .orderBy('next_at')
        .limit(p.limit),
    ),
    insert: statement('deliveries.insert', (p: DeliveryRow) =>
      db.insertInto('delivery').values({ id: p.id, kind: p.kind, created_at: p.created_at, ...progress(p) }),
    ),
    advance: statement('deliveries.advance', (p: DeliveryRow & Seen) =>
      db
        .updateTable('delivery')
        .set(progress(p))
        .where('id', '=', p.id)
        .where('state', '=', p.seen_state)
        .where('attempts', '=', p.seen_attempts)
        .where('next_at', 'is not distinct from', p.seen_next_at),
    ),
  }
}

/** Picked one by one: `p` stands for values that are not there yet and cannot be spread. */
function progress(p: DeliveryRow): Omit<DeliveryRow, 'id' | 'kind' | 'created_at'> {
  return {
    about: p.about,
    trace_code: p.trace_code,
    sealed_content: p.sealed_content,
    state: p.state,
    attempts: p.attempts,
    next_at: p.next_at,
    last_result: p.last_result,
    updated_at: p.updated_at,
    expires_at: p.expires_at,
  }
}

function toRow(delivery: Delivery): DeliveryRow {
  return {
    id: idToBytes(delivery.id),
    kind: delivery.kind,
    about: JSON.stringify(delivery.about),
    trace_code: orNull(delivery.traceCode),
    sealed_content: orNull(delivery.sealedContent),
    state: delivery.state,
    attempts: delivery.attempts,
    next_at: timeOf(delivery.nextAt),
    last_result: orNull(delivery.lastResult),
    created_at: delivery.createdAt.getTime(),
    updated_at: delivery.updatedAt.getTime(),
    expires_at: delivery.expiresAt.getTime(),
  }
}

function fromRow(row: DeliveryRow): Delivery {
  return {
    id: idFromBytes(row.id),
    kind: row.kind as Delivery['kind'],
    about: parseJson<Facts>(row.about),
    ...(row.trace_code === null ? {} : { traceCode: row.trace_code as TraceCode }),
    ...(row.sealed_content === null ? {} : { sealedContent: Buffer.from(row.sealed_content) }),
    state: row.state as Delivery['state'],
    attempts: row.attempts,
    ...(row.next_at === null ? {} : { nextAt: new Date(row.next_at) }),
    ...(row.last_result === null ? {} : { lastResult: row.last_result }),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    expiresAt: new Date(row.expires_at),
  }
}
