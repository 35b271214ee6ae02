/** The shape that `account disable`, `enable` and `set-password` share: find, change, commit with the audit event, report. */

import type { Account } from '../core/accounts/account.ts'
import type { AuditEventType } from '../core/audit/audit-event.ts'
import type { House } from '../house.ts'
import { getAccount } from './account-lookup.ts'
import { accountJson } from './account-view.ts'
import { commitChange } from './commit-change.ts'
import { type JsonOption, jsonText } from './output.ts'
import type { Terminal } from './terminal.ts'

export interface AccountChange {
  readonly change: (account: Account, now: Date) => Account | Promise<Account>
  readonly event: AuditEventType
  /** Continues `The account ada …`. */
  readonly done: string
}

export async function changeAccount(
  house: House,
  terminal: Terminal,
  login: string,
  { change, event, done }: AccountChange,
  { json }: JsonOption,
): Promise<void> {
  const { accounts } = house.repositories
  const before = await getAccount(accounts, login)
  const after = await change(before, house.clock.now())
  if (after !== before) {
    const told = { type: event, accountId: before.id, detail: { username: before.username } }
    const lost = `somebody else changed the account ${before.username} at the same time; nothing was changed`
    await commitChange(house, [accounts.replace(after, before)], [told], lost)
  }
  terminal.print(json === true ? jsonText(accountJson(after)) : `The account ${after.username} ${done}.`)
}
