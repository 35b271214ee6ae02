/** `sallyport delete_oidc_clients`: AURA's name for deleting its clients; without an ID, all of them. */

import type { Command } from 'commander'
import { deleteClients } from '../delete-clients.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Delete clients; without a client_id, all of them. The same as client delete.')
    .argument('[client-id...]', 'the client_id of each')
    .option('--yes', 'do not ask')
    .option('--config <file>', 'the settings file')
    .action((clientIds: readonly string[], options: JsonOption & { readonly yes?: boolean }) =>
      inHouse(command, terminal, house =>
        deleteClients(house, terminal, clientIds.length === 0 ? 'all' : clientIds, options),
      ),
    )
}
