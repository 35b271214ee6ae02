/** What signing in through other identity providers needs: upstreams, identities, attempts, their sessions; deliveries and groups. */

import { type Compilable, sql } from 'kysely'
import type { Migration, MigrationSetting } from './migration.ts'

export const broker: Migration = {
  name: '0003-broker',
  up: setting => [
    ...upstreams(setting),
    ...identities(setting),
    ...signIns(setting),
    ...deliveries(setting),
    ...groups(setting),
  ],
}

function upstreams({ db, types, table }: MigrationSetting): Compilable[] {
  return [
    table(
      db.schema
        .createTable('upstream')
        .addColumn('uid', types.bytes, column => column.primaryKey())
        .addColumn('alias', types.text, column => column.notNull().unique())
        .addColumn('created_at', types.integer, column => column.notNull())
        .addColumn('settings', types.text, column => column.notNull()),
    ),
  ]
}

function identities({ db, types, table }: MigrationSetting): Compilable[] {
  return [
    table(
      db.schema
        .createTable('identity')
        .addColumn('id', types.bytes, column => column.primaryKey())
        .addColumn('upstream_uid', types.bytes, column => column.notNull())
        .addColumn('subject', types.text, column => column.notNull())
        .addColumn('account_id', types.bytes, column => column.notNull())
        .addColumn('label', types.text)
        .addColumn('linked_at', types.integer, column => column.notNull())
        .addColumn('last_sign_in_at', types.integer)
        .addColumn('sealed_tokens', types.bytes),
    ),
    db.schema.createIndex('identity_subject').on('identity').columns(['upstream_uid', 'subject']).unique(),
    db.schema.createIndex('identity_account').on('identity').columns(['account_id', 'upstream_uid']).unique(),
  ]
}

function signIns({ db, types, table }: MigrationSetting): Compilable[] {
  return [
    db.schema.alterTable('session').addColumn('proven_at', types.integer),
    table(
      db.schema
        .createTable('upstream_attempt')
        .addColumn('id', types.bytes, column => column.primaryKey())
        .addColumn('flow_id', types.bytes, column => column.notNull())
        .addColumn('upstream_uid', types.bytes, column => column.notNull())
        .addColumn('trace_code', types.text, column => column.notNull())
        .addColumn('state', types.text, column => column.notNull())
        .addColumn('terms', types.text, column => column.notNull())
        .addColumn('sealed_answer', types.bytes)
        .addColumn('created_at', types.integer, column => column.notNull())
        .addColumn('expires_at', types.integer, column => column.notNull()),
    ),
    db.schema.createIndex('upstream_attempt_expires_at').on('upstream_attempt').column('expires_at'),
    db.schema.createIndex('upstream_attempt_trace_code').on('upstream_attempt').columns(['trace_code', 'id']),
    db.schema
      .createIndex('upstream_attempt_answered')
      .on('upstream_attempt')
      .column('upstream_uid')
      .where(sql.ref('state'), '=', sql.lit('answered')),
    table(
      db.schema
        .createTable('upstream_session')
        .addColumn('session_id', types.bytes, column => column.notNull())
        .addColumn('upstream_uid', types.bytes, column => column.notNull())
        .addColumn('subject', types.text, column => column.notNull())
        .addColumn('sub', types.text)
        .addColumn('sid', types.text)
        .addColumn('sealed_tokens', types.bytes)
        .addColumn('created_at', types.integer, column => column.notNull())
        .addColumn('expires_at', types.integer, column => column.notNull())
        .addPrimaryKeyConstraint('upstream_session_pk', ['session_id', 'upstream_uid']),
    ),
    db.schema.createIndex('upstream_session_expires_at').on('upstream_session').column('expires_at'),
    db.schema.createIndex('upstream_session_subject').on('upstream_session').columns(['upstream_uid', 'subject']),
    db.schema
      .createIndex('upstream_session_sub')
      .on('upstream_session')
      .columns(['upstream_uid', 'sub'])
      .where(sql.ref('sub'), 'is not', null),
    db.schema
      .createIndex('upstream_session_sid')
      .on('upstream_session')
      .columns(['upstream_uid', 'sid'])
      .where(sql.ref('sid'), 'is not', null),
  ]
}

function deliveries({ db, types, table }: MigrationSetting): Compilable[] {
  return [
    table(
      db.schema
        .createTable('delivery')
        .addColumn('id', types.bytes, column => column.primaryKey())
        .addColumn('kind', types.text, column => column.notNull())
        .addColumn('about', types.text, column => column.notNull())
        .addColumn('trace_code', types.text)
        .addColumn('sealed_content', types.bytes)
        .addColumn('state', types.text, column => column.notNull())
        .addColumn('attempts', types.integer, column => column.notNull())
        .addColumn('next_at', types.integer)
        .addColumn('last_result', types.text)
        .addColumn('created_at', types.integer, column => column.notNull())
        .addColumn('updated_at', types.integer, column => column.notNull())
        .addColumn('expires_at', types.integer, column => column.notNull()),
    ),
    db.schema
      .createIndex('delivery_next_at')
      .on('delivery')
      .column('next_at')
      .where(sql.ref('next_at'), 'is not', null),
    db.schema.createIndex('delivery_expires_at').on('delivery').column('expires_at'),
  ]
}

/** Groups that accounts carry already exist. */
function groups({ db, types, table }: MigrationSetting): Compilable[] {
  const names =
    types.bytes === 'blob'
      ? sql`select distinct json_each.value as name, 0 as created_at from account, json_each(account.groups)`
      : sql`select distinct g.name, 0 as created_at from account, jsonb_array_elements_text(account.groups::jsonb) as g(name)`
  return [
    table(
      db.schema
        .createTable('user_group')
        .addColumn('name', types.text, column => column.primaryKey())
        .addColumn('created_at', types.integer, column => column.notNull()),
    ),
    { compile: () => sql`insert into user_group (name, created_at) ${names}`.compile(db) } as Compilable,
  ]
}
