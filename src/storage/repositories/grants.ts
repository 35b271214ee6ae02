/** Grants in SQL: one row per authorization, one statement per act, one query to judge a token. */

import type { GrantRepository } from '../../core/grants/grant.ts'
import { idToBytes } from '../../lib/id.ts'
import type { Dialect, Engine } from '../engine.ts'
import type { QueryBuilder } from '../query-builder.ts'
import { statement } from '../statement.ts'
import type { GrantRow } from '../tables.ts'
import { conditional, unconditional, write } from '../write.ts'
import { JOINED_ACCOUNT } from './account-row.ts'
import { factsFromRow, grantToRow } from './grant-row.ts'
import { holdsText } from './holds-text.ts'

export function createGrants(engine: Engine, db: QueryBuilder): GrantRepository {
  const { find, findForToken, insert, redeem, rotate, revoke, revokeAllOf, revokeAccessToken, findRevoked } =
    createStatements(db, engine.dialect)
  return {
    async find(id, accessTokenHash) {
      if (accessTokenHash === undefined) {
        const row = await engine.first(find, { id: idToBytes(id) })
        return row && factsFromRow(id, row)
      }
      const row = await engine.first(findForToken, { id: idToBytes(id), tokenHash: accessTokenHash })
      return row && { ...factsFromRow(id, row), accessTokenRevoked: row.token_revoked_until !== null }
    },
    insert: grant => write(insert.name, unconditional(insert, grantToRow(grant))),
    redeem: (id, now) => write(redeem.name, conditional(redeem, { id: idToBytes(id), now: now.getTime() })),
    rotate: (id, from, now, expiresAt) =>
      write(
        rotate.name,
        conditional(rotate, {
          id: idToBytes(id),
          from,
          to: from + 1,
          now: now.getTime(),
          expiresAt: expiresAt.getTime(),
        }),
      ),
    revoke: (id, now) => write(revoke.name, unconditional(revoke, { id: idToBytes(id), now: now.getTime() })),
    revokeAllOf: (accountId, clientUid, now) =>
      write(
        revokeAllOf.name,
        unconditional(revokeAllOf, {
          accountId: idToBytes(accountId),
          // As `grantToRow` writes it: an id holds nothing that JSON would write in another way.
          client: `"clientUid":"${clientUid}"`,
          now: now.getTime(),
        }),
      ),
    revokeAccessToken: (tokenHash, expiresAt) =>
      write(
        revokeAccessToken.name,
        unconditional(revokeAccessToken, { token_hash: tokenHash, expires_at: expiresAt.getTime() }),
      ),
    async isAccessTokenRevoked(tokenHash) {
      return (await engine.first(findRevoked, { tokenHash })) !== undefined
    },
  }
}

function createStatements(db: QueryBuilder, dialect: Dialect) {
  return {
    find: statement('grants.find', (p: { id: Uint8Array }) => selectFacts(db).where('g.id', '=', p.id)),
    findForToken: statement('grants.findForToken', (p: { id: Uint8Array; tokenHash: Uint8Array }) =>
      selectFacts(db)
        .leftJoin('revoked_access_token as r', join => join.on('r.token_hash', '=', p.tokenHash))
        .select('r.expires_at as token_revoked_until')
        .where('g.id', '=', p.id),
    ),
    insert: statement('grants.insert', (p: GrantRow) =>
      db.insertInto('grant').values({
        id: p.id,
        account_id: p.account_id,
        session_id: p.session_id,
        redeemed_at: p.redeemed_at,
        generation: p.generation,
        rotated_at: p.rotated_at,
        revoked_at: p.revoked_at,
        expires_at: p.expires_at,
        terms: p.terms,
      }),
    ),
    redeem: statement('grants.redeem', (p: { id: Uint8Array; now: number }) =>
      db
        .updateTable('grant')
        .set({ redeemed_at: p.now, rotated_at: p.now, generation: 1 })
        .where('id', '=', p.id)
        .where('redeemed_at', 'is', null)
        .where('revoked_at', 'is', null),
    ),
    rotate: statement(
      'grants.rotate',
      (p: { id: Uint8Array; from: number; to: number; now: number; expiresAt: number }) =>
        db
          .updateTable('grant')
          .set({ generation: p.to, rotated_at: p.now, expires_at: p.expiresAt })
          .where('id', '=', p.id)
          .where('generation', '=', p.from)
          .where('revoked_at', 'is', null),
    ),
    revokeAllOf: statement('grants.revokeAllOf', (p: { accountId: Uint8Array; client: string; now: number }) =>
      db
        .updateTable('grant')
        .set({ revoked_at: p.now })
        .where('account_id', '=', p.accountId)
        .where('revoked_at', 'is', null)
        .where(holdsText('terms', p.client, dialect)),
    ),
    revoke: statement('grants.revoke', (p: { id: Uint8Array; now: number }) =>
      db.updateTable('grant').set({ revoked_at: p.now }).where('id', '=', p.id).where('revoked_at', 'is', null),
    ),
    revokeAccessToken: statement('grants.revokeAccessToken', (p: { token_hash: Uint8Array; expires_at: number }) =>
      db
        .insertInto('revoked_access_token')
        .values({ token_hash: p.token_hash, expires_at: p.expires_at })
        .onConflict(conflict => conflict.doNothing()),
    ),
    findRevoked: statement('grants.isAccessTokenRevoked', (p: { tokenHash: Uint8Array }) =>
      db.selectFrom('revoked_access_token').select('expires_at').where('token_hash', '=', p.tokenHash),
    ),
  }
}

function selectFacts(db: QueryBuilder) {
  return db
    .selectFrom('grant as g')
    .leftJoin('account as a', 'a.id', 'g.account_id')
    .leftJoin('session as s', 's.id', 'g.session_id')
    .select(['g.redeemed_at', 'g.generation', 'g.rotated_at', 'g.revoked_at', 'g.expires_at', 'g.terms'])
    .select(JOINED_ACCOUNT)
    .select(['s.expires_at as session_expires_at', 's.ended_at as session_ended_at'])
}
