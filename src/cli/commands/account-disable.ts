/** `sallyport account disable`: locks an account and ends its sessions. */

import type { Command } from 'commander'
import { withPlace } from '../at-desk.ts'
import { changeAccount } from '../change-account.ts'
import { type JsonOption, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const CHANGE = { patch: { disabled: true }, done: 'is disabled; its sessions have ended' } as const

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Lock an account: it cannot sign in, and its sessions and tokens end.')
    .argument('<name>', 'the user name or e-mail address')
    .addHelpText('after', '\nExample:\n  $ sallyport account disable ada')
    .action((login: string, options: JsonOption) => changeAccount(command, terminal, login, CHANGE, options))
}
