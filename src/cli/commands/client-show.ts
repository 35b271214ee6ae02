/** `sallyport client show`: everything about one client but its secret. */

import type { Command } from 'commander'
import { atDesk, withPlace } from '../at-desk.ts'
import { clientText, warningsOf } from '../client-view.ts'
import { readClient } from '../find-client.ts'
import { type JsonOption, jsonText, withJson } from '../output.ts'
import { warnAll } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

export function define(command: Command, terminal: Terminal): void {
  withPlace(withJson(command))
    .description('Show one client by its registered metadata. Its secret cannot be shown.')
    .argument('<client-id>', 'the client_id')
    .addHelpText('after', '\nExample:\n  $ sallyport client show wiki')
    .action((clientId: string, { json }: JsonOption) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { document } = await readClient(admin, clientId)
        terminal.print(json === true ? jsonText(document) : clientText(document))
        warnAll(terminal, warningsOf(document, terminal.startedAt))
      }),
    )
}
