/** Changes to an account that exists: password, switched off, switched on. Pure. */

import type { Account } from './account.ts'

/** A new password ends every session and token from before it: whoever knew the old one is out. */
export function withPassword(account: Account, passwordHash: string, now: Date): Account {
  return { ...account, passwordHash, updatedAt: now, validFrom: now }
}

/** Ends every session and token as well. Disabling twice keeps the first date. */
export function disableAccount(account: Account, now: Date): Account {
  return account.disabledAt === undefined ? { ...account, disabledAt: now, updatedAt: now, validFrom: now } : account
}

export function enableAccount(account: Account, now: Date): Account {
  const { disabledAt, ...enabled } = account
  return disabledAt === undefined ? account : { ...enabled, updatedAt: now }
}
