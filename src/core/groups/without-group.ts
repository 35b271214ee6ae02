/** An account without a group that goes. */

import type { Account } from '../accounts/account.ts'

export function withoutGroups(account: Account, gone: readonly string[], now: Date): Account {
  return { ...account, groups: account.groups.filter(group => !gone.includes(group)), updatedAt: now }
}
