/** Accounts are put into a group, or taken out of it: all that are named, or none. */

import type { Account } from '../../../accounts/account.ts'
import type { Group } from '../../../groups/group.ts'
import { withoutGroups } from '../../../groups/without-group.ts'
import { type Actor, mayChangeAccount } from '../../actor.ts'
import { documentMistakes } from '../../document-mistakes.ts'
import type { Field } from '../../field.ts'
import type { Operation, Outcome } from '../../operation.ts'
import { checkNotOwned, declarationOf, ownershipGuard } from '../../ownership.ts'
import { commitChange, meanwhile } from '../../perform-change.ts'
import type { Acting, Document } from '../../ports.ts'
import { conflict, forbidden, invalid, isProblem, notFound, type Problem } from '../../problem.ts'
import type { ChangeEvent } from '../../resource.ts'
import { findAccount } from '../accounts/account-document.ts'

const WHO: readonly Field[] = [
  {
    name: 'accounts',
    kind: 'list',
    access: 'written',
    required: true,
    about: 'User names, e-mail addresses or `sub`s, 200 at most.',
    example: ['ada', 'bob@example.com'],
  },
]
const MOST_AT_ONCE = 200

const add: Operation = {
  ...changing('add_members', 'add-members', 'Put accounts into a group'),
  about: 'Those that are in it already stay; when one cannot be put into it, none is.',
  perform: (call, acting) =>
    changeMembers(call.path, call.body, acting, (group, account) =>
      account.groups.includes(group.name)
        ? account
        : { ...account, groups: [...account.groups, group.name].sort(), updatedAt: acting.now },
    ),
}

const remove: Operation = {
  ...changing('remove_members', 'remove-members', 'Take accounts out of a group'),
  about: 'Those that are not in it stay as they are; when one cannot be taken out of it, none is.',
  perform: (call, acting) =>
    changeMembers(call.path, call.body, acting, (group, account) =>
      account.groups.includes(group.name) ? withoutGroups(account, [group.name], acting.now) : account,
    ),
}

export const MEMBERSHIP_ACTIONS: readonly Operation[] = [add, remove]

function changing(act: string, segment: string, summary: string) {
  return {
    name: `groups.${act}`,
    method: 'POST',
    path: `/groups/{name}/${segment}`,
    role: 'operator',
    summary,
    body: WHO,
  } as const
}

async function changeMembers(
  { name = '' }: Readonly<Record<string, string>>,
  body: Document = {},
  acting: Acting,
  changed: (group: Group, account: Account) => Account,
): Promise<Outcome | Problem> {
  const group = await acting.repositories.groups.find(name)
  if (group === undefined) return notFound('group', name)
  const named = await namedAccounts(body, acting)
  if (isProblem(named)) return named
  const changes = named.flatMap(before => {
    const after = changed(group, before)
    return after === before ? [] : [{ before, after: { ...after, updatedBy: acting.actor.name } }]
  })
  const guards = await Promise.all(changes.map(({ before }) => ownershipGuard('accounts', before.username, acting)))
  for (const { before, after } of changes) {
    const refused = await checkMembership(before, after.groups, acting)
    if (refused !== undefined) return refused
  }
  const [first, ...others] = changes.map(({ before, after }) => eventOf(group, before, after))
  if (first === undefined) return { status: 204 }
  const writes = changes.map(({ before, after }) => acting.repositories.accounts.replace(after, before))
  const [change] = changes
  const isCommitted = await commitChange(
    { writes: [...writes, ...guards], events: [first, ...others], after: { groups: change?.after.groups } },
    { groups: change?.before.groups },
    acting,
  )
  return isCommitted ? { status: 204 } : meanwhile('group or its members:', name)
}

async function namedAccounts(body: Document, { repositories }: Acting): Promise<readonly Account[] | Problem> {
  const mistakes = documentMistakes(body, WHO, 'making')
  if (mistakes.length > 0) return invalid(mistakes)
  const names = body.accounts as readonly string[]
  if (names.length === 0 || names.length > MOST_AT_ONCE) {
    const message = `must name 1 to ${MOST_AT_ONCE} accounts at once`
    return invalid([{ member: 'accounts', rule: 'number of accounts', message }])
  }
  const found = new Map<string, Account>()
  for (const name of names) {
    const account = await findAccount(name, repositories.accounts)
    if (account === undefined) return notFound('account', name)
    found.set(account.id, account)
  }
  return [...found.values()]
}

/** Groups open apps and policies: those of people with a role are for administrators, and what a file says stays as it says. */
export async function checkMembership(
  account: Account,
  groups: readonly string[],
  acting: Acting,
): Promise<Problem | undefined> {
  const { username } = account
  if (!mayChangeAccount(acting.actor, account)) return forbidden(needsAdministrator(account, acting.actor))
  const owned = checkNotOwned(
    await declarationOf('accounts', username, acting),
    { groups: account.groups },
    { groups },
    acting,
  )
  return owned && conflict(`the account ${username}: ${owned.detail}`)
}

function needsAdministrator({ username, role }: Account, { name }: Actor): string {
  return `${username} has the role ${role}: an administrator has to change its groups, not ${name}`
}

function eventOf({ name }: Group, before: Account, after: Account): ChangeEvent {
  const isIn = after.groups.includes(name)
  return {
    type: 'account.changed',
    accountId: before.id,
    detail: { username: before.username, [isIn ? 'joined_groups' : 'left_groups']: [name] },
  }
}
