/** Logos of clients in SQL. */

import type { ClientLogoRepository } from '../../core/clients/client-logo.ts'
import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import type { ClientLogoRow } from '../tables.ts'
import { conditional, unconditional, write } from '../write.ts'

export function createClientLogos(engine: Engine, db: QueryBuilder): ClientLogoRepository {
  const find = statement('clientLogos.find', (p: { uid: Uint8Array }) =>
    db.selectFrom('client_logo').selectAll().where('client_uid', '=', p.uid),
  )
  const put = statement('clientLogos.put', (p: ClientLogoRow) =>
    db
      .insertInto('client_logo')
      .values({
        client_uid: p.client_uid,
        media_type: p.media_type,
        digest: p.digest,
        content: p.content,
        created_at: p.created_at,
      })
      .onConflict(conflict =>
        conflict.column('client_uid').doUpdateSet({
          media_type: eb => eb.ref('excluded.media_type'),
          digest: eb => eb.ref('excluded.digest'),
          content: eb => eb.ref('excluded.content'),
          created_at: eb => eb.ref('excluded.created_at'),
        }),
      ),
  )
  const remove = statement('clientLogos.delete', (p: { uid: Uint8Array }) =>
    db.deleteFrom('client_logo').where('client_uid', '=', p.uid),
  )
  return {
    async find(uid) {
      const row = await engine.first(find, { uid: idToBytes(uid) })
      if (row === undefined) return undefined
      const { client_uid, media_type, digest, content, created_at } = row
      return {
        clientUid: idFromBytes(client_uid),
        mediaType: media_type,
        digest,
        content,
        createdAt: new Date(created_at),
      }
    },
    put: ({ clientUid, mediaType, digest, content, createdAt }) =>
      write(
        put.name,
        unconditional(put, {
          client_uid: idToBytes(clientUid),
          media_type: mediaType,
          digest,
          content,
          created_at: createdAt.getTime(),
        }),
      ),
    delete: uid => write(remove.name, conditional(remove, { uid: idToBytes(uid) })),
  }
}
