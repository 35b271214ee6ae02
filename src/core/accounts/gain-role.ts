/**
 * An account gains a role: what people without the rights of an administrator put into it before does not come along, or whoever knows the
 * password of today would manage this server tomorrow. Pure.
 */

import type { Identity } from '../upstreams/identity.ts'
import type { Account } from './account.ts'

export function gainsRole(before: Pick<Account, 'role'>, after: Pick<Account, 'role'>): boolean {
  return before.role === undefined && after.role !== undefined
}

/** Sessions and tokens from before end as well: somebody else may have begun them. */
export function withRoleGained(account: Account, now: Date): Account {
  const { passwordByRole, wayInByRole: _, ...kept } = account
  const { passwordHash: __, ...others } = kept
  return { ...(passwordByRole === undefined ? kept : others), validFrom: now }
}

/** The links that go. */
export function linksOfOthers(identities: readonly Identity[]): readonly Identity[] {
  return identities.filter(({ linkedByRole }) => linkedByRole !== undefined)
}
