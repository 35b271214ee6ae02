/** Who may do what to an account, which names are free, and that an administrator is left. */

import { type Account, loginKey, type Role } from '../../../accounts/account.ts'
import { hasRole, mayChangeAccount } from '../../actor.ts'
import { checkMayMake, checkNotDeclared, declarationOf } from '../../ownership.ts'
import type { Acting } from '../../ports.ts'
import { conflict, forbidden, type Problem } from '../../problem.ts'

/** Whoever changes an account that manages this server, or makes one, could make themselves more than they are. */
export function checkMayChange(before: Account | undefined, after: Account | undefined, { actor }: Acting) {
  for (const account of [before, after]) {
    if (account === undefined || mayChangeAccount(actor, account)) continue
    return forbidden(
      account.role === undefined
        ? `changing accounts needs the role operator; ${actor.name} has ${actor.role}`
        : `${account.username}: only an administrator changes an account with a role, or gives one`,
    )
  }
  return undefined
}

/** A `sub` that somebody had is known to apps: whoever has it again is them. */
export function checkMayChooseSubject({ actor }: Acting): Problem | undefined {
  return hasRole(actor, 'administrator') ? undefined : forbidden('sub: only an administrator says it')
}

/** Both user names and e-mail addresses sign in: nobody has as one what is somebody else's other. */
export async function checkNamesFree(account: Account, { repositories: { accounts } }: Acting) {
  for (const [what, login] of [
    ['user name', account.username],
    ['e-mail address', account.email],
  ] as const) {
    if (login === undefined) continue
    const owner = await accounts.findOtherByLogin(login, account.id)
    if (owner === undefined) continue
    const key = loginKey(login)
    if (loginKey(owner.username) !== key)
      return conflict(`the account ${owner.username} has the e-mail address ${owner.email} already`)
    return conflict(
      what === 'user name'
        ? `an account named ${owner.username} exists already`
        : `the e-mail address ${login} is the user name of another account`,
    )
  }
  return undefined
}

/** The key by which a file names it. */
export async function checkMayRename(before: Account, after: Account, acting: Acting): Promise<Problem | undefined> {
  if (before.username === after.username) return undefined
  return (
    (await checkNotDeclared('accounts', before.username, acting)) ??
    checkMayMake(await declarationOf('accounts', after.username, acting), acting)
  )
}

/** `after` absent: it is deleted. */
export function losesAdministrator(before: Account, after: Account | undefined): boolean {
  return isAdministrator(before) && (after === undefined || !isAdministrator(after))
}

function isAdministrator({ role, disabledAt }: Account): boolean {
  return role === ('administrator' satisfies Role) && disabledAt === undefined
}

export async function checkKeepsAdministrator(
  before: Account,
  after: Account | undefined,
  { repositories: { accounts } }: Acting,
): Promise<Problem | undefined> {
  if (!losesAdministrator(before, after) || (await accounts.hasOtherAdministrator(before.id))) return undefined
  return conflict(
    `${before.username} is the last administrator: make somebody else one first (sallyport account edit NAME --role administrator)`,
  )
}
