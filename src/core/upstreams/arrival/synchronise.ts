/** What a sign-in changes of the account that is there: for the sign-in itself, and for whoever tries one out. */

import type { Account } from '../../accounts/account.ts'
import type { Repositories } from '../../repositories.ts'
import type { AccountPatch } from '../mapping/account-patch.ts'
import { type Patched, patchedAccount } from '../mapping/apply-patch.ts'
import { withoutDeclared } from '../mapping/without-declared.ts'
import type { ArrivalFacts } from './arrival-decision.ts'
import { withFreeNames } from './free-names.ts'

export interface Synchronised extends Patched {
  /** One administrator less: that another one is left has to hold when it is written, too. */
  readonly losesAdministrator: boolean
}

export interface SynchronisePorts {
  readonly repositories: Pick<Repositories, 'accounts' | 'declarations'>
  readonly now: Date
}

/**
 * A name that somebody else has by now is not taken over, and the last administrator stays one, whatever a mapping says. What a file
 * declares of the account is not synchronised.
 */
export async function synchronise(
  account: Account,
  patch: AccountPatch,
  facts: Pick<ArrivalFacts, 'emailOwner' | 'usernameOwner' | 'entered'>,
  { repositories: { accounts, declarations }, now }: SynchronisePorts,
): Promise<Synchronised> {
  // Whose the upstream's own names are is not known where the person typed others: they wait for the next sign-in.
  const { email: _email, username: _username, ...nameless } = patch
  const said = facts.entered === undefined ? withFreeNames(patch, account.id, facts) : nameless
  if (patchedAccount(account, said, now).changes.length === 0)
    return { account, changes: [], losesAdministrator: false }
  const declaration = await declarations.find('accounts', account.username)
  const free = declaration === undefined ? said : withoutDeclared(said, declaration.document)
  const wanted = patchedAccount(account, free, now)
  const isLess = account.role === 'administrator' && wanted.account.role !== 'administrator'
  if (!isLess || (await accounts.hasOtherAdministrator(account.id))) return { ...wanted, losesAdministrator: isLess }
  const { administrator: _administrator, ...harmless } = free
  return { ...patchedAccount(account, harmless, now), losesAdministrator: false }
}
