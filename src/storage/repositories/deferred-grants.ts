/** Deferred grants in SQL. */

import type {
  DeferredGrant,
  DeferredGrantRepository,
  DeferredTerms,
} from '../../core/deferred-grants/deferred-grant.ts'
import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import type { DeferredGrantRow } from '../tables.ts'
import { conditional, unconditional, write } from '../write.ts'
import { orNull, parseJson, timeOf } from './values.ts'

export function createDeferredGrants(engine: Engine, db: QueryBuilder): DeferredGrantRepository {
  const { find, findByUserCode, listPending, listToNotify, insert, approve, deny, poll, claimNotification, notified } =
    createStatements(db)
  return {
    async find(id) {
      const row = await engine.first(find, { id: idToBytes(id) })
      return row && fromRow(row)
    },
    async findByUserCode(userCode, now) {
      const row = await engine.first(findByUserCode, { userCode, now: now.getTime() })
      return row && fromRow(row)
    },
    async listPending(accountId, now) {
      return (await engine.all(listPending, { accountId: idToBytes(accountId), now: now.getTime() })).map(fromRow)
    },
    async listToNotify(now, limit) {
      return (await engine.all(listToNotify, { now: now.getTime(), limit })).map(fromRow)
    },
    insert: deferred => write(insert.name, conditional(insert, toRow(deferred))),
    approve: (id, accountId, grantId, notifyAt) =>
      write(
        approve.name,
        conditional(approve, {
          id: idToBytes(id),
          accountId: idToBytes(accountId),
          grantId: idToBytes(grantId),
          notifyAt: timeOf(notifyAt),
        }),
      ),
    deny: (id, notifyAt) => write(deny.name, conditional(deny, { id: idToBytes(id), notifyAt: timeOf(notifyAt) })),
    poll: ({ id, lastPolledAt }, now, intervalSeconds) =>
      write(
        poll.name,
        conditional(poll, {
          id: idToBytes(id),
          seen: lastPolledAt?.getTime() ?? 0,
          now: now.getTime(),
          intervalSeconds,
        }),
      ),
    claimNotification: ({ id, notifyAt }, nextAt) =>
      write(
        claimNotification.name,
        conditional(claimNotification, {
          id: idToBytes(id),
          seen: notifyAt?.getTime() ?? 0,
          nextAt: nextAt.getTime(),
        }),
      ),
    notified: id => write(notified.name, unconditional(notified, { id: idToBytes(id) })),
  }
}

function createStatements(db: QueryBuilder) {
  return {
    find: statement('deferredGrants.find', (p: { id: Uint8Array }) =>
      db.selectFrom('deferred_grant').selectAll().where('id', '=', p.id),
    ),
    findByUserCode: statement('deferredGrants.findByUserCode', (p: { userCode: string; now: number }) =>
      db.selectFrom('deferred_grant').selectAll().where('user_code', '=', p.userCode).where('expires_at', '>', p.now),
    ),
    listPending: statement('deferredGrants.listPending', (p: { accountId: Uint8Array; now: number }) =>
      db
        .selectFrom('deferred_grant')
        .selectAll()
        .where('account_id', '=', p.accountId)
        .where('state', '=', 'pending')
        .where('expires_at', '>', p.now)
        .orderBy('id'),
    ),
    listToNotify: statement('deferredGrants.listToNotify', (p: { now: number; limit: number }) =>
      db
        .selectFrom('deferred_grant')
        .selectAll()
        .where('notify_at', 'is not', null)
        .where('notify_at', '<=', p.now)
        .orderBy('notify_at')
        .limit(p.limit),
    ),
    insert: statement('deferredGrants.insert', (p: DeferredGrantRow) =>
      db
        .insertInto('deferred_grant')
        .values({
          id: p.id,
          kind: p.kind,
          client_uid: p.client_uid,
          user_code: p.user_code,
          account_id: p.account_id,
          state: p.state,
          grant_id: p.grant_id,
          interval_seconds: p.interval_seconds,
          last_polled_at: p.last_polled_at,
          created_at: p.created_at,
          expires_at: p.expires_at,
          terms: p.terms,
          notify_at: p.notify_at,
        })
        .onConflict(conflict => conflict.doNothing()),
    ),
    approve: statement(
      'deferredGrants.approve',
      (p: { id: Uint8Array; accountId: Uint8Array; grantId: Uint8Array; notifyAt: number | null }) =>
        db
          .updateTable('deferred_grant')
          .set({ state: 'approved', account_id: p.accountId, grant_id: p.grantId, notify_at: p.notifyAt })
          .where('id', '=', p.id)
          .where('state', '=', 'pending'),
    ),
    deny: statement('deferredGrants.deny', (p: { id: Uint8Array; notifyAt: number | null }) =>
      db
        .updateTable('deferred_grant')
        .set({ state: 'denied', notify_at: p.notifyAt })
        .where('id', '=', p.id)
        .where('state', '=', 'pending'),
    ),
    claimNotification: statement(
      'deferredGrants.claimNotification',
      (p: { id: Uint8Array; seen: number; nextAt: number }) =>
        db
          .updateTable('deferred_grant')
          .set({ notify_at: p.nextAt })
          .where('id', '=', p.id)
          .where('notify_at', '=', p.seen),
    ),
    notified: statement('deferredGrants.notified', (p: { id: Uint8Array }) =>
      db.updateTable('deferred_grant').set({ notify_at: null }).where('id', '=', p.id),
    ),
    poll: statement(
      'deferredGrants.poll',
      (p: { id: Uint8Array; seen: number; now: number; intervalSeconds: number }) =>
        db
          .updateTable('deferred_grant')
          .set({ last_polled_at: p.now, interval_seconds: p.intervalSeconds })
          .where('id', '=', p.id)
          .where(eb => eb(eb.fn.coalesce('last_polled_at', eb.val(0)), '=', p.seen)),
    ),
  }
}

function toRow(deferred: DeferredGrant): DeferredGrantRow {
  return {
    id: idToBytes(deferred.id),
    kind: deferred.kind,
    client_uid: idToBytes(deferred.clientUid),
    user_code: orNull(deferred.userCode),
    account_id: deferred.accountId === undefined ? null : idToBytes(deferred.accountId),
    state: deferred.state,
    grant_id: deferred.grantId === undefined ? null : idToBytes(deferred.grantId),
    interval_seconds: deferred.intervalSeconds,
    last_polled_at: timeOf(deferred.lastPolledAt),
    created_at: deferred.createdAt.getTime(),
    expires_at: deferred.expiresAt.getTime(),
    terms: JSON.stringify(deferred.terms),
    notify_at: timeOf(deferred.notifyAt),
  }
}

function fromRow(row: DeferredGrantRow): DeferredGrant {
  return {
    id: idFromBytes(row.id),
    kind: row.kind as DeferredGrant['kind'],
    clientUid: idFromBytes(row.client_uid),
    ...(row.user_code === null ? {} : { userCode: row.user_code }),
    ...(row.account_id === null ? {} : { accountId: idFromBytes(row.account_id) }),
    state: row.state as DeferredGrant['state'],
    ...(row.grant_id === null ? {} : { grantId: idFromBytes(row.grant_id) }),
    terms: parseJson<DeferredTerms>(row.terms),
    intervalSeconds: row.interval_seconds,
    ...(row.last_polled_at === null ? {} : { lastPolledAt: new Date(row.last_polled_at) }),
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
    ...(row.notify_at === null ? {} : { notifyAt: new Date(row.notify_at) }),
  }
}
