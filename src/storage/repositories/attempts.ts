/** Attempts to sign in through an upstream, in SQL. */

import { sql } from 'kysely'
import type { TraceCode } from '../../core/audit/audit-event.ts'
import type { Attempt, AttemptRepository, AttemptState, AttemptTerms } from '../../core/upstreams/attempt.ts'
import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import type { UpstreamAttemptRow } from '../tables.ts'
import { conditional, unconditional, write } from '../write.ts'
import { orNull, parseJson } from './values.ts'

export function createAttempts(engine: Engine, db: QueryBuilder): AttemptRepository {
  const find = statement('attempts.find', (p: { id: Uint8Array }) =>
    db.selectFrom('upstream_attempt').selectAll().where('id', '=', p.id),
  )
  const findByTraceCode = statement('attempts.findByTraceCode', (p: { code: string }) =>
    db
      .selectFrom('upstream_attempt')
      .selectAll()
      .where('trace_code', '=', p.code)
      .where('sealed_answer', 'is not', null)
      .orderBy('id', 'desc')
      .limit(1),
  )
  const listAnswered = statement('attempts.listAnswered', (p: { uid: Uint8Array }) =>
    db
      .selectFrom('upstream_attempt')
      .selectAll()
      .where('upstream_uid', '=', p.uid)
      .where('state', '=', sql.lit<AttemptState>('answered'))
      .orderBy('id'),
  )
  const insert = statement('attempts.insert', (p: UpstreamAttemptRow) =>
    db.insertInto('upstream_attempt').values({
      id: p.id,
      flow_id: p.flow_id,
      upstream_uid: p.upstream_uid,
      trace_code: p.trace_code,
      state: p.state,
      terms: p.terms,
      sealed_answer: p.sealed_answer,
      created_at: p.created_at,
      expires_at: p.expires_at,
    }),
  )
  const advance = statement(
    'attempts.advance',
    (p: { id: Uint8Array; from: string; state: string; sealed_answer: Uint8Array | null; expires_at: number }) =>
      db
        .updateTable('upstream_attempt')
        .set({ state: p.state, sealed_answer: p.sealed_answer, expires_at: p.expires_at })
        .where('id', '=', p.id)
        .where('state', '=', p.from),
  )
  return {
    async find(id) {
      const row = await engine.first(find, { id: idToBytes(id) })
      return row && fromRow(row)
    },
    async findByTraceCode(code) {
      const row = await engine.first(findByTraceCode, { code })
      return row && fromRow(row)
    },
    listAnswered: async uid => (await engine.all(listAnswered, { uid: idToBytes(uid) })).map(fromRow),
    insert: attempt => write(insert.name, unconditional(insert, toRow(attempt))),
    advance: (attempt, from) => write(advance.name, conditional(advance, { ...toRow(attempt), from })),
  }
}

function toRow(attempt: Attempt): UpstreamAttemptRow {
  return {
    id: idToBytes(attempt.id),
    flow_id: idToBytes(attempt.flowId),
    upstream_uid: idToBytes(attempt.upstreamUid),
    trace_code: attempt.traceCode,
    state: attempt.state,
    terms: JSON.stringify(attempt.terms),
    sealed_answer: orNull(attempt.sealedAnswer),
    created_at: attempt.createdAt.getTime(),
    expires_at: attempt.expiresAt.getTime(),
  }
}

function fromRow(row: UpstreamAttemptRow): Attempt {
  return {
    id: idFromBytes(row.id),
    flowId: idFromBytes(row.flow_id),
    upstreamUid: idFromBytes(row.upstream_uid),
    traceCode: row.trace_code as TraceCode,
    state: row.state as AttemptState,
    terms: parseJson<AttemptTerms>(row.terms),
    ...(row.sealed_answer === null ? {} : { sealedAnswer: Buffer.from(row.sealed_answer) }),
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
  }
}
