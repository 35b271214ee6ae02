/** Sessions: who is signed in, from where, since when; and their end. */

import { parseId } from '../../../lib/id.ts'
import type { SessionId, SessionWithAccount } from '../../sessions/session.ts'
import type { Field } from '../field.ts'
import type { ListQuery } from '../list-query.ts'
import { pageFound } from '../page-of.ts'
import type { Acting } from '../ports.ts'
import type { Resource } from '../resource.ts'
import { findAccount } from './accounts/account-document.ts'
import { SESSION_ACTIONS } from './sessions/session-actions.ts'
import { SESSION_FIELDS, sessionDocument } from './sessions/session-document.ts'

const NARROWED_BY: readonly Field[] = [
  {
    name: 'client',
    kind: 'text',
    access: 'written',
    about: 'The client_id of an app that got something in the session. The latest 100,000 grants are looked through.',
  },
]

export const sessions: Resource<SessionWithAccount> = {
  name: 'sessions',
  singular: 'session',
  key: 'id',
  about: 'One browser each, signed in as one account.',
  fields: SESSION_FIELDS,
  narrowedBy: NARROWED_BY,
  standardSort: '-created_at',
  roles: { read: 'viewer', change: 'operator' },

  async list(query, acting) {
    const narrowed = await narrowedBy(query, acting)
    if (narrowed === undefined) return { items: [] }
    const { limit, after } = query
    const start = after === undefined ? undefined : parseId<'session'>(after.key)
    const found = await acting.repositories.sessions.search({
      ...narrowed,
      words: query.search,
      descending: query.sort.descending,
      ...(start === undefined ? {} : { after: start }),
      limit: limit + 1,
      now: acting.now,
    })
    return pageFound(found, limit, ({ session }) => ({ value: null, key: session.id }))
  },

  async find(key, { repositories }) {
    const id: SessionId | undefined = parseId(key)
    return id === undefined ? undefined : repositories.sessions.findWithAccount(id)
  },
  documentOf: sessionDocument,
  actions: SESSION_ACTIONS,
}

/** Nothing: what it is narrowed by does not exist, so there is no such session. */
async function narrowedBy({ filters }: ListQuery, { repositories: { accounts, clients } }: Acting) {
  const account = filters.account === undefined ? undefined : await findAccount(filters.account, accounts)
  const client = filters.client === undefined ? undefined : await clients.findByClientId(filters.client)
  if (filters.account !== undefined && account === undefined) return undefined
  if (filters.client !== undefined && client === undefined) return undefined
  return {
    ...(account === undefined ? {} : { accountId: account.id }),
    ...(client === undefined ? {} : { clientUid: client.uid }),
    ...(filters.active === undefined ? {} : { isActive: filters.active === 'true' }),
  }
}
