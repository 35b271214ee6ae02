/** How an account is signed in to, as its owner may see it. */

import type { AccountId } from '../../core/accounts/account.ts'
import { type WaysIn, waysIn } from '../../core/upstreams/linking/ways-in.ts'
import type { PagesPorts } from './ports.ts'

export async function loadWaysIn(
  accountId: AccountId,
  { repositories }: Pick<PagesPorts, 'repositories'>,
): Promise<WaysIn | undefined> {
  // Not the account of the session: that comes without its password hash.
  const [account, identities, upstreams] = await Promise.all([
    repositories.accounts.find(accountId),
    repositories.identities.listOfAccount(accountId),
    repositories.upstreams.list(),
  ])
  return account && waysIn(account, identities, upstreams)
}
