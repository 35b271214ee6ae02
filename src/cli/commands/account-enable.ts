/** `sallyport account enable`: unlocks an account. */

import type { Command } from 'commander'
import { withPlace } from '../at-desk.ts'
import { changeAccount } from '../change-account.ts'
import { type JsonOption, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const CHANGE = { patch: { disabled: false }, done: 'is enabled' } as const

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Unlock an account. Its old sessions stay ended.')
    .argument('<name>', 'the user name or e-mail address')
    .addHelpText('after', '\nExample:\n  $ sallyport account enable ada')
    .action((login: string, options: JsonOption) => changeAccount(command, terminal, login, CHANGE, options))
}
