/** `sallyport registration-token list`: the initial access tokens there are. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { firstOf, readListOptions, withListOptions } from '../list-options.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { dayOf, printList } from '../print-document.ts'
import { expiryText, registrationTokenJson, usesText } from '../registration-token-view.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Examples:
  $ sallyport registration-token list
  $ sallyport registration-token list --json | jq -r ".[].label"`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withListOptions(withJson(command), 'registration-tokens'))
    .description('List the tokens with which apps may be registered, oldest first. The tokens themselves are not kept.')
    .addHelpText('after', HELP)
    .action(({ json }: JsonOption) => {
      const { query, limit } = readListOptions(command, 'registration-tokens')
      return atDesk(command, terminal, async ({ admin }) => {
        const tokens = await Array.fromAsync(firstOf(admin.all('registration-tokens.list', query), limit))
        if (json === true) return terminal.print(jsonText(tokens.map(registrationTokenJson)))
        return printList(terminal, {}, tokens, {
          head: ['id', 'label', 'uses left', 'expires', 'created'],
          row: token => [
            token.id,
            token.label,
            usesText(token),
            expiryText(token, terminal.startedAt),
            dayOf(token.created_at),
          ],
          none: 'There are none: sallyport registration-token create --help',
        })
      })
    })
}
