/** `sallyport registration-token revoke`: an initial access token counts no more. The apps registered with it stay. */

import type { Command } from 'commander'
import { parseId } from '../../lib/id.ts'
import { commitChange } from '../commit-change.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
The apps that were registered with it stay: sallyport client list, sallyport client delete.

Example:
  $ sallyport registration-token revoke 019cb2a4d1f07c3e9a5b1c2d3e4f5061`

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Take back a token with which apps may be registered.')
    .argument('<id>', 'its id: sallyport registration-token list')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', HELP)
    .action((text: string, { json }: JsonOption) =>
      inHouse(command, terminal, async house => {
        const { initialAccessTokens } = house.repositories
        const id = parseId<'initial-access-token'>(text)
        const token = id && (await initialAccessTokens.find(id))
        if (token === undefined) throw new CommandFailure(EXIT.notFound, `there is no token with the id ${text}`)
        const { label } = token
        await commitChange(
          house,
          [initialAccessTokens.delete(token.id)],
          [{ type: 'registration-token.revoked', detail: { id: token.id, label } }],
          'the token is gone already',
        )
        terminal.print(
          json === true ? jsonText({ id: token.id, label }) : `The token "${printable(label)}" counts no more.`,
        )
      }),
    )
}
