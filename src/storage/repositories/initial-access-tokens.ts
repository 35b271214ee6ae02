/** Initial access tokens in SQL. */

import type { JsonObject } from '../../core/clients/client.ts'
import type { InitialAccessToken, InitialAccessTokenRepository } from '../../core/clients/initial-access-token.ts'
import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import type { InitialAccessTokenRow } from '../tables.ts'
import { conditional, unconditional, write } from '../write.ts'
import { orNull, parseJson, timeOf } from './values.ts'

export function createInitialAccessTokens(engine: Engine, db: QueryBuilder): InitialAccessTokenRepository {
  const find = statement('initialAccessTokens.find', (p: { id: Uint8Array }) =>
    db.selectFrom('initial_access_token').selectAll().where('id', '=', p.id),
  )
  const list = statement('initialAccessTokens.list', () =>
    db.selectFrom('initial_access_token').selectAll().orderBy('id'),
  )
  const insert = statement('initialAccessTokens.insert', (p: InitialAccessTokenRow) =>
    db.insertInto('initial_access_token').values({
      id: p.id,
      label: p.label,
      fixed_metadata: p.fixed_metadata,
      remaining_uses: p.remaining_uses,
      created_at: p.created_at,
      expires_at: p.expires_at,
    }),
  )
  const use = statement('initialAccessTokens.use', (p: { id: Uint8Array }) =>
    db
      .updateTable('initial_access_token')
      .set(eb => ({ remaining_uses: eb('remaining_uses', '-', 1) }))
      .where('id', '=', p.id)
      .where(eb => eb.or([eb('remaining_uses', 'is', null), eb('remaining_uses', '>', 0)])),
  )
  const remove = statement('initialAccessTokens.delete', (p: { id: Uint8Array }) =>
    db.deleteFrom('initial_access_token').where('id', '=', p.id),
  )
  return {
    async find(id) {
      const row = await engine.first(find, { id: idToBytes(id) })
      return row && fromRow(row)
    },
    async list() {
      return (await engine.all(list, {})).map(fromRow)
    },
    insert: token => write(insert.name, unconditional(insert, toRow(token))),
    use: id => write(use.name, conditional(use, { id: idToBytes(id) })),
    delete: id => write(remove.name, conditional(remove, { id: idToBytes(id) })),
  }
}

function toRow(token: InitialAccessToken): InitialAccessTokenRow {
  return {
    id: idToBytes(token.id),
    label: token.label,
    fixed_metadata: JSON.stringify(token.fixedMetadata),
    remaining_uses: orNull(token.remainingUses),
    created_at: token.createdAt.getTime(),
    expires_at: timeOf(token.expiresAt),
  }
}

function fromRow(row: InitialAccessTokenRow): InitialAccessToken {
  return {
    id: idFromBytes(row.id),
    label: row.label,
    fixedMetadata: parseJson<JsonObject>(row.fixed_metadata),
    ...(row.remaining_uses === null ? {} : { remainingUses: row.remaining_uses }),
    createdAt: new Date(row.created_at),
    ...(row.expires_at === null ? {} : { expiresAt: new Date(row.expires_at) }),
  }
}
