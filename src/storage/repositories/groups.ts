/** Groups in SQL. */

import type { GroupRepository } from '../../core/groups/group.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import type { UserGroupRow } from '../tables.ts'
import { conditional, unconditional, write } from '../write.ts'

export function createGroups(engine: Engine, db: QueryBuilder): GroupRepository {
  const list = statement('groups.list', () => db.selectFrom('user_group').selectAll())
  const ensure = statement('groups.ensure', (p: UserGroupRow) =>
    db
      .insertInto('user_group')
      .values({ name: p.name, created_at: p.created_at })
      .onConflict(conflict => conflict.doNothing()),
  )
  const remove = statement('groups.delete', (p: { name: string }) =>
    db.deleteFrom('user_group').where('name', '=', p.name),
  )
  return {
    async list() {
      const groups = (await engine.all(list, {})).map(({ name, created_at }) => ({
        name,
        createdAt: new Date(created_at),
      }))
      // Databases sort text by rules of their own; here the order is the same on each.
      return groups.sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    ensure: ({ name, createdAt }) =>
      write(ensure.name, unconditional(ensure, { name, created_at: createdAt.getTime() })),
    delete: name => write(remove.name, conditional(remove, { name })),
  }
}
