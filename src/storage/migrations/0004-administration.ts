/** What managing things needs: who made them, policies, kinds of attributes, logos, when a secret was used last, what files declare, settings that are changed while the server runs. */

import { type Compilable, sql } from 'kysely'
import type { Migration, MigrationSetting } from './migration.ts'

export const administration: Migration = {
  name: '0004-administration',
  up: setting => [
    ...makers(setting),
    ...ofAccounts(setting),
    ...kept(setting),
    ...ofClients(setting),
    ...declarations(setting),
    ...changedSettings(setting),
  ],
}

/** Clients and upstreams keep it among their settings. */
function makers({ db, types }: MigrationSetting): Compilable[] {
  return [
    db.schema.alterTable('account').addColumn('created_by', types.text),
    db.schema.alterTable('account').addColumn('updated_by', types.text),
    db.schema.alterTable('user_group').addColumn('updated_at', types.integer),
    db.schema.alterTable('user_group').addColumn('created_by', types.text),
    db.schema.alterTable('user_group').addColumn('updated_by', types.text),
    db.schema.alterTable('user_group').addColumn('description', types.text),
    db.schema.createIndex('session_account').on('session').columns(['account_id', 'id']),
  ]
}

/** Accounts are searched by name as well, and listed page by page; text is ordered by its bytes on both databases. */
function ofAccounts({ db, types }: MigrationSetting): Compilable[] {
  const isPostgres = types.bytes === 'bytea'
  // PostgreSQL reads no JSON text that has an escaped NUL in it.
  const nameKey = isPostgres
    ? sql`case when strpos(attributes, '\\u0000') = 0 then lower(attributes::json ->> 'name') end`
    : sql`lower(json_extract(attributes, '$.name'))`
  const byUsername = sql`create index account_username_bytes on account (username_key collate "C")`
  // All that a list is narrowed and ordered by: SQLite looks through these pages instead of the rows, which are many times as wide.
  // PostgreSQL holds an index entry to a third of a page, and groups may be more.
  const listed = [
    'username_key',
    'email_key',
    'name_key',
    'role',
    'disabled_at',
    'email_verified',
    'groups',
    'updated_at',
  ]
  return [
    db.schema.alterTable('account').addColumn('name_key', types.text),
    db.schema.alterTable('account').addColumn('password_by_role', types.text),
    db.schema.alterTable('account').addColumn('way_in_by_role', types.text),
    db.schema.alterTable('identity').addColumn('linked_by_role', types.text),
    { compile: () => sql`update account set name_key = ${nameKey}`.compile(db) } as Compilable,
    db.schema.createIndex('account_created').on('account').columns(['created_at', 'id']),
    db.schema.createIndex('account_role').on('account').column('role').where('role', 'is not', null),
    isPostgres
      ? ({ compile: () => byUsername.compile(db) } as Compilable)
      : db.schema
          .createIndex('account_listed')
          .on('account')
          .columns([...listed, 'created_at']),
  ]
}

function kept({ db, types, table }: MigrationSetting): Compilable[] {
  return ['policy', 'attribute_definition'].map(name =>
    table(
      db.schema
        .createTable(name)
        .addColumn('name', types.text, column => column.primaryKey())
        .addColumn('created_at', types.integer, column => column.notNull())
        .addColumn('settings', types.text, column => column.notNull()),
    ),
  )
}

function ofClients({ db, types, table }: MigrationSetting): Compilable[] {
  return [
    table(
      db.schema
        .createTable('client_logo')
        .addColumn('client_uid', types.bytes, column => column.primaryKey())
        .addColumn('media_type', types.text, column => column.notNull())
        .addColumn('digest', types.text, column => column.notNull())
        .addColumn('content', types.bytes, column => column.notNull())
        .addColumn('created_at', types.integer, column => column.notNull()),
    ),
    table(
      db.schema
        .createTable('client_secret_use')
        .addColumn('client_uid', types.bytes, column => column.notNull())
        .addColumn('secret_id', types.bytes, column => column.notNull())
        .addColumn('last_used_at', types.integer, column => column.notNull())
        .addPrimaryKeyConstraint('client_secret_use_pk', ['client_uid', 'secret_id']),
    ),
  ]
}

function declarations({ db, types, table }: MigrationSetting): Compilable[] {
  return [
    table(
      db.schema
        .createTable('declaration')
        .addColumn('kind', types.text, column => column.notNull())
        .addColumn('key', types.text, column => column.notNull())
        .addColumn('source', types.text, column => column.notNull())
        .addColumn('document', types.text, column => column.notNull())
        .addColumn('applied_at', types.integer, column => column.notNull())
        .addPrimaryKeyConstraint('declaration_pk', ['kind', 'key']),
    ),
  ]
}

function changedSettings({ db, types, table }: MigrationSetting): Compilable[] {
  return [
    table(
      db.schema
        .createTable('setting')
        .addColumn('name', types.text, column => column.primaryKey())
        .addColumn('value', types.text, column => column.notNull())
        .addColumn('updated_at', types.integer, column => column.notNull())
        .addColumn('updated_by', types.text, column => column.notNull()),
    ),
  ]
}
