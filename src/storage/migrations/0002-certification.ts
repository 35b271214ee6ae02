/** What more flows need: things used once, pushed requests, deferred grants, initial access tokens. */

import type { Compilable } from 'kysely'
import type { Migration, MigrationSetting } from './migration.ts'

export const certification: Migration = {
  name: '0002-certification',
  up: setting => [
    ...usedOnce(setting),
    ...pushedRequests(setting),
    ...deferredGrants(setting),
    ...initialAccessTokens(setting),
    ...keys(setting),
  ],
}

function usedOnce({ db, types, table }: MigrationSetting): Compilable[] {
  return [
    table(
      db.schema
        .createTable('used_once')
        .addColumn('key_hash', types.bytes, column => column.primaryKey())
        .addColumn('expires_at', types.integer, column => column.notNull()),
    ),
    db.schema.createIndex('used_once_expires_at').on('used_once').column('expires_at'),
  ]
}

function pushedRequests({ db, types, table }: MigrationSetting): Compilable[] {
  return [
    table(
      db.schema
        .createTable('pushed_request')
        .addColumn('id', types.bytes, column => column.primaryKey())
        .addColumn('expires_at', types.integer, column => column.notNull())
        .addColumn('content', types.text, column => column.notNull()),
    ),
    db.schema.createIndex('pushed_request_expires_at').on('pushed_request').column('expires_at'),
  ]
}

function deferredGrants({ db, types, table }: MigrationSetting): Compilable[] {
  return [
    table(
      db.schema
        .createTable('deferred_grant')
        .addColumn('id', types.bytes, column => column.primaryKey())
        .addColumn('kind', types.text, column => column.notNull())
        .addColumn('client_uid', types.bytes, column => column.notNull())
        .addColumn('user_code', types.text, column => column.unique())
        .addColumn('account_id', types.bytes)
        .addColumn('state', types.text, column => column.notNull())
        .addColumn('grant_id', types.bytes)
        .addColumn('interval_seconds', types.integer, column => column.notNull())
        .addColumn('last_polled_at', types.integer)
        .addColumn('created_at', types.integer, column => column.notNull())
        .addColumn('expires_at', types.integer, column => column.notNull())
        .addColumn('terms', types.text, column => column.notNull())
        .addColumn('notify_at', types.integer),
    ),
    db.schema
      .createIndex('deferred_grant_notify_at')
      .on('deferred_grant')
      .column('notify_at')
      .where('notify_at', 'is not', null),
    db.schema.createIndex('deferred_grant_expires_at').on('deferred_grant').column('expires_at'),
    db.schema
      .createIndex('deferred_grant_account_id')
      .on('deferred_grant')
      .columns(['account_id', 'id'])
      .where('account_id', 'is not', null),
  ]
}

function initialAccessTokens({ db, types, table }: MigrationSetting): Compilable[] {
  return [
    table(
      db.schema
        .createTable('initial_access_token')
        .addColumn('id', types.bytes, column => column.primaryKey())
        .addColumn('label', types.text, column => column.notNull())
        .addColumn('fixed_metadata', types.text, column => column.notNull())
        .addColumn('remaining_uses', types.integer)
        .addColumn('created_at', types.integer, column => column.notNull())
        .addColumn('expires_at', types.integer),
    ),
  ]
}

function keys({ db, types }: MigrationSetting): Compilable[] {
  return [db.schema.alterTable('signing_key').addColumn('unpublish_at', types.integer)]
}
