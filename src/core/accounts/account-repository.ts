import type { Write } from '../unit-of-work.ts'
import type { Account, AccountId } from './account.ts'

export interface AccountRepository {
  find(id: AccountId): Promise<Account | undefined>
  /** By user name or primary e-mail address, compared as `loginKey` says. A user name wins over an e-mail address. */
  findByLogin(login: string): Promise<Account | undefined>
  /** By what apps know a person as (`sub`, public). */
  findBySubject(subject: string): Promise<Account | undefined>
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
}
