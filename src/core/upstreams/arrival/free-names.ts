/** What of a patch an account that exists may take over: no user name and no e-mail address that somebody else signs in by. Pure. */

import type { AccountId } from '../../accounts/account.ts'
import type { AccountPatch } from '../mapping/account-patch.ts'
import type { ArrivalFacts } from './arrival-decision.ts'

export function withFreeNames(
  patch: AccountPatch,
  accountId: AccountId,
  { emailOwner, usernameOwner }: Pick<ArrivalFacts, 'emailOwner' | 'usernameOwner'>,
): AccountPatch {
  const { email, username, ...others } = patch
  const isFree = (owner: typeof emailOwner) => owner === undefined || owner.account.id === accountId
  return {
    ...others,
    ...(email !== undefined && isFree(emailOwner) ? { email } : {}),
    ...(username !== undefined && isFree(usernameOwner) ? { username } : {}),
  }
}
