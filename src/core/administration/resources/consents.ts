/** Consents: what people allowed apps. */

import { parseId } from '../../../lib/id.ts'
import type { ConsentKey, ListedConsent } from '../../consents/consent.ts'
import { hasRole, mayChangeAccount } from '../actor.ts'
import { documentMistakes } from '../document-mistakes.ts'
import type { Field } from '../field.ts'
import type { ListQuery, Page } from '../list-query.ts'
import { pageFound } from '../page-of.ts'
import type { Acting, Document } from '../ports.ts'
import { conflict, forbidden, invalid, invalidField, isProblem, notFound, type Problem } from '../problem.ts'
import type { Resource } from '../resource.ts'
import { findAccount } from './accounts/account-document.ts'

const FIELDS: readonly Field[] = [
  { name: 'id', kind: 'text', access: 'shown', required: true, about: 'Which one it is.' },
  {
    name: 'account',
    kind: 'text',
    access: 'made',
    required: true,
    about: 'The user name; an e-mail address or a `sub` when it is written.',
    finds: ['filter'],
    example: 'ada',
  },
  {
    name: 'client',
    kind: 'text',
    access: 'made',
    required: true,
    about: 'The `client_id`.',
    finds: ['filter'],
    example: 'wiki',
  },
  {
    name: 'scopes',
    kind: 'list',
    access: 'made',
    required: true,
    about: 'What was allowed: scopes, single claims as `claim NAME`, APIs as `resource URL`.',
    example: ['openid', 'email'],
  },
  { name: 'granted_at', kind: 'time', access: 'made', about: 'When.', standard: 'now' },
  { name: 'expires_at', kind: 'time', access: 'made', about: 'Until when; absent: until it is withdrawn.' },
]

export const consents: Resource<ListedConsent> = {
  name: 'consents',
  singular: 'consent',
  key: 'id',
  about:
    'What people allowed apps, and are not asked again. Withdrawing one ends what the app was given for the person.',
  fields: FIELDS,
  roles: { read: 'viewer', change: 'operator' },
  list: listConsents,

  async find(key, { repositories }) {
    const asked = keyIn(key)
    const consent = asked && (await repositories.consents.find(asked.accountId, asked.clientUid))
    const account = consent && (await repositories.accounts.find(consent.accountId))
    return consent && account && { ...consent, username: account.username }
  },
  documentOf,

  // Brought along from elsewhere: what nobody said here, so only who may do everything says it.
  async create(document, acting) {
    const { repositories, actor, now } = acting
    if (!hasRole(actor, 'administrator')) return forbidden('only an administrator brings consents along from elsewhere')
    const mistakes = mistakesIn(document)
    if (mistakes.length > 0) return invalid(mistakes)
    const account = await findAccount(`${document.account}`, repositories.accounts)
    if (account === undefined) return notFound('account', `${document.account}`)
    const client = await repositories.clients.findByClientId(`${document.client}`)
    if (client === undefined) return notFound('client', `${document.client}`)
    if ((await repositories.consents.find(account.id, client.uid)) !== undefined)
      return conflict(`${account.username} has allowed ${client.clientId} something already`)
    const { granted_at: granted, expires_at: expires } = document
    const consent: ListedConsent = {
      accountId: account.id,
      clientUid: client.uid,
      scopes: [...new Set(document.scopes as readonly string[])].sort(),
      grantedAt: typeof granted === 'string' ? new Date(granted) : now,
      ...(typeof expires === 'string' ? { expiresAt: new Date(expires) } : {}),
      username: account.username,
    }
    const { username: _, ...stored } = consent
    return {
      writes: [repositories.consents.put(stored)],
      events: [{ type: 'consent.created', ...aboutBoth(consent), detail: detailOf(consent, client.clientId) }],
      after: await documentOf(consent, acting),
    }
  },

  async remove(consent, acting) {
    const { repositories, actor, now } = acting
    const account = await repositories.accounts.find(consent.accountId)
    if (!mayChangeAccount(actor, account))
      return forbidden(`${consent.username}: only an administrator withdraws what an account with a role allowed`)
    const { accountId, clientUid } = consent
    const client = await repositories.clients.find(clientUid)
    return {
      writes: [repositories.consents.delete(consent), repositories.grants.revokeAllOf(accountId, clientUid, now)],
      events: [{ type: 'consent.withdrawn', ...aboutBoth(consent), detail: detailOf(consent, client?.clientId ?? '') }],
    }
  },
}

