/** Pushed authorization requests in SQL. */

import type { PushedRequest, PushedRequestRepository } from '../../core/pushed-requests/pushed-request.ts'
import { idToBytes } from '../../lib/id.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import type { PushedRequestRow } from '../tables.ts'
import { conditional, unconditional, write } from '../write.ts'
import { parseJson } from './values.ts'

type Content = Omit<PushedRequest, 'id' | 'expiresAt'>

export function createPushedRequests(engine: Engine, db: QueryBuilder): PushedRequestRepository {
  const find = statement('pushedRequests.find', (p: { id: Uint8Array }) =>
    db.selectFrom('pushed_request').selectAll().where('id', '=', p.id),
  )
  const insert = statement('pushedRequests.insert', (p: PushedRequestRow) =>
    db.insertInto('pushed_request').values({ id: p.id, expires_at: p.expires_at, content: p.content }),
  )
  const use = statement('pushedRequests.use', (p: { id: Uint8Array }) =>
    db.deleteFrom('pushed_request').where('id', '=', p.id),
  )
  return {
    async find(id) {
      const row = await engine.first(find, { id: idToBytes(id) })
      return row && { ...parseJson<Content>(row.content), id, expiresAt: new Date(row.expires_at) }
    },
    insert({ id, expiresAt, ...content }) {
      const row = { id: idToBytes(id), expires_at: expiresAt.getTime(), content: JSON.stringify(content) }
      return write(insert.name, unconditional(insert, row))
    },
    use: id => write(use.name, conditional(use, { id: idToBytes(id) })),
  }
}
