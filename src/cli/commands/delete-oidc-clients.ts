/** `sallyport delete_oidc_clients`: AURA's name for deleting its clients; without an ID, all of them. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { deleteClients } from '../delete-clients.ts'
import { type JsonOption, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Delete clients; without a client_id, all of them. The same as client delete.')
    .argument('[client-id...]', 'the client_id of each')
    .option('--yes', 'do not ask')
    .action((clientIds: readonly string[], options: JsonOption & { readonly yes?: boolean }) =>
      atDesk(command, terminal, desk =>
        deleteClients(desk, terminal, clientIds.length === 0 ? 'all' : clientIds, options),
      ),
    )
}
