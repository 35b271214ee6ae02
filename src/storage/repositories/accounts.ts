/** Accounts in SQL. */

import { sql } from 'kysely'
import { type AccountId, loginKey } from '../../core/accounts/account.ts'
import type { AccountRepository } from '../../core/accounts/account-repository.ts'
import { idToBytes } from '../../lib/id.ts'
import type { Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { adHocStatement, statement } from '../statement.ts'
import type { AccountRow } from '../tables.ts'
import { conditional, unconditional, write } from '../write.ts'
import { accountFromRow, accountToRow } from './account-row.ts'
import { searchAccounts } from './account-search.ts'

const FIRST_ADMINISTRATOR = 'first-administrator'
const ADMINISTRATOR_KEPT = 'administrator-kept'
/** Longer than a transaction takes. */
const CLAIM_MS = 60_000

export function createAccounts(engine: Engine, db: QueryBuilder): AccountRepository {
  const statements = createStatements(db)
  const { find, findByLogin, findBySubject, list, insert, replace, claim, administrator, otherAdministrator } =
    statements
  return {
    async find(id) {
      const row = await engine.first(find, { id: idToBytes(id) })
      return row && accountFromRow(row)
    },
    async findByLogin(login) {
      // PostgreSQL has no text with NUL in it, so no account has such a name.
      if (login.includes('\0')) return undefined
      const row = await engine.first(findByLogin, { key: loginKey(login) })
      return row && accountFromRow(row)
    },
    async findOtherByLogin(login, than) {
      if (login.includes('\0')) return undefined
      const row = await engine.first(statements.findOtherByLogin, { key: loginKey(login), than: idToBytes(than) })
      return row && accountFromRow(row)
    },
    async findBySubject(subject) {
      if (subject.includes('\0')) return undefined
      const row = await engine.first(findBySubject, { subject })
      return row && accountFromRow(row)
    },
    async search(search) {
      // No account has a text with NUL in it.
      const texts = [...(search.words ?? []), search.group, search.attribute, search.after?.value]
      if (texts.some(text => typeof text === 'string' && text.includes('\0'))) return []
      const query = searchAccounts(search, db, engine.dialect)
      return (await engine.all(adHocStatement(query), {})).map(accountFromRow)
    },
    async list() {
      return (await engine.all(list, {})).map(accountFromRow)
    },
    insert: account => write(insert.name, conditional(insert, accountToRow(account))),
    replace: (account, seen) =>
      write(replace.name, conditional(replace, { ...accountToRow(account), ...asSeen(accountToRow(seen)) })),
    delete(id: AccountId) {
      const params = { id: idToBytes(id) }
      const { remove, removeConsents, removeSessions, removeGrants, removeIdentities, removeUpstreamSessions } =
        statements
      return write(
        remove.name,
        conditional(remove, params),
        unconditional(removeConsents, params),
        unconditional(removeIdentities, params),
        unconditional(removeUpstreamSessions, params),
        unconditional(removeSessions, params),
        unconditional(removeGrants, params),
      )
    },
    claimFirstAdministrator: now =>
      write(
        claim.name,
        conditional(claim, { name: FIRST_ADMINISTRATOR, now: now.getTime(), before: now.getTime() - CLAIM_MS }),
      ),
    async hasAdministrator() {
      return (await engine.first(administrator, {})) !== undefined
    },
    async hasOtherAdministrator(than) {
      return (await engine.first(otherAdministrator, { id: idToBytes(than) })) !== undefined
    },
    keepAdministrator(now) {
      const { meetAtMilestone, keepAdministrator } = statements
      const params = { name: ADMINISTRATOR_KEPT, now: now.getTime() }
      return write(
        keepAdministrator.name,
        unconditional(meetAtMilestone, params),
        conditional(keepAdministrator, params),
      )
    },
  }
}

type SeenRow = { [Column in keyof AccountRow as `seen_${Column}`]: AccountRow[Column] }

function asSeen(row: AccountRow): SeenRow {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [`seen_${column}`, value])) as SeenRow
}

