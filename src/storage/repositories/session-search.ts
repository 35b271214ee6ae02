/** A part of the sessions in SQL, with their accounts: narrowed, ordered and cut where they are stored. */

import { sql } from 'kysely'
import type { SessionSearch } from '../../core/sessions/session.ts'
import { idToBytes } from '../../lib/id.ts'
import type { Dialect } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { JOINED_ACCOUNT } from './account-row.ts'
import { holdsText } from './holds-text.ts'

export function selectWithAccount(db: QueryBuilder) {
  return db
    .selectFrom('session as s')
    .innerJoin('account as a', 'a.id', 's.account_id')
    .select(['s.id', 's.generation', 's.account_id', 's.auth_time', 's.amr', 's.created_at as session_created_at'])
    .select(['s.expires_at', 's.ended_at', 's.address', 's.user_agent', 's.proven_at'])
    .select(JOINED_ACCOUNT)
}

export function searchSessions(search: SessionSearch, db: QueryBuilder, dialect: Dialect) {
  const { words = [], accountId, clientUid, isActive, descending = false, after, limit, now } = search
  let query = selectWithAccount(db).limit(limit)
  for (const word of words) {
    const texts = ['a.username_key', 's.address', 'lower(s.user_agent)']
    query = query.where(eb => eb.or(texts.map(text => holdsText(text, word, dialect))))
  }
  if (accountId !== undefined) query = query.where('s.account_id', '=', idToBytes(accountId))
  if (clientUid !== undefined) query = query.where('s.id', 'in', sessionsUsedBy(clientUid, db))
  if (isActive !== undefined) query = query.where(isActive ? active(now) : sql<boolean>`not ${active(now)}`)
  if (after !== undefined) query = query.where('s.id', descending ? '<' : '>', idToBytes(after))
  return query.orderBy('s.id', descending ? 'desc' : 'asc')
}

/** The same as `findLiveSession` says of one. */
function active(now: Date) {
  return sql<boolean>`(s.ended_at is null and s.expires_at > ${now.getTime()} and a.disabled_at is null and coalesce(s.proven_at, s.auth_time) >= a.valid_from)`
}

/** No index leads from a session to its grants: that many are looked through, so that nobody can hold up the others by asking. */
const LOOKED_THROUGH = 100_000

/** In the JSON of the terms the quotes of any other text are escaped. */
function sessionsUsedBy(clientUid: string, db: QueryBuilder) {
  return db
    .selectFrom(eb =>
      eb.selectFrom('grant').select(['session_id', 'terms']).orderBy('id', 'desc').limit(LOOKED_THROUGH).as('latest'),
    )
    .select('session_id')
    .where('terms', 'like', `%"clientUid":"${clientUid}"%`)
}
