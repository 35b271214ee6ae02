/** A part of the accounts in SQL: searched, narrowed, ordered and cut where they are stored. */

import { type ExpressionBuilder, type RawBuilder, sql } from 'kysely'
import type { AccountOrder, AccountSearch } from '../../core/accounts/account-repository.ts'
import { idToBytes } from '../../lib/id.ts'
import type { Dialect } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import type { Tables } from '../tables.ts'
import { holdsText } from './holds-text.ts'

/** Which they are is found in an index where there is one; only then are the rows read. */
export function searchAccounts(search: AccountSearch, db: QueryBuilder, dialect: Dialect) {
  const { order, descending = false } = search
  const by = orderedBy(order, dialect)
  const direction = descending ? 'desc' : 'asc'
  return db
    .selectFrom('account')
    .selectAll()
    .where('id', 'in', searchIds(search, db, dialect))
    .orderBy(by, direction)
    .orderBy('id', direction)
}

function searchIds(search: AccountSearch, db: QueryBuilder, dialect: Dialect) {
  const { words = [], group, role, isDisabled, isEmailVerified, attribute, order, descending = false, limit } = search
  const isNarrow = [group, isDisabled, isEmailVerified].some(filter => filter !== undefined) || words.length > 0
  const by = orderedBy(order, dialect, isNarrow)
  let query = db.selectFrom('account').select('id').limit(limit)
  for (const word of words) query = query.where(eb => holds(eb, word, dialect))
  if (group !== undefined) query = query.where(inGroup(group, dialect))
  if (role !== undefined) query = query.where('role', '=', role)
  if (isDisabled !== undefined) query = query.where('disabled_at', isDisabled ? 'is not' : 'is', null)
  if (isEmailVerified !== undefined) query = query.where('email_verified', '=', isEmailVerified ? 1 : 0)
  if (attribute !== undefined) query = query.where(hasAttribute(attribute, dialect))
  if (search.after !== undefined) {
    const { value, id } = search.after
    const place = sql`(${value}, ${idToBytes(id)})`
    query = query.where(descending ? sql<boolean>`(${by}, id) < ${place}` : sql<boolean>`(${by}, id) > ${place}`)
  }
  const direction = descending ? 'desc' : 'asc'
  return query.orderBy(by, direction).orderBy('id', direction)
}

const COLUMNS: Readonly<Record<AccountOrder, string>> = {
  username: 'username_key',
  email: "coalesce(email_key, '')",
  created: 'created_at',
  updated: 'updated_at',
}

/**
 * SQLite orders text by its bytes; PostgreSQL when it is asked to. `isNarrow`: most rows do not count. SQLite would walk the index of the
 * order all the same and look up each row; a plus sign keeps it from that (sqlite.org/optoverview.html §2.1).
 */
function orderedBy(order: AccountOrder, dialect: Dialect, isNarrow = false): RawBuilder<unknown> {
  const isText = order === 'username' || order === 'email'
  if (dialect === 'postgres') return sql.raw(isText ? `${COLUMNS[order]} collate "C"` : COLUMNS[order])
  return sql.raw(isNarrow ? `+${COLUMNS[order]}` : COLUMNS[order])
}

function holds(eb: ExpressionBuilder<Tables, 'account'>, word: string, dialect: Dialect) {
  return eb.or(['username_key', 'email_key', 'name_key'].map(column => holdsText(column, word, dialect)))
}

/** The text is looked at first: few accounts are worth reading their JSON for. */
function inGroup(group: string, dialect: Dialect) {
  const text = JSON.stringify(group)
  const holds = holdsText('groups', text, dialect)
  return dialect === 'sqlite'
    ? sql<boolean>`(${holds} and exists (select 1 from json_each(groups) where value = ${group}))`
    : sql<boolean>`(${holds} and groups::jsonb @> ${`[${text}]`}::jsonb)`
}

/** Attributes are kept as canonical JSON, so a member is its name and a colon; the same text inside a value has its quotes escaped. */
function hasAttribute(name: string, dialect: Dialect) {
  return holdsText('attributes', `${JSON.stringify(name)}:`, dialect)
}
