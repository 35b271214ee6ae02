/** How accounts are found, listed and changed. */

import type { Write } from '../unit-of-work.ts'
import { type Account, type AccountId, loginKey, type Role } from './account.ts'

export type AccountOrder = 'username' | 'email' | 'created' | 'updated'

export interface AccountSearch {
  /** Each has to be found in the user name, the e-mail address or the full name, as `loginKey` writes them. */
  readonly words?: readonly string[]
  readonly group?: string
  readonly role?: Role
  readonly isDisabled?: boolean
  readonly isEmailVerified?: boolean
  /** Has a value of the attribute; some may only have a part of their address by this name. */
  readonly attribute?: string
  readonly order: AccountOrder
  readonly descending?: boolean
  /** Those behind this one: `orderValue` of it, and its id. */
  readonly after?: { readonly value: string | number; readonly id: AccountId }
  readonly limit: number
}

/** What accounts are ordered by: text by its bytes, the same on every database. Without an e-mail address: the empty text. */
export function orderValue(account: Account, order: AccountOrder): string | number {
  switch (order) {
    case 'username':
      return loginKey(account.username)
    case 'email':
      return account.email === undefined ? '' : loginKey(account.email)
    case 'created':
      return account.createdAt.getTime()
    case 'updated':
      return account.updatedAt.getTime()
  }
}

export interface AccountRepository {
  find(id: AccountId): Promise<Account | undefined>
  /** By user name or primary e-mail address, compared as `loginKey` says. A user name wins over an e-mail address. */
  findByLogin(login: string): Promise<Account | undefined>
  /** The same, as if this account were not there. */
  findOtherByLogin(login: string, than: AccountId): Promise<Account | undefined>
  /** By what apps know a person as (`sub`, public). */
  findBySubject(subject: string): Promise<Account | undefined>
  /** A part of them, without reading the others. */
  search(search: AccountSearch): Promise<readonly Account[]>
  /** All accounts in order of creation. */
  list(): Promise<readonly Account[]>
  /** Lost (`accounts.insert`) when the user name or the e-mail address is taken. */
  insert(account: Account): Write
  /** Lost (`accounts.replace`) when the account is gone or was changed since `seen`; a taken name or e-mail address loses too. */
  replace(account: Account, seen: Account): Write
  /** Lost (`accounts.delete`) when it is gone already. Takes its consents, sessions and grants with it. */
  delete(id: AccountId): Write
  /** Set-up: lost (`accounts.claimFirstAdministrator`) when there is an administrator, or somebody claimed within the last minute. */
  claimFirstAdministrator(now: Date): Write
  hasAdministrator(): Promise<boolean>
  /** Is there an administrator who can sign in, besides this account? */
  hasOtherAdministrator(than: AccountId): Promise<boolean>
  /**
   * Goes behind every write of the unit that takes away an administrator. Lost (`accounts.keepAdministrator`) when none is left who can
   * sign in; units that do so at the same time wait for one another.
   */
  keepAdministrator(now: Date): Write
}
