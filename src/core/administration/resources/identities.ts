/** Identities: who accounts are to upstreams. */

import { parseId } from '../../../lib/id.ts'
import type { IdentitySearch, ListedIdentity } from '../../upstreams/identity.ts'
import { documentMistakes } from '../document-mistakes.ts'
import type { ListQuery, Page } from '../list-query.ts'
import { pageFound } from '../page-of.ts'
import type { Acting } from '../ports.ts'
import { invalid, invalidField, isProblem, type Problem } from '../problem.ts'
import type { Resource } from '../resource.ts'
import { findAccount } from './accounts/account-document.ts'
import { identityActions } from './identities/identity-actions.ts'
import { IDENTITY_FIELDS } from './identities/identity-fields.ts'
import { findPair } from './identities/identity-pair.ts'
import { identityDocument, linkChange } from './identities/link-identity.ts'

/** What upstreams use is far shorter (OIDC Core §2: 255 characters). */
const MAX_LENGTH = 255

const IDENTITIES: Resource<ListedIdentity> = {
  name: 'identities',
  singular: 'identity',
  key: 'id',
  about: 'Who accounts are to upstreams: whoever an upstream names by the subject signs in to the account.',
  fields: IDENTITY_FIELDS,
  standardSort: 'linked_at',
  roles: { read: 'viewer', change: 'operator' },
  list: listIdentities,

  async find(key, { repositories: { identities, accounts } }) {
    const id = parseId<'identity'>(key)
    const identity = id && (await identities.findById(id))
    const account = identity && (await accounts.find(identity.accountId))
    return identity && account && { ...identity, username: account.username }
  },

  async documentOf(identity, { repositories: { upstreams } }) {
    const upstream = await upstreams.find(identity.upstreamUid)
    return identityDocument(identity, identity.username, upstream?.alias ?? '')
  },

  async create(document, acting) {
    const misshapen = documentMistakes(document, IDENTITY_FIELDS, 'making')
    if (misshapen.length > 0) return invalid(misshapen)
    const { subject, label } = document
    const mistakes = [...checkText('subject', subject), ...(label === undefined ? [] : checkText('label', label))]
    if (mistakes.length > 0) return invalid(mistakes)
    const pair = await findPair(`${document.account}`, `${document.upstream}`, acting)
    if (isProblem(pair)) return pair
    return linkChange(pair, { subject: `${subject}`, label: label === undefined ? undefined : `${label}` }, acting)
  },
}

export const identities: Resource<ListedIdentity> = { ...IDENTITIES, actions: identityActions(IDENTITIES) }

function checkText(member: string, text: unknown) {
  const isGood = typeof text === 'string' && text.trim() !== '' && text.length <= MAX_LENGTH && !/\p{Cc}/u.test(text)
  return isGood ? [] : [{ member, rule: 'length', message: `the ${member} must have 1 to ${MAX_LENGTH} characters` }]
}

async function listIdentities(query: ListQuery, acting: Acting): Promise<Page<ListedIdentity> | Problem> {
  if (query.search.length > 0) return invalidField('q', 'search', 'is not searched by words; use subject')
  const narrowed = await narrow(query.filters, acting)
  if (isProblem(narrowed)) return narrowed
  const after = query.after === undefined ? undefined : parseId<'identity'>(query.after.key)
  if (query.after !== undefined && after === undefined)
    return invalidField('cursor', 'cursor', 'is not the `next` of a page of this list')
  const { limit } = query
  const found = await acting.repositories.identities.search({
    ...narrowed,
    descending: query.sort.descending,
    ...(after === undefined ? {} : { after }),
    limit: limit + 1,
  })
  return pageFound(found, limit, ({ id }) => ({ value: null, key: id }))
}

async function narrow(
  { account, upstream, subject }: ListQuery['filters'],
  { repositories }: Acting,
): Promise<Omit<IdentitySearch, 'limit'> | Problem> {
  const owner = account === undefined ? undefined : await findAccount(account, repositories.accounts)
  if (account !== undefined && owner === undefined) return invalidField('account', 'account', `there is no ${account}`)
  const from = upstream === undefined ? undefined : await repositories.upstreams.findByAlias(upstream)
  if (upstream !== undefined && from === undefined)
    return invalidField('upstream', 'upstream', `there is no ${upstream}`)
  return {
    ...(owner === undefined ? {} : { accountId: owner.id }),
    ...(from === undefined ? {} : { upstreamUid: from.uid }),
    ...(subject === undefined ? {} : { subject }),
  }
}
