/** Who is in a group, page by page, and how many are in each. */

import { parseId } from '../../../../lib/id.ts'
import type { Account } from '../../../accounts/account.ts'
import { orderValue } from '../../../accounts/account-repository.ts'
import type { Field } from '../../field.ts'
import { listParameters, parseListQuery } from '../../list-query.ts'
import type { Operation } from '../../operation.ts'
import { pageFound } from '../../page-of.ts'
import type { Document } from '../../ports.ts'
import { isProblem, notFound } from '../../problem.ts'
import { MEMBERSHIP_ACTIONS } from './change-members.ts'

const MEMBER_FIELDS: readonly Field[] = [
  {
    name: 'username',
    kind: 'text',
    access: 'shown',
    required: true,
    about: 'The user name of the account.',
    finds: ['search', 'sort'],
  },
  { name: 'sub', kind: 'text', access: 'shown', required: true, about: 'What apps know it as.' },
  { name: 'email', kind: 'text', access: 'shown', about: 'Its e-mail address.', finds: ['search'] },
  { name: 'disabled', kind: 'boolean', access: 'shown', required: true, about: 'It cannot sign in.' },
]

const list: Operation = {
  name: 'groups.members',
  method: 'GET',
  path: '/groups/{name}/members',
  role: 'viewer',
  summary: 'List the accounts in a group',
  query: listParameters(MEMBER_FIELDS),
  answer: { kind: 'page', fields: MEMBER_FIELDS },
  async perform({ path: { name = '' }, query }, acting) {
    const parsed = parseListQuery(query, MEMBER_FIELDS, 'username')
    if (isProblem(parsed)) return parsed
    if ((await acting.repositories.groups.find(name)) === undefined) return notFound('group', name)
    const { search: words, sort, limit, after } = parsed
    const id = after === undefined ? undefined : parseId<'account'>(after.key)
    const found = await acting.repositories.accounts.search({
      words,
      group: name,
      order: 'username',
      descending: sort.descending,
      ...(id === undefined || after === undefined ? {} : { after: { value: `${after.value}`, id } }),
      limit: limit + 1,
    })
    const page = pageFound(found, limit, last => ({ value: orderValue(last, 'username'), key: last.id }))
    return { document: { ...page, items: page.items.map(memberDocument) } }
  },
}

const sizes: Operation = {
  name: 'groups.sizes',
  method: 'GET',
  path: '/group-sizes',
  role: 'viewer',
  summary: 'Count the accounts in each group',
  about: 'All groups at once; those without members are left out.',
  answer: {
    kind: 'page',
    fields: [
      { name: 'name', kind: 'text', access: 'shown', required: true, about: 'The name of the group.' },
      { name: 'members', kind: 'integer', access: 'shown', required: true, about: 'How many accounts are in it.' },
    ],
  },
  async perform(_call, { repositories }) {
    const sizesByName = await repositories.groups.countMembers()
    const items = [...sizesByName].map(([name, members]) => ({ name, members }))
    return { document: { items: items.sort((a, b) => (a.name < b.name ? -1 : 1)) } }
  },
}

function memberDocument({ username, subject, email, disabledAt }: Account): Document {
  return { username, sub: subject, ...(email === undefined ? {} : { email }), disabled: disabledAt !== undefined }
}

export const GROUP_ACTIONS: readonly Operation[] = [list, sizes, ...MEMBERSHIP_ACTIONS]
