/** `sallyport account list`: all accounts. */

import type { Command } from 'commander'
import { accountJson } from '../account-view.ts'
import { day } from '../client-view.ts'
import { inHouse } from '../open-house.ts'
import { formatTable, type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('List all accounts, oldest first.')
    .option('--config <file>', 'the settings file')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sallyport account list\n  $ sallyport account list --json | jq -r ".[].username"',
    )
    .action(({ json }: JsonOption) =>
      inHouse(command, terminal, async ({ repositories }) => {
        const accounts = await repositories.accounts.list()
        if (json === true) return terminal.print(jsonText(accounts.map(accountJson)))
        if (accounts.length === 0) return terminal.warn('There are no accounts yet: sallyport account create --help')
        const rows = accounts.map(({ username, email, role, groups, createdAt, disabledAt }) => [
          username,
          email ?? '',
          disabledAt === undefined ? 'active' : 'disabled',
          role ?? '',
          groups.join(', '),
          day(createdAt),
        ])
        terminal.print(formatTable(['name', 'e-mail', 'state', 'role', 'groups', 'created'], rows))
      }),
    )
}
