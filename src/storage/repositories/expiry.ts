/** Deleting what has expired, in small bites. */

import { setImmediate } from 'node:timers/promises'
import type { ExpiringTable } from '../../core/housekeeping.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'

/** Deletes at most `limit` rows that expired before `now`; returns how many. */
export type DeleteExpired = (now: Date, limit: number) => Promise<number>

interface Bite {
  now: number
  limit: number
}

export function createDeleteExpired(engine: Engine, db: QueryBuilder): Readonly<Record<ExpiringTable, DeleteExpired>> {
  return {
    flow: byWalking('flow', engine, db),
    grant: byWalking('grant', engine, db),
    session: byIndex('session', 'id', engine, db),
    revoked_access_token: byIndex('revoked_access_token', 'token_hash', engine, db),
    throttle: byIndex('throttle', 'key', engine, db),
    used_once: byIndex('used_once', 'key_hash', engine, db),
    pushed_request: byIndex('pushed_request', 'id', engine, db),
    deferred_grant: byIndex('deferred_grant', 'id', engine, db),
    upstream_attempt: byIndex('upstream_attempt', 'id', engine, db),
    upstream_session: byIndex('upstream_session', 'session_id', engine, db),
    delivery: byIndex('delivery', 'id', engine, db),
    consent: expiredConsents(engine, db),
    audit_event: oldAuditEvents(engine, db),
  }
}

function byIndex(
  table:
    | 'session'
    | 'revoked_access_token'
    | 'throttle'
    | 'used_once'
    | 'pushed_request'
    | 'deferred_grant'
    | 'upstream_attempt'
    | 'upstream_session'
    | 'delivery',
  key: 'id' | 'token_hash' | 'key' | 'key_hash' | 'session_id',
  engine: Engine,
  db: QueryBuilder,
): DeleteExpired {
  const { ref } = db.dynamic
  const remove = statement(`housekeeping.deleteExpired.${table}`, (p: Bite) =>
    db
      .deleteFrom(table)
      .where(ref(key), 'in', db.selectFrom(table).select(ref(key)).where('expires_at', '<', p.now).limit(p.limit)),
  )
  return (now, limit) => engine.change(remove, { now: now.getTime(), limit })
}

function expiredConsents(engine: Engine, db: QueryBuilder): DeleteExpired {
  const remove = statement('housekeeping.deleteExpired.consent', (p: Bite) =>
    db
      .deleteFrom('consent')
      .where(eb =>
        eb(
          eb.refTuple('account_id', 'client_uid'),
          'in',
          eb
            .selectFrom('consent')
            .select(['account_id', 'client_uid'])
            .where('expires_at', '<', p.now)
            .limit(p.limit)
            .$asTuple('account_id', 'client_uid'),
        ),
      ),
  )
  return (now, limit) => engine.change(remove, { now: now.getTime(), limit })
}

/** Ids of events begin with their time: the oldest are the first, and no index is needed. */
function oldAuditEvents(engine: Engine, db: QueryBuilder): DeleteExpired {
  const remove = statement('housekeeping.deleteExpired.audit_event', (p: { before: Uint8Array; limit: number }) =>
    db
      .deleteFrom('audit_event')
      .where('id', 'in', eb =>
        eb.selectFrom('audit_event').select('id').where('id', '<', p.before).orderBy('id').limit(p.limit),
      ),
  )
  return (now, limit) => engine.change(remove, { before: firstIdOf(now), limit })
}

function firstIdOf(now: Date): Buffer {
  const id = Buffer.alloc(16)
  id.writeUIntBE(now.getTime(), 0, 6)
  return id
}

const CHUNK = 1000
const BEFORE_ALL = Buffer.alloc(0)
const AFTER_ALL = Buffer.alloc(17, 0xff)

/**
 * The tables of the hot paths have no index on their expiry: every code and every step would pay for it.
 * They are walked in the order of their key instead, a thousand rows at a time, with other work in between.
 */
function byWalking(table: 'flow' | 'grant', engine: Engine, db: QueryBuilder): DeleteExpired {
  const { endOfChunk, remove } = walkStatements(table, db)
  // Where the walk goes on when `limit` ended it.
  let after: Uint8Array = BEFORE_ALL
  return async (now, limit) => {
    let deleted = 0
    while (true) {
      const end = (await engine.first(endOfChunk, { after }))?.id
      const allowed = limit - deleted
      deleted += await engine.change(remove, { after, until: end ?? AFTER_ALL, now: now.getTime(), limit: allowed })
      if (deleted >= limit) return deleted
      after = end ?? BEFORE_ALL
      if (end === undefined) return deleted
      await setImmediate()
    }
  }
}

function walkStatements(table: 'flow' | 'grant', db: QueryBuilder) {
  return {
    endOfChunk: statement(`housekeeping.endOfChunk.${table}`, (p: { after: Uint8Array }) =>
      db
        .selectFrom(table)
        .select('id')
        .where('id', '>', p.after)
        .orderBy('id')
        .limit(1)
        .offset(CHUNK - 1),
    ),
    remove: statement(
      `housekeeping.deleteExpired.${table}`,
      (p: { after: Uint8Array; until: Uint8Array; now: number; limit: number }) =>
        db
          .deleteFrom(table)
          .where('id', 'in', eb =>
            eb
              .selectFrom(table)
              .select('id')
              .where('id', '>', p.after)
              .where('id', '<=', p.until)
              .where('expires_at', '<', p.now)
              .limit(p.limit),
          ),
    ),
  }
}
