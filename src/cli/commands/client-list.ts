/** `sallyport client list`: all clients. */

import type { Command } from 'commander'
import { clientJson, day } from '../client-view.ts'
import { inHouse } from '../open-house.ts'
import { formatTable, type JsonOption, jsonText, withJson } from '../output.ts'
import type { Terminal } from '../terminal.ts'

export function define(command: Command, terminal: Terminal): void {
  withJson(command)
    .description('List all clients, oldest first.')
    .option('--config <file>', 'the settings file')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sallyport client list\n  $ sallyport client list --json | jq -r ".[].client_id"',
    )
    .action(({ json }: JsonOption) =>
      inHouse(command, terminal, async ({ repositories }) => {
        const clients = await repositories.clients.list()
        if (json === true) return terminal.print(jsonText(clients.map(clientJson)))
        if (clients.length === 0) return terminal.warn('There are no clients yet: sallyport client create --help')
        const rows = clients.map(({ clientId, name, type, redirectUris, createdAt, disabledAt }) => [
          clientId,
          name,
          disabledAt === undefined ? type : `${type}, disabled`,
          `${redirectUris[0] ?? ''}${redirectUris.length > 1 ? ` (+${redirectUris.length - 1})` : ''}`,
          day(createdAt),
        ])
        terminal.print(formatTable(['client_id', 'name', 'type', 'redirect uri', 'created'], rows))
      }),
    )
}
