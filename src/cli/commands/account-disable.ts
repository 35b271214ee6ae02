/** `sallyport account disable`: locks an account and ends its sessions. */

import type { Command } from 'commander'
import { disableAccount } from '../../core/accounts/change-account.ts'
import { changeAccount } from '../change-account.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const CHANGE = {
  change: disableAccount,
  event: 'account.disabled',
  done: 'is disabled; its sessions have ended',
} as const

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Lock an account: it cannot sign in, and its sessions and tokens end.')
    .argument('<name>', 'the user name or e-mail address')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', '\nExample:\n  $ sallyport account disable ada')
    .action((login: string, options: JsonOption) =>
      inHouse(command, terminal, house => changeAccount(house, terminal, login, CHANGE, options)),
    )
}
