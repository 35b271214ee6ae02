/** `sallyport account show`: everything about one account but its password. */

import type { Command } from 'commander'
import { getAccount } from '../account-lookup.ts'
import { accountJson, accountText } from '../account-view.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Show one account.')
    .argument('<name>', 'the user name or e-mail address')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', '\nExample:\n  $ sallyport account show ada@example.com')
    .action((login: string, { json }: JsonOption) =>
      inHouse(command, terminal, async ({ repositories }) => {
        const account = await getAccount(repositories.accounts, login)
        terminal.print(json === true ? jsonText(accountJson(account)) : accountText(account))
      }),
    )
}
