/** Unlinking, and taking back the last link or unlink. */

import type { AuditEvent } from '../../../audit/audit-event.ts'
import type { ListedIdentity } from '../../../upstreams/identity.ts'
import { LINKED, lastLink, type PastLink, UNLINKED } from '../../../upstreams/linking/identity-events.ts'
import { withOne } from '../../crud-operations.ts'
import { documentMistakes } from '../../document-mistakes.ts'
import type { Operation } from '../../operation.ts'
import { performChange } from '../../perform-change.ts'
import type { Acting, Document } from '../../ports.ts'
import { conflict, invalid, invalidField, isProblem, notFound, Problem } from '../../problem.ts'
import type { Resource } from '../../resource.ts'
import { EVEN_THE_LAST, UNDO_BODY, UNDONE } from './identity-fields.ts'
import { findPair, type Pair } from './identity-pair.ts'
import { linkChange, unlink } from './link-identity.ts'

/** Newest first; more links of one account nobody makes. */
const MAX_EVENTS = 500

export function identityActions(identities: Resource<ListedIdentity>): readonly Operation[] {
  return [deleteIdentity(identities), undoLink()]
}

function deleteIdentity(identities: Resource<ListedIdentity>): Operation {
  return {
    name: 'identities.delete',
    method: 'DELETE',
    path: '/identities/{id}',
    role: 'operator',
    summary: 'Unlink an identity',
    about: 'Sessions that came of it end, and tokens of the upstream that were kept are deleted.',
    query: [EVEN_THE_LAST],
    perform: ({ path, query: { even_the_last: even } }, acting) =>
      withOne(identities, path, acting, async ({ id }, document) => {
        if (even !== undefined && even !== 'true' && even !== 'false')
          return invalidField('even_the_last', 'boolean value', 'must be true or false')
        const pair = await findPair(`${document.account}`, `${document.upstream}`, acting)
        if (isProblem(pair)) return pair
        const { identity } = pair
        if (identity?.id !== id) return notFound('identity', id)
        return (await unlink({ ...pair, identity }, even === 'true', acting)) ?? { status: 204 }
      }),
  }
}

function undoLink(): Operation {
  return {
    name: 'identities.undo',
    method: 'POST',
    path: '/identities/undo',
    role: 'operator',
    summary: 'Take back the last link or unlink of an account at an upstream',
    about: 'Whoever did it, as long as the audit log knows of it. Sessions and stored tokens do not come back.',
    body: UNDO_BODY,
    answer: { kind: 'document', fields: UNDONE },
    async perform({ body = {} }, acting) {
      const mistakes = documentMistakes(body, UNDO_BODY, 'making')
      if (mistakes.length > 0) return invalid(mistakes)
      const pair = await findPair(`${body.account}`, `${body.upstream}`, acting)
      if (isProblem(pair)) return pair
      const past = lastLink(await eventsOf(pair, acting), pair.upstream)
      const { account, upstream } = pair
      if (past === undefined) {
        const detail = `the audit log knows of no link of ${account.username} at ${upstream.alias} that could be undone`
        return new Problem('not-found', detail)
      }
      const problem = await undo(pair, past, body.even_the_last === true, acting)
      if (problem !== undefined) return problem
      const outcome = past.act === 'linked' ? 'unlinked' : 'linked'
      const document: Document = {
        account: account.username,
        upstream: upstream.alias,
        subject: past.subject,
        outcome,
      }
      return { document }
    },
  }
}

async function eventsOf(
  { account: { id: accountId } }: Pair,
  { repositories: { audit } }: Acting,
): Promise<readonly AuditEvent[]> {
  const lists = await Promise.all([LINKED, UNLINKED].map(type => audit.list({ accountId, type, limit: MAX_EVENTS })))
  // Ids are ordered in time.
  return lists.flat().sort((a, b) => (a.id < b.id ? 1 : -1))
}

async function undo(
  pair: Pair,
  { act, subject, label }: PastLink,
  evenTheLast: boolean,
  acting: Acting,
): Promise<Problem | undefined> {
  const { identity, account, upstream } = pair
  if (act === 'unlinked') {
    const resource = { name: 'identities', singular: 'identity' }
    const decide = () => linkChange(pair, { subject, label }, acting, { undo: true })
    const outcome = await performChange({ resource, key: subject }, decide, acting)
    return isProblem(outcome) ? outcome : undefined
  }
  if (identity === undefined || identity.subject !== subject)
    return conflict(
      `${account.username} was linked at ${upstream.alias} to ${subject}, and is not any more: something else has happened since`,
    )
  return unlink({ ...pair, identity }, evenTheLast, acting, { undo: true })
}
