/** Keys in SQL, sealed as they come. */

import type { KeyRepository, SealedKey } from '../../core/keys/signing-key.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import type { SigningKeyRow } from '../tables.ts'
import { conditional, configurationWrite } from '../write.ts'
import { createAdvanceRevision } from './revision.ts'
import { timeOf } from './values.ts'

export function createKeys(engine: Engine, db: QueryBuilder): KeyRepository {
  const list = statement('keys.list', () =>
    db.selectFrom('signing_key').selectAll().orderBy('created_at').orderBy('kid'),
  )
  // The index `signing_key_live` holds one live key of each algorithm.
  const insertFirst = statement('keys.insertFirst', (p: SigningKeyRow) =>
    db
      .insertInto('signing_key')
      .values({
        kid: p.kid,
        alg: p.alg,
        public_jwk: p.public_jwk,
        sealed_private_key: p.sealed_private_key,
        master_key_id: p.master_key_id,
        created_at: p.created_at,
        retired_at: p.retired_at,
        unpublish_at: p.unpublish_at,
      })
      .onConflict(conflict => conflict.doNothing()),
  )
  const retire = statement('keys.retire', (p: { kid: string; retiredAt: number; unpublishAt: number }) =>
    db
      .updateTable('signing_key')
      .set({ retired_at: p.retiredAt, unpublish_at: p.unpublishAt })
      .where('kid', '=', p.kid)
      .where('retired_at', 'is', null),
  )
  const remove = statement('keys.remove', (p: { kid: string }) =>
    db.deleteFrom('signing_key').where('kid', '=', p.kid).where('retired_at', 'is not', null),
  )
  const advanceRevision = createAdvanceRevision(db)
  return {
    async list() {
      return (await engine.all(list, {})).map(keyFromRow)
    },
    insertFirst: key => configurationWrite(insertFirst.name, advanceRevision, conditional(insertFirst, keyToRow(key))),
    retire(kid, retiredAt, unpublishAt) {
      const times = { retiredAt: retiredAt.getTime(), unpublishAt: unpublishAt.getTime() }
      return configurationWrite(retire.name, advanceRevision, conditional(retire, { kid, ...times }))
    },
    remove: kid => configurationWrite(remove.name, advanceRevision, conditional(remove, { kid })),
  }
}

function keyToRow(key: SealedKey): SigningKeyRow {
  return {
    kid: key.kid,
    alg: key.alg,
    public_jwk: key.publicJwk,
    sealed_private_key: key.sealedPrivateKey,
    master_key_id: key.masterKeyId,
    created_at: key.createdAt.getTime(),
    retired_at: timeOf(key.retiredAt),
    unpublish_at: timeOf(key.unpublishAt),
  }
}

function keyFromRow(row: SigningKeyRow): SealedKey {
  return {
    kid: row.kid,
    alg: row.alg as SealedKey['alg'],
    publicJwk: row.public_jwk,
    sealedPrivateKey: Buffer.from(row.sealed_private_key),
    masterKeyId: row.master_key_id,
    createdAt: new Date(row.created_at),
    ...(row.retired_at === null ? {} : { retiredAt: new Date(row.retired_at) }),
    ...(row.unpublish_at === null ? {} : { unpublishAt: new Date(row.unpublish_at) }),
  }
}
