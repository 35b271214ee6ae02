/** `sallyport account enable`: unlocks an account. */

import type { Command } from 'commander'
import { enableAccount } from '../../core/accounts/change-account.ts'
import { changeAccount } from '../change-account.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const CHANGE = { change: enableAccount, event: 'account.enabled', done: 'is enabled' } as const

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Unlock an account. Its old sessions stay ended.')
    .argument('<name>', 'the user name or e-mail address')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', '\nExample:\n  $ sallyport account enable ada')
    .action((login: string, options: JsonOption) =>
      inHouse(command, terminal, house => changeAccount(house, terminal, login, CHANGE, options)),
    )
}
