/** What sessions know of sessions at upstreams, in SQL. */

import type { UpstreamSession, UpstreamSessionRepository } from '../../core/upstreams/upstream-session.ts'
import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import type { UpstreamSessionRow } from '../tables.ts'
import { conditional, unconditional, write } from '../write.ts'
import { orNull } from './values.ts'

export function createUpstreamSessions(engine: Engine, db: QueryBuilder): UpstreamSessionRepository {
  const { listOfSession, listBySid, listBySub, listBySubject, put, prolong, remove } = createStatements(db)
  const rowsOf = async (rows: Promise<readonly UpstreamSessionRow[]>) => (await rows).map(fromRow)
  return {
    listOfSession: sessionId => rowsOf(engine.all(listOfSession, { sessionId: idToBytes(sessionId) })),
    listBySid: async (uid, sid) =>
      sid.includes('\0') ? [] : rowsOf(engine.all(listBySid, { uid: idToBytes(uid), sid })),
    listBySub: async (uid, sub) =>
      sub.includes('\0') ? [] : rowsOf(engine.all(listBySub, { uid: idToBytes(uid), sub })),
    listBySubject: async (uid, subject) =>
      subject.includes('\0') ? [] : rowsOf(engine.all(listBySubject, { uid: idToBytes(uid), subject })),
    put: session => write(put.name, unconditional(put, toRow(session))),
    prolong: (sessionId, expiresAt) =>
      write(prolong.name, unconditional(prolong, { sessionId: idToBytes(sessionId), expiresAt: expiresAt.getTime() })),
    delete: (sessionId, uid) =>
      write(remove.name, conditional(remove, { sessionId: idToBytes(sessionId), uid: idToBytes(uid) })),
  }
}

function createStatements(db: QueryBuilder) {
  const all = () => db.selectFrom('upstream_session').selectAll()
  return {
    listOfSession: statement('upstreamSessions.listOfSession', (p: { sessionId: Uint8Array }) =>
      all().where('session_id', '=', p.sessionId),
    ),
    listBySid: statement('upstreamSessions.listBySid', (p: { uid: Uint8Array; sid: string }) =>
      all().where('upstream_uid', '=', p.uid).where('sid', '=', p.sid),
    ),
    listBySub: statement('upstreamSessions.listBySub', (p: { uid: Uint8Array; sub: string }) =>
      all().where('upstream_uid', '=', p.uid).where('sub', '=', p.sub),
    ),
    listBySubject: statement('upstreamSessions.listBySubject', (p: { uid: Uint8Array; subject: string }) =>
      all().where('upstream_uid', '=', p.uid).where('subject', '=', p.subject),
    ),
    put: statement('upstreamSessions.put', (p: UpstreamSessionRow) =>
      db
        .insertInto('upstream_session')
        .values({
          session_id: p.session_id,
          upstream_uid: p.upstream_uid,
          subject: p.subject,
          sub: p.sub,
          sid: p.sid,
          sealed_tokens: p.sealed_tokens,
          created_at: p.created_at,
          expires_at: p.expires_at,
        })
        .onConflict(conflict =>
          conflict.columns(['session_id', 'upstream_uid']).doUpdateSet({
            subject: p.subject,
            sub: p.sub,
            sid: p.sid,
            sealed_tokens: p.sealed_tokens,
            created_at: p.created_at,
            expires_at: p.expires_at,
          }),
        ),
    ),
    prolong: statement('upstreamSessions.prolong', (p: { sessionId: Uint8Array; expiresAt: number }) =>
      db.updateTable('upstream_session').set({ expires_at: p.expiresAt }).where('session_id', '=', p.sessionId),
    ),
    remove: statement('upstreamSessions.delete', (p: { sessionId: Uint8Array; uid: Uint8Array }) =>
      db.deleteFrom('upstream_session').where('session_id', '=', p.sessionId).where('upstream_uid', '=', p.uid),
    ),
  }
}

function toRow(session: UpstreamSession): UpstreamSessionRow {
  return {
    session_id: idToBytes(session.sessionId),
    upstream_uid: idToBytes(session.upstreamUid),
    subject: session.subject,
    sub: orNull(session.sub),
    sid: orNull(session.sid),
    sealed_tokens: orNull(session.sealedTokens),
    created_at: session.createdAt.getTime(),
    expires_at: session.expiresAt.getTime(),
  }
}

function fromRow(row: UpstreamSessionRow): UpstreamSession {
  return {
    sessionId: idFromBytes(row.session_id),
    upstreamUid: idFromBytes(row.upstream_uid),
    subject: row.subject,
    ...(row.sub === null ? {} : { sub: row.sub }),
    ...(row.sid === null ? {} : { sid: row.sid }),
    ...(row.sealed_tokens === null ? {} : { sealedTokens: Buffer.from(row.sealed_tokens) }),
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
  }
}
