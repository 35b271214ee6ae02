/** Upstreams in SQL. Every change advances the revision, so that all nodes drop what they keep in memory. */

import type { DiscoveredMetadata, Upstream } from '../../core/upstreams/upstream.ts'
import type { UpstreamRepository } from '../../core/upstreams/upstream-repository.ts'
import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import type { UpstreamRow } from '../tables.ts'
import { conditional, configurationWrite, unconditional } from '../write.ts'
import { createAdvanceRevision } from './revision.ts'
import { canonicalJson, parseJson } from './values.ts'

/** What is stored; looking one up is for whoever keeps the list in memory. */
export type StoredUpstreams = Pick<UpstreamRepository, 'insert' | 'replace' | 'delete' | 'list'>

export function createUpstreams(engine: Engine, db: QueryBuilder): StoredUpstreams {
  const { list, insert, replace, remove, removeIdentities, removeAttempts, removeSessions } = createStatements(db)
  const advanceRevision = createAdvanceRevision(db)
  return {
    async list() {
      const upstreams = (await engine.all(list, {})).map(fromRow)
      return upstreams.sort((a, b) => a.order - b.order || (a.alias < b.alias ? -1 : 1))
    },
    insert: upstream => configurationWrite(insert.name, advanceRevision, conditional(insert, toRow(upstream))),
    replace(upstream, seen) {
      const params = { ...toRow(upstream), seen_settings: toRow(seen).settings }
      return configurationWrite(replace.name, advanceRevision, conditional(replace, params))
    },
    delete(uid) {
      const params = { uid: idToBytes(uid) }
      return configurationWrite(
        remove.name,
        advanceRevision,
        conditional(remove, params),
        unconditional(removeIdentities, params),
        unconditional(removeAttempts, params),
        unconditional(removeSessions, params),
      )
    },
  }
}

function createStatements(db: QueryBuilder) {
  type ByUid = { uid: Uint8Array }
  return {
    list: statement('upstreams.list', () => db.selectFrom('upstream').selectAll()),
    insert: statement('upstreams.insert', (p: UpstreamRow) =>
      db
        .insertInto('upstream')
        .values({ uid: p.uid, alias: p.alias, created_at: p.created_at, settings: p.settings })
        .onConflict(conflict => conflict.doNothing()),
    ),
    replace: statement('upstreams.replace', (p: UpstreamRow & { seen_settings: string }) =>
      db
        .updateTable('upstream')
        .set({ settings: p.settings })
        .where('uid', '=', p.uid)
        .where('settings', '=', p.seen_settings),
    ),
    remove: statement('upstreams.delete', (p: ByUid) => db.deleteFrom('upstream').where('uid', '=', p.uid)),
    removeIdentities: statement('upstreams.delete.identities', (p: ByUid) =>
      db.deleteFrom('identity').where('upstream_uid', '=', p.uid),
    ),
    removeAttempts: statement('upstreams.delete.attempts', (p: ByUid) =>
      db.deleteFrom('upstream_attempt').where('upstream_uid', '=', p.uid),
    ),
    removeSessions: statement('upstreams.delete.sessions', (p: ByUid) =>
      db.deleteFrom('upstream_session').where('upstream_uid', '=', p.uid),
    ),
  }
}

interface Settings
  extends Omit<Upstream, 'uid' | 'alias' | 'createdAt' | 'updatedAt' | 'keysClearedAt' | 'discovered'> {
  readonly updatedAt: number
  readonly keysClearedAt?: number
  readonly discovered?: Omit<DiscoveredMetadata, 'fetchedAt'> & { readonly fetchedAt: number }
}

function toRow({ uid, alias, createdAt, updatedAt, keysClearedAt, discovered, ...rest }: Upstream): UpstreamRow {
  const settings: Settings = {
    ...rest,
    updatedAt: updatedAt.getTime(),
    ...(keysClearedAt === undefined ? {} : { keysClearedAt: keysClearedAt.getTime() }),
    ...(discovered === undefined ? {} : { discovered: { ...discovered, fetchedAt: discovered.fetchedAt.getTime() } }),
  }
  return { uid: idToBytes(uid), alias, created_at: createdAt.getTime(), settings: canonicalJson(settings) }
}

function fromRow({ uid, alias, created_at, settings }: UpstreamRow): Upstream {
  const { updatedAt, keysClearedAt, discovered, ...rest } = parseJson<Settings>(settings)
  return {
    ...rest,
    uid: idFromBytes(uid),
    alias,
    createdAt: new Date(created_at),
    updatedAt: new Date(updatedAt),
    ...(keysClearedAt === undefined ? {} : { keysClearedAt: new Date(keysClearedAt) }),
    ...(discovered === undefined ? {} : { discovered: { ...discovered, fetchedAt: new Date(discovered.fetchedAt) } }),
  }
}
