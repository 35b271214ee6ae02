/** `sallyport client delete`: deletes clients by their client_id, or all of them. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { deleteClients } from '../delete-clients.ts'
import { CommandFailure, EXIT } from '../exit-codes.ts'
import { type JsonOption, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
The tokens of a deleted client are refused from then on, and the consents given to it are forgotten.
When one of several does not exist, none is deleted. --all asks first when a person is there to answer.

Examples:
  $ sallyport client delete wiki
  $ sallyport client delete dashboard battery
  $ sallyport client delete --all --yes`

interface DeleteOptions extends JsonOption {
  readonly all?: boolean
  readonly yes?: boolean
}

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Delete clients.')
    .argument('[client-id...]', 'the client_id of each')
    .option('--all', 'every client there is')
    .option('--yes', 'do not ask')
    .addHelpText('after', HELP)
    .action((clientIds: readonly string[], { all, ...options }: DeleteOptions) => {
      if (clientIds.length > 0 === (all === true)) {
        throw new CommandFailure(EXIT.usage, 'name the clients to delete, or say --all')
      }
      return atDesk(command, terminal, desk => deleteClients(desk, terminal, all === true ? 'all' : clientIds, options))
    })
}
