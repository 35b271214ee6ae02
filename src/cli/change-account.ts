/** The shape that `account disable` and `enable` share: change, report. */

import type { Command } from 'commander'
import type { InputOf } from '../admin-client/admin-client.ts'
import { accountJson } from './account-view.ts'
import { atDesk } from './at-desk.ts'
import { type JsonOption, jsonText, printable } from './output.ts'
import type { Terminal } from './terminal.ts'

interface AccountChange {
  readonly patch: InputOf<'accounts.patch'>['body']
  /** Continues `The account ada …`. */
  readonly done: string
}

export function changeAccount(
  command: Command,
  terminal: Terminal,
  login: string,
  { patch, done }: AccountChange,
  { json }: JsonOption,
): Promise<void> {
  return atDesk(command, terminal, async ({ admin }) => {
    const { document } = await admin.call('accounts.patch', { path: { username: login }, body: patch })
    terminal.print(
      json === true ? jsonText(accountJson(document)) : `The account ${printable(document.username ?? '')} ${done}.`,
    )
  })
}
