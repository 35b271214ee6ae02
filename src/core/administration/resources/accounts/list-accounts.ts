/** A page of accounts: searched, narrowed and ordered in the database. */

import { parseId } from '../../../../lib/id.ts'
import { type Account, loginKey } from '../../../accounts/account.ts'
import { type AccountOrder, type AccountSearch, orderValue } from '../../../accounts/account-repository.ts'
import { isRole } from '../../../accounts/account-settings.ts'
import type { ListQuery, Page } from '../../list-query.ts'
import { pageFound } from '../../page-of.ts'
import type { Acting } from '../../ports.ts'
import { invalidField, isProblem, type Problem } from '../../problem.ts'
import { readOwners } from './account-document.ts'

const ORDERS: Readonly<Record<string, AccountOrder>> = {
  username: 'username',
  email: 'email',
  created_at: 'created',
  updated_at: 'updated',
}

export async function listAccounts(query: ListQuery, acting: Acting): Promise<Page<Account> | Problem> {
  const search = searchOf(query)
  if (isProblem(search)) return search
  const [found] = await Promise.all([
    acting.repositories.accounts.search({ ...search, limit: query.limit + 1 }),
    readOwners(acting),
  ])
  return pageFound(found, query.limit, last => ({ value: orderValue(last, search.order), key: last.id }))
}

function searchOf({ search, filters, sort, after, limit }: ListQuery): AccountSearch | Problem {
  const { groups, role } = filters
  if (role !== undefined && !isRole(role)) return invalidField('role', 'role', `"${role}" is no role`)
  const isDisabled = truthOf('disabled', filters.disabled)
  if (isProblem(isDisabled)) return isDisabled
  const isEmailVerified = truthOf('email_verified', filters.email_verified)
  if (isProblem(isEmailVerified)) return isEmailVerified
  const order = ORDERS[sort.field] ?? 'username'
  const begin = afterOf(after, order)
  if (isProblem(begin)) return begin
  return {
    words: search.map(loginKey),
    ...(groups === undefined ? {} : { group: groups }),
    ...(role === undefined ? {} : { role }),
    ...(isDisabled === undefined ? {} : { isDisabled }),
    ...(isEmailVerified === undefined ? {} : { isEmailVerified }),
    ...(begin === undefined ? {} : { after: begin }),
    order,
    descending: sort.descending,
    limit,
  }
}

function truthOf(name: string, text: string | undefined): boolean | undefined | Problem {
  if (text === undefined || text === 'true' || text === 'false') return text === undefined ? undefined : text === 'true'
  return invalidField(name, 'boolean value', 'must be true or false')
}

/** A cursor of another order would begin anywhere. */
function afterOf(after: ListQuery['after'], order: AccountOrder): AccountSearch['after'] | Problem {
  if (after === undefined) return undefined
  const id = parseId<'account'>(after.key)
  const { value } = after
  const isText = order === 'username' || order === 'email'
  const isOfOrder = isText ? typeof value === 'string' : Number.isSafeInteger(value)
  if (id === undefined || value === null || !isOfOrder) {
    return invalidField('cursor', 'cursor', 'is not the `next` of a page of this list in this order')
  }
  return { value, id }
}
