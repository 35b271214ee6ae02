/** An account as the pages name it to its owner. */

import type { Account } from '../../core/accounts/account.ts'
import type { ShownAccount } from './views/account-line.ts'

export function displayName({ attributes, username }: Account): string {
  return attributes.name ?? username
}

export function shownAccount(account: Account): ShownAccount {
  return { name: displayName(account), detail: account.email ?? account.username }
}
