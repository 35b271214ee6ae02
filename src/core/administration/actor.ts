/** Who manages: a person, an app with a token, the command line, a file. What they may do hangs on their role. */

import type { Account, AccountId, Role } from '../accounts/account.ts'
import { ROLES } from '../accounts/account.ts'
import type { ClientUid } from '../clients/client.ts'

export type ActorKind = 'account' | 'client' | 'command-line' | 'file' | 'import'

export interface Actor {
  readonly kind: ActorKind
  /** For people, in `created_by`: `ada`, `client deployer`, `command line`, `sallyport.yaml`. */
  readonly name: string
  readonly role: Role
  readonly accountId?: AccountId
  readonly clientUid?: ClientUid
  /** As in the audit: the address of the request, or `cli`. */
  readonly address: string
  readonly requestId?: string
}

export const COMMAND_LINE: Actor = { kind: 'command-line', name: 'command line', role: 'administrator', address: 'cli' }

export function hasRole({ role }: Pick<Actor, 'role'>, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least)
}

/** The lesser of two: a token opens no more than its person may. */
export function lesserRole(a: Role, b: Role): Role {
  return ROLES.indexOf(a) < ROLES.indexOf(b) ? a : b
}

/** An account that manages this server is only changed by administrators, or an operator could make themselves one. */
export function mayChangeAccount(actor: Actor, account: Pick<Account, 'role'> | undefined): boolean {
  return hasRole(actor, 'administrator') || (hasRole(actor, 'operator') && account?.role === undefined)
}
