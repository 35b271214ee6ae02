/** Finding the account that a command is about, or saying clearly that there is none. */

import { type Account, loginKey } from '../core/accounts/account.ts'
import type { AccountRepository } from '../core/accounts/account-repository.ts'
import { didYouMean } from '../lib/nearest-name.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'

/** `login`: a user name or an e-mail address, in any case. */
export async function getAccount(accounts: AccountRepository, login: string): Promise<Account> {
  const account = await accounts.findByLogin(login)
  if (account !== undefined) return account
  const known = (await accounts.list()).map(({ username }) => username)
  throw new CommandFailure(
    EXIT.notFound,
    `there is no account ${login}${didYouMean(login, known)}; sallyport account list shows all`,
  )
}

/** By user name alone: somebody else's e-mail address may read the same. */
export async function findByUsername(accounts: AccountRepository, username: string): Promise<Account | undefined> {
  const account = await accounts.findByLogin(username)
  return account !== undefined && loginKey(account.username) === loginKey(username) ? account : undefined
}
