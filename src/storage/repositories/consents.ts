/** Consents in SQL. */

import type { Consent, ConsentRepository } from '../../core/consents/consent.ts'
import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { adHocStatement, statement } from '../statement.ts'
import type { ConsentRow } from '../tables.ts'
import { conditional, unconditional, write } from '../write.ts'
import { parseJson, timeOf } from './values.ts'

export function createConsents(engine: Engine, db: QueryBuilder): ConsentRepository {
  const find = statement('consents.find', (p: { accountId: Uint8Array; clientUid: Uint8Array }) =>
    db.selectFrom('consent').selectAll().where('account_id', '=', p.accountId).where('client_uid', '=', p.clientUid),
  )
  const put = statement('consents.put', (p: ConsentRow) => {
    const what = { scopes: p.scopes, granted_at: p.granted_at, expires_at: p.expires_at }
    return db
      .insertInto('consent')
      .values({ account_id: p.account_id, client_uid: p.client_uid, ...what })
      .onConflict(conflict => conflict.columns(['account_id', 'client_uid']).doUpdateSet(what))
  })
  const remove = statement('consents.delete', (p: { accountId: Uint8Array; clientUid: Uint8Array }) =>
    db.deleteFrom('consent').where('account_id', '=', p.accountId).where('client_uid', '=', p.clientUid),
  )
  return {
    async search({ accountId, clientUid, after, limit }) {
      let query = db
        .selectFrom('consent')
        .innerJoin('account', 'account.id', 'consent.account_id')
        .selectAll('consent')
        .select('account.username')
        .orderBy('consent.account_id')
        .orderBy('consent.client_uid')
        .limit(limit)
      if (accountId !== undefined) query = query.where('consent.account_id', '=', idToBytes(accountId))
      if (clientUid !== undefined) query = query.where('consent.client_uid', '=', idToBytes(clientUid))
      if (after !== undefined) {
        const [account, client] = [idToBytes(after.accountId), idToBytes(after.clientUid)]
        query = query.where(({ eb, or, and }) =>
          or([
            eb('consent.account_id', '>', account),
            and([eb('consent.account_id', '=', account), eb('consent.client_uid', '>', client)]),
          ]),
        )
      }
      const rows = await engine.all(adHocStatement(query), {})
      return rows.map(row => ({ ...consentFromRow(row), username: row.username }))
    },
    delete: ({ accountId, clientUid }) =>
      write(remove.name, conditional(remove, { accountId: idToBytes(accountId), clientUid: idToBytes(clientUid) })),
    async find(accountId, clientUid) {
      const row = await engine.first(find, { accountId: idToBytes(accountId), clientUid: idToBytes(clientUid) })
      return row && consentFromRow(row)
    },
    put: consent => write(put.name, unconditional(put, consentToRow(consent))),
  }
}

function consentToRow(consent: Consent): ConsentRow {
  return {
    account_id: idToBytes(consent.accountId),
    client_uid: idToBytes(consent.clientUid),
    scopes: JSON.stringify([...consent.scopes].sort()),
    granted_at: consent.grantedAt.getTime(),
    expires_at: timeOf(consent.expiresAt),
  }
}

function consentFromRow(row: ConsentRow): Consent {
  return {
    accountId: idFromBytes(row.account_id),
    clientUid: idFromBytes(row.client_uid),
    scopes: parseJson<string[]>(row.scopes),
    grantedAt: new Date(row.granted_at),
    ...(row.expires_at === null ? {} : { expiresAt: new Date(row.expires_at) }),
  }
}