async function documentOf(consent: ListedConsent, { repositories: { clients } }: Acting): Promise<Document> {
  const { username, scopes, grantedAt, expiresAt, clientUid } = consent
  const client = await clients.find(clientUid)
  return {
    id: idOf(consent),
    account: username,
    client: client?.clientId ?? '',
    scopes,
    granted_at: grantedAt.toISOString(),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt.toISOString() }),
  }
}

function aboutBoth({ accountId, clientUid }: ConsentKey): ConsentKey {
  return { accountId, clientUid }
}

function detailOf({ username, scopes }: ListedConsent, client: string) {
  return { username, client, scopes }
}

function idOf({ accountId, clientUid }: ConsentKey): string {
  return `${accountId}.${clientUid}`
}

function keyIn(text: string): ConsentKey | undefined {
  const [accountId, clientUid, more] = text.split('.')
  const [account, client] = [parseId<'account'>(accountId), parseId<'client'>(clientUid)]
  return account === undefined || client === undefined || more !== undefined
    ? undefined
    : { accountId: account, clientUid: client }
}

// RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
const ITEM = /^((claim|resource) )?[\x21\x23-\x5B\x5D-\x7E]{1,500}$/
const MOST_ITEMS = 200

function mistakesIn(document: Document) {
  const misshapen = documentMistakes(document, FIELDS, 'making')
  if (misshapen.length > 0) return misshapen
  const scopes = document.scopes as readonly string[]
  const broken = scopes.find(scope => !ITEM.test(scope))
  const mistake = (message: string) => [{ member: 'scopes', rule: 'RFC 6749 §3.3 scope', message }]
  if (scopes.length === 0 || scopes.length > MOST_ITEMS) return mistake(`must be 1 to ${MOST_ITEMS}`)
  return broken === undefined ? [] : mistake(`"${broken}" is no scope, no "claim NAME" and no "resource URL"`)
}

async function listConsents(query: ListQuery, { repositories }: Acting): Promise<Page<ListedConsent> | Problem> {
  const { search, filters, limit } = query
  if (search.length > 0) return invalidField('q', 'search', 'is not searched by words; use account or client')
  const after = query.after === undefined ? undefined : keyIn(query.after.key)
  if (query.after !== undefined && after === undefined)
    return invalidField('cursor', 'cursor', 'is not the `next` of a page of this list')
  const narrowed = await narrow(filters, repositories)
  if (isProblem(narrowed)) return narrowed
  const found = await repositories.consents.search({
    ...narrowed,
    ...(after === undefined ? {} : { after }),
    limit: limit + 1,
  })
  return pageFound(found, limit, last => ({ value: null, key: idOf(last) }))
}

async function narrow(
  { account, client }: ListQuery['filters'],
  { accounts, clients }: Acting['repositories'],
): Promise<Partial<ConsentKey> | Problem> {
  const owner = account === undefined ? undefined : await findAccount(account, accounts)
  if (account !== undefined && owner === undefined) return invalidField('account', 'account', `there is no ${account}`)
  const app = client === undefined ? undefined : await clients.findByClientId(client)
  if (client !== undefined && app === undefined) return invalidField('client', 'client', `there is no ${client}`)
  return {
    ...(owner === undefined ? {} : { accountId: owner.id }),
    ...(app === undefined ? {} : { clientUid: app.uid }),
  }
}
