/** `sallyport setup-link`: prints the one-time link that makes the first administrator. */

import type { Command } from 'commander'
import { setupUrl } from '../../core/accounts/setup-link.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
The link is valid for a day, and only until there is an administrator. Another administrator is made by account create.

Examples:
  $ sallyport setup-link
  $ sallyport setup-link --json
  $ sallyport account create ada --role administrator`

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Print the one-time link that makes the first administrator in the browser.')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action(({ json }: JsonOption) =>
      inHouse(command, terminal, async ({ repositories, clock, openKeys }, { issuer }) => {
        if (await repositories.accounts.hasAdministrator()) {
          throw new CommandFailure(EXIT.conflict, 'there is an administrator already, so there is no set-up link')
        }
        const url = setupUrl(issuer, (await openKeys()).handles, clock.now())
        terminal.print(json === true ? jsonText({ url }) : url)
      }),
    )
}
