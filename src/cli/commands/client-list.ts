/** `sallyport client list`: all clients, or those that are looked for. */

import type { Command } from 'commander'
import type { Client } from '../../admin-client/operations.ts'
import { atDesk, withPlace } from '../at-desk.ts'
import { firstOf, readListOptions, withListOptions } from '../list-options.ts'
import { type JsonOption, withJson } from '../output.ts'
import { dayOf, printList } from '../print-document.ts'
import type { Terminal } from '../terminal.ts'

const HELP = `
Examples:
  $ sallyport client list
  $ sallyport client list --search wiki --type confidential
  $ sallyport client list --owner platform --sort -updated_at
  $ sallyport client list --disabled yes
  $ sallyport client list --json | jq -r ".[].client_id"`

interface ListOptions extends JsonOption {
  readonly type?: string
}

export function define(command: Command, terminal: Terminal): void {
  command.option('--type <type>', 'only public, or only confidential ones')
  withPlace(withListOptions(withJson(command), 'clients', ['client_type']))
    .description('List all clients, oldest first.')
    .addHelpText('after', HELP)
    .action(({ type, ...options }: ListOptions) =>
      atDesk(command, terminal, async ({ admin }) => {
        const { query, limit } = readListOptions(command, 'clients')
        const wanted = type === undefined ? query : { ...query, client_type: type }
        await printList<Client>(terminal, options, firstOf(admin.all('clients.list', wanted), limit), {
          head: ['client_id', 'name', 'type', 'redirect uri', 'created'],
          row: rowOf,
          none: isNarrowed(wanted)
            ? 'No client is like that.'
            : 'There are no clients yet: sallyport client create --help',
        })
      }),
    )
}

function rowOf({ client_id, client_name, client_type, redirect_uris = [], disabled, created_at }: Client) {
  return [
    client_id,
    client_name,
    disabled === true ? `${client_type}, disabled` : client_type,
    `${redirect_uris[0] ?? ''}${redirect_uris.length > 1 ? ` (+${redirect_uris.length - 1})` : ''}`,
    dayOf(created_at),
  ]
}

function isNarrowed(query: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(query).some(name => name !== 'sort')
}
