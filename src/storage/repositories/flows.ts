/** Flows in SQL: each step replaces the row, if nobody took a step in the meantime. */

import type { TraceCode } from '../../core/audit/audit-event.ts'
import type { Flow, FlowRepository } from '../../core/flow/flow.ts'
import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import type { FlowRow } from '../tables.ts'
import { conditional, unconditional, write } from '../write.ts'
import { parseJson } from './values.ts'

export function createFlows(engine: Engine, db: QueryBuilder): FlowRepository {
  const find = statement('flows.find', (p: { id: Uint8Array }) =>
    db.selectFrom('flow').selectAll().where('id', '=', p.id),
  )
  // Codes are short and may meet again after years: the newest is meant.
  const findByTraceCode = statement('flows.findByTraceCode', (p: { code: string }) =>
    db.selectFrom('flow').selectAll().where('trace_code', '=', p.code).orderBy('id', 'desc').limit(1),
  )
  const insert = statement('flows.insert', (p: FlowRow) =>
    db.insertInto('flow').values({
      id: p.id,
      version: p.version,
      trace_code: p.trace_code,
      created_at: p.created_at,
      expires_at: p.expires_at,
      progress: p.progress,
    }),
  )
  const advance = statement(
    'flows.advance',
    (p: { id: Uint8Array; from: number; version: number; expires_at: number; progress: string }) =>
      db
        .updateTable('flow')
        .set({ version: p.version, expires_at: p.expires_at, progress: p.progress })
        .where('id', '=', p.id)
        .where('version', '=', p.from),
  )
  return {
    async find(id) {
      const row = await engine.first(find, { id: idToBytes(id) })
      return row && flowFromRow(row)
    },
    async findByTraceCode(code) {
      const row = await engine.first(findByTraceCode, { code })
      return row && flowFromRow(row)
    },
    insert: flow => write(insert.name, unconditional(insert, flowToRow(flow))),
    advance: flow => write(advance.name, conditional(advance, { ...flowToRow(flow), from: flow.version - 1 })),
  }
}

type Progress = Pick<Flow, 'purpose' | 'state' | 'upstream' | 'pendingLink' | 'trace'>

function flowToRow({ id, version, traceCode, createdAt, expiresAt, ...progress }: Flow): FlowRow {
  return {
    id: idToBytes(id),
    version,
    trace_code: traceCode,
    created_at: createdAt.getTime(),
    expires_at: expiresAt.getTime(),
    progress: JSON.stringify(progress satisfies Progress),
  }
}

function flowFromRow(row: FlowRow): Flow {
  return {
    id: idFromBytes(row.id),
    version: row.version,
    traceCode: row.trace_code as TraceCode,
    ...parseJson<Progress>(row.progress),
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
  }
}
