/** A password that another system hashed, or we did with other costs, is hashed as we do today when it is at hand. */

import type { Account } from '../accounts/account.ts'
import type { AccountRepository } from '../accounts/account-repository.ts'
import type { Commit } from '../unit-of-work.ts'

export interface UpgradePorts {
  readonly accounts: Pick<AccountRepository, 'replace'>
  readonly commit: Commit
  readonly passwords: {
    needsRehash(passwordHash: string): boolean
    hash(password: string): Promise<string | 'busy'>
  }
}

/** `account` as it was read, whose password this is. Whoever is too busy, or loses to another change, tries at the next sign-in. */
export async function withUpgradedPassword(
  account: Account,
  password: string,
  { accounts, commit, passwords }: UpgradePorts,
): Promise<Account> {
  const { passwordHash } = account
  if (passwordHash === undefined || !passwords.needsRehash(passwordHash)) return account
  const hash = await passwords.hash(password)
  if (hash === 'busy') return account
  // The same password: nobody is signed out, and nobody hears of a change.
  const upgraded: Account = { ...account, passwordHash: hash }
  const { committed } = await commit([accounts.replace(upgraded, account)])
  return committed ? upgraded : account
}
