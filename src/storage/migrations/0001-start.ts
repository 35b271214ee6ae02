/** The first tables: accounts, clients, consents, sessions, flows, grants, keys, audit, throttling and housekeeping. */

import { type Compilable, sql } from 'kysely'
import type { Migration, MigrationSetting } from './migration.ts'

export const start: Migration = {
  name: '0001-start',
  up: setting => [
    ...people(setting),
    ...clients(setting),
    ...signIns(setting),
    ...grants(setting),
    ...auditEvents(setting),
    ...housekeeping(setting),
  ],
}

function people({ db, types, table }: MigrationSetting): Compilable[] {
  return [
    table(
      db.schema
        .createTable('account')
        .addColumn('id', types.bytes, column => column.primaryKey())
        .addColumn('subject', types.text, column => column.notNull().unique())
        .addColumn('username', types.text, column => column.notNull())
        .addColumn('username_key', types.text, column => column.notNull().unique())
        .addColumn('email', types.text)
        .addColumn('email_key', types.text, column => column.unique())
        .addColumn('email_verified', types.integer, column => column.notNull())
        .addColumn('password_hash', types.text)
        .addColumn('role', types.text)
        .addColumn('groups', types.text, column => column.notNull())
        .addColumn('attributes', types.text, column => column.notNull())
        .addColumn('created_at', types.integer, column => column.notNull())
        .addColumn('updated_at', types.integer, column => column.notNull())
        .addColumn('disabled_at', types.integer)
        .addColumn('valid_from', types.integer, column => column.notNull()),
    ),
    table(
      db.schema
        .createTable('milestone')
        .addColumn('name', types.text, column => column.primaryKey())
        .addColumn('reached_at', types.integer, column => column.notNull()),
    ),
    table(
      db.schema
        .createTable('throttle')
        .addColumn('key', types.text, column => column.primaryKey())
        .addColumn('level', types.real, column => column.notNull())
        .addColumn('at', types.integer, column => column.notNull())
        .addColumn('expires_at', types.integer, column => column.notNull()),
    ),
    db.schema.createIndex('throttle_expires_at').on('throttle').column('expires_at'),
  ]
}

function clients({ db, types, table }: MigrationSetting): Compilable[] {
  return [
    table(
      db.schema
        .createTable('client')
        .addColumn('uid', types.bytes, column => column.primaryKey())
        .addColumn('client_id', types.text, column => column.notNull().unique())
        .addColumn('created_at', types.integer, column => column.notNull())
        .addColumn('settings', types.text, column => column.notNull()),
    ),
    table(
      db.schema
        .createTable('consent')
        .addColumn('account_id', types.bytes, column => column.notNull())
        .addColumn('client_uid', types.bytes, column => column.notNull())
        .addColumn('scopes', types.text, column => column.notNull())
        .addColumn('granted_at', types.integer, column => column.notNull())
        .addColumn('expires_at', types.integer)
        .addPrimaryKeyConstraint('consent_pk', ['account_id', 'client_uid']),
    ),
    db.schema.createIndex('consent_expires_at').on('consent').column('expires_at').where('expires_at', 'is not', null),
    table(
      db.schema
        .createTable('signing_key')
        .addColumn('kid', types.text, column => column.primaryKey())
        .addColumn('alg', types.text, column => column.notNull())
        .addColumn('public_jwk', types.text, column => column.notNull())
        .addColumn('sealed_private_key', types.bytes, column => column.notNull())
        .addColumn('master_key_id', types.text, column => column.notNull())
        .addColumn('created_at', types.integer, column => column.notNull())
        .addColumn('retired_at', types.integer),
    ),
    // Two nodes that start at once on an empty database agree on one key.
    db.schema
      .createIndex('signing_key_live')
      .on('signing_key')
      .column('alg')
      .unique()
      .where(sql.ref('retired_at'), 'is', null),
  ]
}

