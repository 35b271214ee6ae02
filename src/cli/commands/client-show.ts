/** `sallyport client show`: everything about one client but its secret. */

import type { Command } from 'commander'
import { getClient } from '../client-lookup.ts'
import { clientJson, clientText } from '../client-view.ts'
import { inHouse } from '../open-house.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('Show one client by its registered metadata. Its secret cannot be shown.')
    .argument('<client-id>', 'the client_id')
    .option('--config <file>', 'the settings file')
    .addHelpText('after', '\nExample:\n  $ sallyport client show wiki')
    .action((clientId: string, { json }: JsonOption) =>
      inHouse(command, terminal, async ({ repositories }) => {
        const client = await getClient(repositories, clientId)
        terminal.print(json === true ? jsonText(clientJson(client)) : clientText(client))
      }),
    )
}
