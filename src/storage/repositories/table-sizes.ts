/** How many rows each table has, counted in chunks so that a large table holds nobody up. */

import { setImmediate } from 'node:timers/promises'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'

type Count = () => Promise<number>

const CHUNK = 5000

type WalkedTable =
  | 'account'
  | 'audit_event'
  | 'deferred_grant'
  | 'delivery'
  | 'flow'
  | 'grant'
  | 'identity'
  | 'pushed_request'
  | 'revoked_access_token'
  | 'session'
  | 'upstream_attempt'
  | 'upstream_session'
  | 'used_once'

export function createTableSizes(engine: Engine, db: QueryBuilder): () => Promise<Readonly<Record<string, number>>> {
  const counts: Readonly<Record<string, Count>> = {
    account: byWalking('account', 'id', engine, db),
    audit_event: byWalking('audit_event', 'id', engine, db),
    attribute_definition: atOnce('attribute_definition', engine, db),
    client: atOnce('client', engine, db),
    client_logo: atOnce('client_logo', engine, db),
    client_secret_use: atOnce('client_secret_use', engine, db),
    declaration: atOnce('declaration', engine, db),
    policy: atOnce('policy', engine, db),
    consent: atOnce('consent', engine, db),
    flow: byWalking('flow', 'id', engine, db),
    grant: byWalking('grant', 'id', engine, db),
    revoked_access_token: byWalking('revoked_access_token', 'token_hash', engine, db),
    session: byWalking('session', 'id', engine, db),
    setting: atOnce('setting', engine, db),
    signing_key: atOnce('signing_key', engine, db),
    throttle: atOnce('throttle', engine, db),
    used_once: byWalking('used_once', 'key_hash', engine, db),
    pushed_request: byWalking('pushed_request', 'id', engine, db),
    deferred_grant: byWalking('deferred_grant', 'id', engine, db),
    delivery: byWalking('delivery', 'id', engine, db),
    identity: byWalking('identity', 'id', engine, db),
    upstream: atOnce('upstream', engine, db),
    upstream_attempt: byWalking('upstream_attempt', 'id', engine, db),
    upstream_session: byWalking('upstream_session', 'session_id', engine, db),
    user_group: atOnce('user_group', engine, db),
    initial_access_token: atOnce('initial_access_token', engine, db),
  }
  return async () => {
    const sizes: Record<string, number> = {}
    for (const [table, count] of Object.entries(counts)) sizes[table] = await count()
    return sizes
  }
}

function atOnce(
  table:
    | 'attribute_definition'
    | 'client'
    | 'client_logo'
    | 'client_secret_use'
    | 'consent'
    | 'declaration'
    | 'initial_access_token'
    | 'policy'
    | 'setting'
    | 'signing_key'
    | 'throttle'
    | 'upstream'
    | 'user_group',
  engine: Engine,
  db: QueryBuilder,
): Count {
  const count = statement(`housekeeping.count.${table}`, () =>
    db.selectFrom(table).select(eb => eb.fn.countAll<number>().as('rows')),
  )
  return async () => (await engine.first(count, {}))?.rows ?? 0
}

function byWalking(
  table: WalkedTable,
  key: 'id' | 'token_hash' | 'key_hash' | 'session_id',
  engine: Engine,
  db: QueryBuilder,
): Count {
  const column = db.dynamic.ref<typeof key>(key)
  const endOfChunk = statement(`housekeeping.endOfCount.${table}`, (p: { after: Uint8Array }) =>
    db
      .selectFrom(table)
      .select(eb =>
        eb
          .ref(column.dynamicReference as never)
          .$castTo<Uint8Array>()
          .as('key'),
      )
      .where(column, '>', p.after)
      .orderBy(column)
      .limit(1)
      .offset(CHUNK - 1),
  )
  const rest = statement(`housekeeping.count.${table}`, (p: { after: Uint8Array }) =>
    db
      .selectFrom(table)
      .select(eb => eb.fn.countAll<number>().as('rows'))
      .where(column, '>', p.after),
  )
  return async () => {
    let after: Uint8Array = Buffer.alloc(0)
    for (let chunks = 0; ; chunks += 1) {
      const end = (await engine.first(endOfChunk, { after }))?.key
      if (end === undefined) return chunks * CHUNK + ((await engine.first(rest, { after }))?.rows ?? 0)
      after = end
      await setImmediate()
    }
  }
}
