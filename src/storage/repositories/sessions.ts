/** Sessions in SQL: written when a sign-in changes, never when one is merely used. */

import type { Session, SessionRepository, SessionWithAccount } from '../../core/sessions/session.ts'
import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { adHocStatement, statement } from '../statement.ts'
import type { SessionRow } from '../tables.ts'
import { conditional, unconditional, write } from '../write.ts'
import { type AccountColumns, accountFromColumns } from './account-row.ts'
import { searchSessions, selectWithAccount } from './session-search.ts'
import { parseJson, timeOf } from './values.ts'

export function createSessions(engine: Engine, db: QueryBuilder): SessionRepository {
  const { find, findWithAccount, insert, renew, end, endAllOf } = createStatements(db)
  return {
    async find(id) {
      const row = await engine.first(find, { id: idToBytes(id) })
      return row && sessionFromRow(row, row.created_at)
    },
    async findWithAccount(id) {
      const row = await engine.first(findWithAccount, { id: idToBytes(id) })
      return row && withAccount(row)
    },
    async search(search) {
      // No account, address or user agent has a text with NUL in it.
      if (search.words?.some(word => word.includes('\0'))) return []
      return (await engine.all(adHocStatement(searchSessions(search, db, engine.dialect)), {})).map(withAccount)
    },
    insert: session => write(insert.name, unconditional(insert, sessionToRow(session))),
    renew: session => write(renew.name, conditional(renew, { ...sessionToRow(session), from: session.generation - 1 })),
    end: (id, now) => write(end.name, conditional(end, { id: idToBytes(id), now: now.getTime() })),
    endAllOf: (accountId, now) =>
      write(endAllOf.name, unconditional(endAllOf, { accountId: idToBytes(accountId), now: now.getTime() })),
  }
}

function createStatements(db: QueryBuilder) {
  return {
    find: statement('sessions.find', (p: { id: Uint8Array }) =>
      db.selectFrom('session').selectAll().where('id', '=', p.id),
    ),
    findWithAccount: statement('sessions.findWithAccount', (p: { id: Uint8Array }) =>
      selectWithAccount(db).where('s.id', '=', p.id),
    ),
    insert: statement('sessions.insert', (p: SessionRow) =>
      db.insertInto('session').values({
        id: p.id,
        generation: p.generation,
        account_id: p.account_id,
        auth_time: p.auth_time,
        amr: p.amr,
        created_at: p.created_at,
        expires_at: p.expires_at,
        ended_at: p.ended_at,
        address: p.address,
        user_agent: p.user_agent,
        proven_at: p.proven_at,
      }),
    ),
    renew: statement('sessions.renew', (p: Omit<SessionRow, 'created_at' | 'ended_at'> & { from: number }) =>
      db
        .updateTable('session')
        .set({
          generation: p.generation,
          account_id: p.account_id,
          auth_time: p.auth_time,
          amr: p.amr,
          expires_at: p.expires_at,
          address: p.address,
          user_agent: p.user_agent,
          proven_at: p.proven_at,
        })
        .where('id', '=', p.id)
        .where('generation', '=', p.from)
        .where('ended_at', 'is', null),
    ),
    end: statement('sessions.end', (p: { id: Uint8Array; now: number }) =>
      db.updateTable('session').set({ ended_at: p.now }).where('id', '=', p.id).where('ended_at', 'is', null),
    ),
    endAllOf: statement('sessions.endAllOf', (p: { accountId: Uint8Array; now: number }) =>
      db
        .updateTable('session')
        .set({ ended_at: p.now })
        .where('account_id', '=', p.accountId)
        .where('ended_at', 'is', null),
    ),
  }
}

type WithAccountRow = Omit<SessionRow, 'created_at'> & AccountColumns & { session_created_at: number }

function withAccount(row: WithAccountRow): SessionWithAccount {
  const session = sessionFromRow(row, row.session_created_at)
  return { session, account: accountFromColumns(session.accountId, row) }
}

function sessionToRow(session: Session): SessionRow {
  return {
    id: idToBytes(session.id),
    generation: session.generation,
    account_id: idToBytes(session.accountId),
    auth_time: session.authTime.getTime(),
    amr: JSON.stringify(session.amr),
    created_at: session.createdAt.getTime(),
    expires_at: session.expiresAt.getTime(),
    ended_at: timeOf(session.endedAt),
    address: session.address,
    user_agent: session.userAgent,
    proven_at: timeOf(session.provenAt),
  }
}

function sessionFromRow(row: Omit<SessionRow, 'created_at'>, createdAt: number): Session {
  return {
    id: idFromBytes(row.id),
    generation: row.generation,
    accountId: idFromBytes(row.account_id),
    authTime: new Date(row.auth_time),
    ...(row.proven_at === null ? {} : { provenAt: new Date(row.proven_at) }),
    amr: parseJson<string[]>(row.amr),
    createdAt: new Date(createdAt),
    expiresAt: new Date(row.expires_at),
    ...(row.ended_at === null ? {} : { endedAt: new Date(row.ended_at) }),
    address: row.address,
    userAgent: row.user_agent,
  }
}
