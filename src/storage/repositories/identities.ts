/** Identities in SQL. */

import type { Role } from '../../core/accounts/account.ts'
import type { Identity, IdentityRepository } from '../../core/upstreams/identity.ts'
import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { Dialect, Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { adHocStatement, statement } from '../statement.ts'
import type { IdentityRow } from '../tables.ts'
import { conditional, write } from '../write.ts'
import { orNull, timeOf } from './values.ts'

export function createIdentities(engine: Engine, db: QueryBuilder): IdentityRepository {
  const { find, findById, listOfAccount, listOfUpstream, link, unlink, touch, replaceTokens } = createStatements(
    db,
    engine.dialect,
  )
  return {
    async find(upstreamUid, subject) {
      // PostgreSQL has no text with NUL in it, so nobody is called so.
      if (subject.includes('\0')) return undefined
      const row = await engine.first(find, { upstreamUid: idToBytes(upstreamUid), subject })
      return row && fromRow(row)
    },
    async findById(id) {
      const row = await engine.first(findById, { id: idToBytes(id) })
      return row && fromRow(row)
    },
    async listOfAccount(accountId) {
      return (await engine.all(listOfAccount, { accountId: idToBytes(accountId) })).map(fromRow)
    },
    async listOfUpstream(upstreamUid, limit) {
      const identities = (await engine.all(listOfUpstream, { upstreamUid: idToBytes(upstreamUid), limit })).map(fromRow)
      // Databases sort text by rules of their own; here the order is the same on each.
      return identities.sort((a, b) => (a.subject < b.subject ? -1 : 1))
    },
    async search({ accountId, upstreamUid, subject, descending = false, after, limit }) {
      if (subject?.includes('\0') === true) return []
      let query = db
        .selectFrom('identity')
        .innerJoin('account', 'account.id', 'identity.account_id')
        .selectAll('identity')
        .select('account.username')
        .orderBy('identity.id', descending ? 'desc' : 'asc')
        .limit(limit)
      if (accountId !== undefined) query = query.where('identity.account_id', '=', idToBytes(accountId))
      if (upstreamUid !== undefined) query = query.where('identity.upstream_uid', '=', idToBytes(upstreamUid))
      if (subject !== undefined) query = query.where('identity.subject', '=', subject)
      if (after !== undefined) query = query.where('identity.id', descending ? '<' : '>', idToBytes(after))
      const rows = await engine.all(adHocStatement(query), {})
      return rows.map(row => ({ ...fromRow(row), username: row.username }))
    },
    link: identity => write(link.name, conditional(link, toRow(identity))),
    unlink: id => write(unlink.name, conditional(unlink, { id: idToBytes(id) })),
    touch: ({ id, label, lastSignInAt, sealedTokens }) =>
      write(
        touch.name,
        conditional(touch, {
          id: idToBytes(id),
          label: orNull(label),
          lastSignInAt: timeOf(lastSignInAt),
          sealedTokens: orNull(sealedTokens),
        }),
      ),
    replaceTokens: (id, sealed, seen) =>
      write(replaceTokens.name, conditional(replaceTokens, { id: idToBytes(id), sealed: orNull(sealed), seen })),
  }
}

function createStatements(db: QueryBuilder, dialect: Dialect) {
  type ById = { id: Uint8Array }
  return {
    find: statement('identities.find', (p: { upstreamUid: Uint8Array; subject: string }) =>
      db.selectFrom('identity').selectAll().where('upstream_uid', '=', p.upstreamUid).where('subject', '=', p.subject),
    ),
    findById: statement('identities.findById', (p: ById) =>
      db.selectFrom('identity').selectAll().where('id', '=', p.id),
    ),
    listOfAccount: statement('identities.listOfAccount', (p: { accountId: Uint8Array }) =>
      db.selectFrom('identity').selectAll().where('account_id', '=', p.accountId).orderBy('id'),
    ),
    listOfUpstream: statement('identities.listOfUpstream', (p: { upstreamUid: Uint8Array; limit: number }) =>
      db.selectFrom('identity').selectAll().where('upstream_uid', '=', p.upstreamUid).orderBy('subject').limit(p.limit),
    ),
    // Two unique indexes: the subject of an upstream, and the upstream of an account. Neither may go away in the same moment: an identity
    // without its account would keep the person out for ever. PostgreSQL holds both rows until the end of the transaction.
    link: statement('identities.link', (p: IdentityRow) =>
      db
        .insertInto('identity')
        .columns([
          'id',
          'upstream_uid',
          'subject',
          'account_id',
          'label',
          'linked_at',
          'last_sign_in_at',
          'sealed_tokens',
          'linked_by_role',
        ])
        .expression(
          db
            .selectFrom(['account', 'upstream'])
            .select(({ val }) => [
              val(p.id).as('id'),
              'upstream.uid',
              val(p.subject).as('subject'),
              'account.id as account_id',
              val(p.label).as('label'),
              val(p.linked_at).as('linked_at'),
              val(p.last_sign_in_at).as('last_sign_in_at'),
              val(p.sealed_tokens).as('sealed_tokens'),
              val(p.linked_by_role).as('linked_by_role'),
            ])
            .where('account.id', '=', p.account_id)
            .where('upstream.uid', '=', p.upstream_uid)
            .$if(dialect === 'postgres', query => query.forKeyShare()),
        )
        .onConflict(conflict => conflict.doNothing()),
    ),
    unlink: statement('identities.unlink', (p: ById) => db.deleteFrom('identity').where('id', '=', p.id)),
    touch: statement(
      'identities.touch',
      (p: { id: Uint8Array; label: string | null; lastSignInAt: number | null; sealedTokens: Uint8Array | null }) =>
        db
          .updateTable('identity')
          .set({ label: p.label, last_sign_in_at: p.lastSignInAt, sealed_tokens: p.sealedTokens })
          .where('id', '=', p.id),
    ),
    replaceTokens: statement(
      'identities.replaceTokens',
      (p: { id: Uint8Array; sealed: Uint8Array | null; seen: Uint8Array }) =>
        db
          .updateTable('identity')
          .set({ sealed_tokens: p.sealed })
          .where('id', '=', p.id)
          .where('sealed_tokens', '=', p.seen),
    ),
  }
}

function toRow(identity: Identity): IdentityRow {
  return {
    id: idToBytes(identity.id),
    upstream_uid: idToBytes(identity.upstreamUid),
    subject: identity.subject,
    account_id: idToBytes(identity.accountId),
    label: orNull(identity.label),
    linked_at: identity.linkedAt.getTime(),
    last_sign_in_at: timeOf(identity.lastSignInAt),
    sealed_tokens: orNull(identity.sealedTokens),
    linked_by_role: orNull(identity.linkedByRole),
  }
}

function fromRow(row: IdentityRow): Identity {
  return {
    id: idFromBytes(row.id),
    upstreamUid: idFromBytes(row.upstream_uid),
    subject: row.subject,
    accountId: idFromBytes(row.account_id),
    ...(row.label === null ? {} : { label: row.label }),
    linkedAt: new Date(row.linked_at),
    ...(row.linked_by_role === null ? {} : { linkedByRole: row.linked_by_role as Role }),
    ...(row.last_sign_in_at === null ? {} : { lastSignInAt: new Date(row.last_sign_in_at) }),
    ...(row.sealed_tokens === null ? {} : { sealedTokens: Buffer.from(row.sealed_tokens) }),
  }
}
