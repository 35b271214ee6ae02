/** When secrets of clients were used last, in SQL. */

import type { SecretUseRepository } from '../../core/clients/secret-use.ts'
import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import type { ClientSecretUseRow } from '../tables.ts'
import { unconditional, write } from '../write.ts'

export function createSecretUses(engine: Engine, db: QueryBuilder): SecretUseRepository {
  const list = statement('secretUses.listOfClient', (p: { uid: Uint8Array }) =>
    db.selectFrom('client_secret_use').selectAll().where('client_uid', '=', p.uid),
  )
  const touch = statement('secretUses.touch', (p: ClientSecretUseRow) =>
    db
      .insertInto('client_secret_use')
      .values({ client_uid: p.client_uid, secret_id: p.secret_id, last_used_at: p.last_used_at })
      .onConflict(conflict =>
        conflict
          .columns(['client_uid', 'secret_id'])
          .doUpdateSet({ last_used_at: eb => eb.ref('excluded.last_used_at') })
          .whereRef('client_secret_use.last_used_at', '<', 'excluded.last_used_at'),
      ),
  )
  const forget = statement('secretUses.forget', (p: { uid: Uint8Array; secret: Uint8Array }) =>
    db.deleteFrom('client_secret_use').where('client_uid', '=', p.uid).where('secret_id', '=', p.secret),
  )
  return {
    async listOfClient(clientUid) {
      return (await engine.all(list, { uid: idToBytes(clientUid) })).map(({ secret_id, last_used_at }) => ({
        clientUid,
        secretId: idFromBytes(secret_id),
        lastUsedAt: new Date(last_used_at),
      }))
    },
    forget: ({ clientUid, secretId }) =>
      write(forget.name, unconditional(forget, { uid: idToBytes(clientUid), secret: idToBytes(secretId) })),
    touch: ({ clientUid, secretId, lastUsedAt }) =>
      write(
        touch.name,
        unconditional(touch, {
          client_uid: idToBytes(clientUid),
          secret_id: idToBytes(secretId),
          last_used_at: lastUsedAt.getTime(),
        }),
      ),
  }
}
