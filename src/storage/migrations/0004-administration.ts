/** What managing things needs: who made them, policies, kinds of attributes, logos, when a secret was used last, what files declare. */

import type { Compilable } from 'kysely'
import type { Migration, MigrationSetting } from './migration.ts'

export const administration: Migration = {
  name: '0004-administration',
  up: setting => [...makers(setting), ...kept(setting), ...ofClients(setting), ...declarations(setting)],
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
