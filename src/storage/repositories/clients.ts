/** Clients in SQL. Every change advances the revision, so that all nodes drop what they keep in memory. */

import type { Client, ClientSecret } from '../../core/clients/client.ts'
import type { ClientRepository } from '../../core/clients/client-repository.ts'
import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import type { ClientRow } from '../tables.ts'
import { conditional, configurationWrite, unconditional } from '../write.ts'
import { createAdvanceRevision } from './revision.ts'
import { canonicalJson, parseJson, timeOf } from './values.ts'

export function createClients(engine: Engine, db: QueryBuilder): ClientRepository {
  const statements = createStatements(db)
  const { findByClientId, find, list, insert, replace, remove, removeConsents, removeLogo, removeSecretUses } =
    statements
  const advanceRevision = createAdvanceRevision(db)
  return {
    async findByClientId(clientId) {
      // PostgreSQL has no text with NUL in it, so no client has such an id.
      if (clientId.includes('\0')) return undefined
      const row = await engine.first(findByClientId, { clientId })
      return row && clientFromRow(row)
    },
    async find(uid) {
      const row = await engine.first(find, { uid: idToBytes(uid) })
      return row && clientFromRow(row)
    },
    async list() {
      return (await engine.all(list, {})).map(clientFromRow)
    },
    insert: client => configurationWrite(insert.name, advanceRevision, conditional(insert, clientToRow(client))),
    replace: (client, seen) =>
      configurationWrite(
        replace.name,
        advanceRevision,
        conditional(replace, { ...clientToRow(client), ...seenClient(clientToRow(seen)) }),
      ),
    delete(uid) {
      const params = { uid: idToBytes(uid) }
      return configurationWrite(
        remove.name,
        advanceRevision,
        conditional(remove, params),
        unconditional(removeConsents, params),
        unconditional(removeLogo, params),
        unconditional(removeSecretUses, params),
      )
    },
  }
}

function createStatements(db: QueryBuilder) {
  type ByUid = { uid: Uint8Array }
  return {
    findByClientId: statement('clients.findByClientId', (p: { clientId: string }) =>
      db.selectFrom('client').selectAll().where('client_id', '=', p.clientId),
    ),
    find: statement('clients.find', (p: ByUid) => db.selectFrom('client').selectAll().where('uid', '=', p.uid)),
    list: statement('clients.list', () => db.selectFrom('client').selectAll().orderBy('created_at').orderBy('uid')),
    insert: statement('clients.insert', (p: ClientRow) =>
      db
        .insertInto('client')
        .values({ uid: p.uid, client_id: p.client_id, created_at: p.created_at, settings: p.settings })
        .onConflict(conflict => conflict.doNothing()),
    ),
    // The row must still hold what the caller saw, to the last member: a counter or a time could miss a change.
    replace: statement('clients.replace', (p: ClientRow & SeenClient) =>
      db
        .updateTable('client')
        .set({ client_id: p.client_id, created_at: p.created_at, settings: p.settings })
        .where('uid', '=', p.uid)
        .where('client_id', '=', p.seen_client_id)
        .where('settings', '=', p.seen_settings),
    ),
    remove: statement('clients.delete', (p: ByUid) => db.deleteFrom('client').where('uid', '=', p.uid)),
    removeConsents: statement('clients.delete.consents', (p: ByUid) =>
      db.deleteFrom('consent').where('client_uid', '=', p.uid),
    ),
    removeLogo: statement('clients.delete.logo', (p: ByUid) =>
      db.deleteFrom('client_logo').where('client_uid', '=', p.uid),
    ),
    removeSecretUses: statement('clients.delete.secretUses', (p: ByUid) =>
      db.deleteFrom('client_secret_use').where('client_uid', '=', p.uid),
    ),
  }
}

interface SeenClient {
  seen_client_id: string
  seen_settings: string
}

function seenClient({ client_id, settings }: ClientRow): SeenClient {
  return { seen_client_id: client_id, seen_settings: settings }
}

interface StoredSecret extends Omit<ClientSecret, 'createdAt' | 'expiresAt'> {
  readonly createdAt: number
  readonly expiresAt: number | null
}

type WithTimes = 'createdAt' | 'updatedAt' | 'disabledAt' | 'fetchedAt' | 'freshUntil' | 'secrets'

interface Settings extends Omit<Client, 'uid' | 'clientId' | WithTimes> {
  readonly secrets: readonly StoredSecret[]
  readonly updatedAt: number
  readonly disabledAt: number | null
  /** Only where the client is described by a document. */
  readonly fetchedAt?: number
  readonly freshUntil?: number
}

function clientToRow({ uid, clientId, createdAt, fetchedAt, freshUntil, ...rest }: Client): ClientRow {
  const settings: Settings = {
    ...rest,
    ...(fetchedAt === undefined ? {} : { fetchedAt: fetchedAt.getTime() }),
    ...(freshUntil === undefined ? {} : { freshUntil: freshUntil.getTime() }),
    secrets: rest.secrets.map(secret => ({
      ...secret,
      createdAt: secret.createdAt.getTime(),
      expiresAt: timeOf(secret.expiresAt),
    })),
    updatedAt: rest.updatedAt.getTime(),
    disabledAt: timeOf(rest.disabledAt),
  }
  return {
    uid: idToBytes(uid),
    client_id: clientId,
    created_at: createdAt.getTime(),
    settings: canonicalJson(settings),
  }
}

function clientFromRow(row: ClientRow): Client {
  const { secrets, updatedAt, disabledAt, fetchedAt, freshUntil, ...settings } = parseJson<Settings>(row.settings)
  return {
    ...settings,
    uid: idFromBytes(row.uid),
    clientId: row.client_id,
    secrets: secrets.map(secretFromStored),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(updatedAt),
    ...(disabledAt === null ? {} : { disabledAt: new Date(disabledAt) }),
    ...(fetchedAt === undefined ? {} : { fetchedAt: new Date(fetchedAt) }),
    ...(freshUntil === undefined ? {} : { freshUntil: new Date(freshUntil) }),
  }
}

function secretFromStored({ createdAt, expiresAt, ...secret }: StoredSecret): ClientSecret {
  return {
    ...secret,
    createdAt: new Date(createdAt),
    ...(expiresAt === null ? {} : { expiresAt: new Date(expiresAt) }),
  }
}
