/** The peer's storage on SQLite, as durable as ours: WAL, `synchronous=FULL`, every write committed before the adapter's promise settles. */

import { DatabaseSync } from 'node:sqlite'
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'

const SCHEMA = `
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma cache_size = -65536;
  create table if not exists record (
    kind text not null, id text not null, payload text not null, consumed_at integer,
    grant_id text, uid text, expires_at integer,
    primary key (kind, id)
  ) without rowid;
  create index if not exists record_by_grant on record (kind, grant_id) where grant_id is not null;
  create index if not exists record_by_uid on record (kind, uid) where uid is not null;
`

interface Row {
  readonly payload: string
  readonly consumed_at: number | null
}

export function createSqliteAdapterFactory(path: string): AdapterFactory {
  const database = new DatabaseSync(path)
  database.exec(SCHEMA)
  const upsert = database.prepare(
    `insert into record (kind, id, payload, grant_id, uid, expires_at) values (?, ?, ?, ?, ?, ?)
     on conflict (kind, id) do update set payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid,
     expires_at = excluded.expires_at`,
  )
  const find = database.prepare('select payload, consumed_at from record where kind = ? and id = ?')
  const findByUid = database.prepare('select payload, consumed_at from record where kind = ? and uid = ?')
  const consume = database.prepare('update record set consumed_at = ? where kind = ? and id = ?')
  const destroy = database.prepare('delete from record where kind = ? and id = ?')
  const revoke = database.prepare('delete from record where kind = ? and grant_id = ?')
  return (name): Adapter => ({
    async upsert(id, payload, expiresIn) {
      const expiresAt = expiresIn === undefined ? null : Math.floor(Date.now() / 1000) + expiresIn
      upsert.run(name, id, JSON.stringify(payload), payload.grantId ?? null, payload.uid ?? null, expiresAt)
    },
    async find(id) {
      return toPayload(find.get(name, id))
    },
    async findByUid(uid) {
      return toPayload(findByUid.get(name, uid))
    },
    async findByUserCode() {
      return undefined
    },
    async consume(id) {
      consume.run(Math.floor(Date.now() / 1000), name, id)
    },
    async destroy(id) {
      destroy.run(name, id)
    },
    async revokeByGrantId(grantId) {
      revoke.run(name, grantId)
    },
  })
}

function toPayload(found: unknown): AdapterPayload | undefined {
  if (found === undefined) return undefined
  const row = found as Row
  const payload = JSON.parse(row.payload) as AdapterPayload
  return row.consumed_at === null ? payload : { ...payload, consumed: row.consumed_at }
}
