/** Groups in SQL. */

import { sql } from 'kysely'
import type { Group, GroupRepository } from '../../core/groups/group.ts'
import type { Dialect, Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { adHocStatement, statement } from '../statement.ts'
import type { UserGroupRow } from '../tables.ts'
import { conditional, unconditional, write } from '../write.ts'
import { orNull, timeOf } from './values.ts'

export function createGroups(engine: Engine, db: QueryBuilder): GroupRepository {
  const { find, list, insert, ensure, replace, remove } = createStatements(db)
  return {
    async find(name) {
      if (name.includes('\0')) return undefined
      const row = await engine.first(find, { name })
      return row && fromRow(row)
    },
    async list() {
      const groups = (await engine.all(list, {})).map(fromRow)
      // Databases sort text by rules of their own; here the order is the same on each.
      return groups.sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    async countMembers() {
      const rows = await engine.all(adHocStatement(selectMemberCounts(db, engine.dialect)), {})
      return new Map(rows.map(({ name, members }) => [name, Number(members)]))
    },
    insert: group => write(insert.name, conditional(insert, toRow(group))),
    ensure: group => write(ensure.name, unconditional(ensure, toRow(group))),
    replace(group, seen) {
      const { description, updated_at } = toRow(seen)
      return write(
        replace.name,
        conditional(replace, { ...toRow(group), seen_description: description, seen_updated_at: updated_at }),
      )
    },
    delete: name => write(remove.name, conditional(remove, { name })),
  }
}

/** Groups are a list in the row of the account. */
function selectMemberCounts(db: QueryBuilder, dialect: Dialect) {
  const names =
    dialect === 'sqlite'
      ? sql<{ name: string }>`(select value as name from account, json_each(account.groups))`
      : sql<{ name: string }>`(select jsonb_array_elements_text(groups::jsonb) as name from account)`
  return db
    .selectFrom(names.as('membership'))
    .select(['name', eb => eb.fn.countAll<number>().as('members')])
    .groupBy('name')
}

interface Seen {
  seen_description: string | null
  seen_updated_at: number | null
}

function createStatements(db: QueryBuilder) {
  const inserted = (p: UserGroupRow) =>
    db
      .insertInto('user_group')
      .values({
        name: p.name,
        created_at: p.created_at,
        updated_at: p.updated_at,
        created_by: p.created_by,
        updated_by: p.updated_by,
        description: p.description,
      })
      .onConflict(conflict => conflict.doNothing())
  return {
    find: statement('groups.find', (p: { name: string }) =>
      db.selectFrom('user_group').selectAll().where('name', '=', p.name),
    ),
    list: statement('groups.list', () => db.selectFrom('user_group').selectAll()),
    insert: statement('groups.insert', inserted),
    ensure: statement('groups.ensure', inserted),
    replace: statement('groups.replace', (p: UserGroupRow & Seen) =>
      db
        .updateTable('user_group')
        .set({ description: p.description, updated_at: p.updated_at, updated_by: p.updated_by })
        .where('name', '=', p.name)
        .where('description', 'is not distinct from', p.seen_description)
        .where('updated_at', 'is not distinct from', p.seen_updated_at),
    ),
    remove: statement('groups.delete', (p: { name: string }) => db.deleteFrom('user_group').where('name', '=', p.name)),
  }
}

function toRow({ name, description, createdAt, updatedAt, createdBy, updatedBy }: Group): UserGroupRow {
  return {
    name,
    created_at: createdAt.getTime(),
    updated_at: timeOf(updatedAt),
    created_by: orNull(createdBy),
    updated_by: orNull(updatedBy),
    description: orNull(description),
  }
}

function fromRow({ name, description, created_at, updated_at, created_by, updated_by }: UserGroupRow): Group {
  return {
    name,
    ...(description === null ? {} : { description }),
    createdAt: new Date(created_at),
    ...(updated_at === null ? {} : { updatedAt: new Date(updated_at) }),
    ...(created_by === null ? {} : { createdBy: created_by }),
    ...(updated_by === null ? {} : { updatedBy: updated_by }),
  }
}
