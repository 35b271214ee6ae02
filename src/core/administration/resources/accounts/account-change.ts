/** What is written, told and shown when an account becomes another. */

import { type Account, ROLES } from '../../../accounts/account.ts'
import { gainsRole, withRoleGained } from '../../../accounts/gain-role.ts'
import { makeGroups } from '../../../groups/make-groups.ts'
import type { Write } from '../../../unit-of-work.ts'
import { type Acting, isPlanned } from '../../ports.ts'
import type { Change, ChangeEvent } from '../../resource.ts'
import { changedFields } from '../../versions.ts'
import { accountDocument } from './account-document.ts'
import { lostWithRole } from './account-gain.ts'
import { withPasswordBy } from './account-password.ts'
import { losesAdministrator } from './account-rules.ts'

/** What ends sessions and tokens from before: a new password, and a right that is less or new. Disabling has done so already. */
export function settled(before: Account, wanted: Account, hash: string | undefined, acting: Acting): Account {
  const { now } = acting
  const account = hash === undefined ? wanted : withPasswordBy(wanted, hash, acting)
  if (gainsRole(before, account)) return withRoleGained(account, now)
  return rankOf(account) < rankOf(before) ? { ...account, validFrom: now } : account
}

function rankOf({ role }: Account): number {
  return role === undefined ? -1 : ROLES.indexOf(role)
}

/** Nothing is written when nothing changes. */
export async function changeOf(
  before: Account,
  wanted: Account,
  acting: Acting,
  warnings: readonly string[] = [],
): Promise<Change> {
  const { repositories, now, actor } = acting
  const was = await accountDocument(before, acting)
  const account: Account = { ...wanted, updatedAt: now, updatedBy: actor.name }
  const after = await accountDocument(account, acting)
  const changed = changedFields(was, after)
  // A new password in the place of an old one, and an end to sessions, are not shown.
  const changesUnshown = before.passwordHash !== account.passwordHash || before.validFrom < account.validFrom
  if (changed.length === 0 && !changesUnshown) return { writes: [], events: [], after: was, warnings }
  const made = await madeGroups(account, before, acting)
  const lost = await lostWithRole(before, account, acting)
  const writes: Write[] = [...made.writes, ...lost.writes, repositories.accounts.replace(account, before)]
  if (losesAdministrator(before, account)) writes.push(repositories.accounts.keepAdministrator(now))
  const events = [...eventsOf(before, account, changed), ...lost.events, ...made.events]
  return { writes, events, after, warnings: [...warnings, ...lost.warnings] }
}

/** One for what is told by name, one for the rest. */
function eventsOf(before: Account, account: Account, changed: readonly string[]): readonly ChangeEvent[] {
  const about = { accountId: account.id, detail: { username: account.username } }
  const types: ChangeEvent['type'][] = []
  const others = changed.filter(name => !['disabled', 'disabled_at', 'has_password'].includes(name))
  if (others.length > 0) types.push('account.changed')
  if (changed.includes('disabled'))
    types.push(account.disabledAt === undefined ? 'account.enabled' : 'account.disabled')
  if (account.passwordHash !== undefined && account.passwordHash !== before.passwordHash)
    types.push('account.password-set')
  if (types.length === 0) types.push('account.sessions-ended')
  return types.map(type => ({ type, ...about }))
}

/** Whoever is in a group is in one that exists. */
export async function madeGroups(account: Account, before: Account | undefined, acting: Acting) {
  const { repositories, now, actor } = acting
  const joined = account.groups.filter(group => before?.groups.includes(group) !== true)
  const { writes, events } = await makeGroups(joined, repositories.groups, now, actor.name)
  return { writes, events: events.filter(({ detail }) => !isPlanned(acting, 'groups', detail.group)) }
}
