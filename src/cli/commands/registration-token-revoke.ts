/** `sallyport registration-token revoke`: an initial access token counts no more. The apps registered with it stay. */

import type { Command } from 'commander'
import { AdminProblem } from '../../admin-client/admin-client.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { type JsonOption, jsonText, printable, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
The apps that were registered with it stay: sallyport client list, sallyport client delete.

Example:
  $ sallyport registration-token revoke 019cb2a4d1f07c3e9a5b1c2d3e4f5061`

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Take back a token with which apps may be registered.')
    .argument('<id>', 'its id: sallyport registration-token list')
    .addHelpText('after', HELP)
    .action((text: string, { json }: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        try {
          const { id, label = '' } = (await admin.call('registration-tokens.read', { path: { id: text } })).document
          await admin.call('registration-tokens.delete', { path: { id: text } })
          terminal.print(json === true ? jsonText({ id, label }) : `The token "${printable(label)}" counts no more.`)
        } catch (error) {
          if (!(error instanceof AdminProblem) || error.kind !== 'not-found') throw error
          throw new CommandFailure(EXIT.notFound, `there is no token with the id ${text}`)
        }
      }),
    )
}