function signIns({ db, types, table }: MigrationSetting): Compilable[] {
  return [
    table(
      db.schema
        .createTable('session')
        .addColumn('id', types.bytes, column => column.primaryKey())
        .addColumn('generation', types.integer, column => column.notNull())
        .addColumn('account_id', types.bytes, column => column.notNull())
        .addColumn('auth_time', types.integer, column => column.notNull())
        .addColumn('amr', types.text, column => column.notNull())
        .addColumn('created_at', types.integer, column => column.notNull())
        .addColumn('expires_at', types.integer, column => column.notNull())
        .addColumn('ended_at', types.integer)
        .addColumn('address', types.text, column => column.notNull())
        .addColumn('user_agent', types.text, column => column.notNull()),
    ),
    db.schema.createIndex('session_expires_at').on('session').column('expires_at'),
    table(
      db.schema
        .createTable('flow')
        .addColumn('id', types.bytes, column => column.primaryKey())
        .addColumn('version', types.integer, column => column.notNull())
        .addColumn('trace_code', types.text, column => column.notNull())
        .addColumn('created_at', types.integer, column => column.notNull())
        .addColumn('expires_at', types.integer, column => column.notNull())
        .addColumn('progress', types.text, column => column.notNull()),
    ),
    db.schema.createIndex('flow_trace_code').on('flow').column('trace_code'),
  ]
}

function grants({ db, types, table }: MigrationSetting): Compilable[] {
  return [
    // No secondary index: every one of them would be written with every code and every rotation.
    table(
      db.schema
        .createTable('grant')
        .addColumn('id', types.bytes, column => column.primaryKey())
        .addColumn('account_id', types.bytes, column => column.notNull())
        .addColumn('session_id', types.bytes, column => column.notNull())
        .addColumn('redeemed_at', types.integer)
        .addColumn('generation', types.integer, column => column.notNull())
        .addColumn('rotated_at', types.integer)
        .addColumn('revoked_at', types.integer)
        .addColumn('expires_at', types.integer, column => column.notNull())
        .addColumn('terms', types.text, column => column.notNull()),
    ),
    table(
      db.schema
        .createTable('revoked_access_token')
        .addColumn('token_hash', types.bytes, column => column.primaryKey())
        .addColumn('expires_at', types.integer, column => column.notNull()),
    ),
    db.schema.createIndex('revoked_access_token_expires_at').on('revoked_access_token').column('expires_at'),
  ]
}

function auditEvents({ db, types, table }: MigrationSetting): Compilable[] {
  return [
    table(
      db.schema
        .createTable('audit_event')
        .addColumn('id', types.bytes, column => column.primaryKey())
        .addColumn('at', types.integer, column => column.notNull())
        .addColumn('type', types.text, column => column.notNull())
        .addColumn('account_id', types.bytes)
        .addColumn('client_uid', types.bytes)
        .addColumn('address', types.text, column => column.notNull())
        .addColumn('request_id', types.text)
        .addColumn('trace_code', types.text)
        .addColumn('routine', types.integer, column => column.notNull())
        .addColumn('detail', types.text, column => column.notNull()),
    ),
    db.schema
      .createIndex('audit_event_account_id')
      .on('audit_event')
      .columns(['account_id', 'id'])
      .where('account_id', 'is not', null),
    db.schema
      .createIndex('audit_event_trace_code')
      .on('audit_event')
      .columns(['trace_code', 'id'])
      // Codes are random, so each costs a page of the log; what goes well thousands of times a second is not looked up by code.
      .where(sql<boolean>`routine = 0`),
  ]
}

function housekeeping({ db, types, table }: MigrationSetting): Compilable[] {
  return [
    table(
      db.schema
        .createTable('lease')
        .addColumn('job', types.text, column => column.primaryKey())
        .addColumn('holder', types.text, column => column.notNull())
        .addColumn('expires_at', types.integer, column => column.notNull()),
    ),
    table(
      db.schema
        .createTable('revision')
        .addColumn('id', types.integer, column => column.primaryKey())
        .addColumn('number', types.integer, column => column.notNull()),
    ),
    db.withTables<{ revision: { id: number; number: number } }>().insertInto('revision').values({ id: 1, number: 0 }),
  ]
}
