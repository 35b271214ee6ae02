/** `sallyport registration-token list`: the initial access tokens there are. */

import type { Command } from 'commander'
import { day } from '../client-view.ts'
import { inHouse } from '../open-house.ts'
import { formatTable, type JsonOption, jsonText, withJson } from '../output.ts'
import { expiryText, registrationTokenJson, usesText } from '../registration-token-view.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Examples:
  $ sallyport registration-token list
  $ sallyport registration-token list --json | jq -r ".[].label"`

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('List the tokens with which apps may be registered, oldest first. The tokens themselves are not kept.')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action(({ json }: JsonOption) =>
      inHouse(command, terminal, async ({ repositories, clock }) => {
        const tokens = await repositories.initialAccessTokens.list()
        if (json === true) return terminal.print(jsonText(tokens.map(registrationTokenJson)))
        if (tokens.length === 0) return terminal.warn('There are none: sallyport registration-token create --help')
        const rows = tokens.map(token => [
          token.id,
          token.label,
          usesText(token),
          expiryText(token, clock.now()),
          day(token.createdAt),
        ])
        terminal.print(formatTable(['id', 'label', 'uses left', 'expires', 'created'], rows))
      }),
    )
}