function createStatements(db: QueryBuilder) {
  type ById = { id: Uint8Array }
  return {
    find: statement('accounts.find', (p: ById) => db.selectFrom('account').selectAll().where('id', '=', p.id)),
    findByLogin: statement('accounts.findByLogin', (p: { key: string }) =>
      db
        .selectFrom('account')
        .selectAll()
        .where(eb => eb.or([eb('username_key', '=', p.key), eb('email_key', '=', p.key)]))
        .orderBy(eb => eb.case().when('username_key', '=', p.key).then(0).else(1).end())
        .limit(1),
    ),
    findOtherByLogin: statement('accounts.findOtherByLogin', (p: { key: string; than: Uint8Array }) =>
      db
        .selectFrom('account')
        .selectAll()
        .where(eb => eb.or([eb('username_key', '=', p.key), eb('email_key', '=', p.key)]))
        .where('id', '!=', p.than)
        .orderBy(eb => eb.case().when('username_key', '=', p.key).then(0).else(1).end())
        .limit(1),
    ),
    findBySubject: statement('accounts.findBySubject', (p: { subject: string }) =>
      db.selectFrom('account').selectAll().where('subject', '=', p.subject),
    ),
    list: statement('accounts.list', () => db.selectFrom('account').selectAll().orderBy('created_at').orderBy('id')),
    insert: statement('accounts.insert', (p: AccountRow) =>
      db
        .insertInto('account')
        .values(accountColumns(p))
        .onConflict(conflict => conflict.doNothing()),
    ),
    replace: statement('accounts.replace', (p: AccountRow & SeenRow) => {
      // The row must still hold what the caller saw, member by member: a counter or a time could miss a change.
      let update = db.updateTable('account').set(accountColumns(p)).where('id', '=', p.id).where('id', '=', p.seen_id)
      for (const column of REPLACED_COLUMNS) update = update.where(column, 'is not distinct from', p[`seen_${column}`])
      return update
    }),
    remove: statement('accounts.delete', (p: ById) => db.deleteFrom('account').where('id', '=', p.id)),
    removeConsents: statement('accounts.delete.consents', (p: ById) =>
      db.deleteFrom('consent').where('account_id', '=', p.id),
    ),
    removeIdentities: statement('accounts.delete.identities', (p: ById) =>
      db.deleteFrom('identity').where('account_id', '=', p.id),
    ),
    // Before the sessions that it finds them by.
    removeUpstreamSessions: statement('accounts.delete.upstreamSessions', (p: ById) =>
      db
        .deleteFrom('upstream_session')
        .where('session_id', 'in', db.selectFrom('session').select('id').where('account_id', '=', p.id)),
    ),
    removeSessions: statement('accounts.delete.sessions', (p: ById) =>
      db.deleteFrom('session').where('account_id', '=', p.id),
    ),
    removeGrants: statement('accounts.delete.grants', (p: ById) =>
      db.deleteFrom('grant').where('account_id', '=', p.id),
    ),
    claim: statement('accounts.claimFirstAdministrator', (p: { name: string; now: number; before: number }) =>
      db
        .insertInto('milestone')
        .columns(['name', 'reached_at'])
        .expression(
          db
            .selectNoFrom([
              sql<string>`cast(${p.name} as text)`.as('name'),
              sql<number>`cast(${p.now} as bigint)`.as('reached_at'),
            ])
            .where(({ not, exists }) => not(exists(selectAdministrator(db)))),
        )
        // Claimed before, and nobody is administrator any more. Two claims at once both see nobody; the row they claim tells them apart.
        .onConflict(conflict =>
          conflict.column('name').doUpdateSet({ reached_at: p.now }).where('milestone.reached_at', '<', p.before),
        ),
    ),
    administrator: statement('accounts.hasAdministrator', () => selectAdministrator(db).limit(1)),
    otherAdministrator: statement('accounts.hasOtherAdministrator', (p: ById) =>
      selectAdministrator(db).where('disabled_at', 'is', null).where('id', '!=', p.id).limit(1),
    ),
    // Two units that each take one of the last two away: both want this row, so the second looks when the first is committed.
    meetAtMilestone: statement('accounts.keepAdministrator.meet', (p: { name: string; now: number }) =>
      db
        .insertInto('milestone')
        .values({ name: p.name, reached_at: p.now })
        .onConflict(conflict => conflict.column('name').doUpdateSet({ reached_at: p.now })),
    ),
    keepAdministrator: statement('accounts.keepAdministrator', (p: { name: string; now: number }) =>
      db
        .updateTable('milestone')
        .set({ reached_at: p.now })
        .where('name', '=', p.name)
        .where(({ exists }) => exists(selectAdministrator(db).where('disabled_at', 'is', null))),
    ),
  }
}

function selectAdministrator(db: QueryBuilder) {
  return db.selectFrom('account').select('id').where('role', '=', sql.lit('administrator'))
}

const REPLACED_COLUMNS = [
  'subject',
  'username',
  'email',
  'email_verified',
  'password_hash',
  'role',
  'groups',
  'attributes',
  'updated_at',
  'disabled_at',
  'valid_from',
  'updated_by',
] as const satisfies readonly (keyof AccountRow)[]

/** Picked one by one: `p` stands for values that are not there yet and cannot be spread. */
function accountColumns(p: AccountRow): AccountRow {
  return {
    id: p.id,
    subject: p.subject,
    username: p.username,
    username_key: p.username_key,
    email: p.email,
    email_key: p.email_key,
    email_verified: p.email_verified,
    password_hash: p.password_hash,
    role: p.role,
    groups: p.groups,
    attributes: p.attributes,
    created_at: p.created_at,
    updated_at: p.updated_at,
    disabled_at: p.disabled_at,
    valid_from: p.valid_from,
    created_by: p.created_by,
    updated_by: p.updated_by,
    name_key: p.name_key,
    password_by_role: p.password_by_role,
    way_in_by_role: p.way_in_by_role,
  }
}
