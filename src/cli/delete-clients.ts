/** Deleting clients: all that were named, or none. */

import type { Client } from '../core/clients/client.ts'
import type { House } from '../house.ts'
import { getClient } from './client-lookup.ts'
import { commitChange } from './commit-change.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { type JsonOption, jsonText } from './output.ts'
import type { Terminal } from './terminal.ts'

export async function deleteClients(
  house: House,
  terminal: Terminal,
  which: readonly string[] | 'all',
  { json, yes }: JsonOption & { readonly yes?: boolean },
): Promise<void> {
  const found = await clientsToDelete(house, which)
  const names = found.map(({ clientId }) => clientId)
  if (which === 'all' && found.length > 0 && yes !== true && terminal.isInteractive) await confirm(terminal, names)
  if (found.length > 0) {
    const writes = found.map(({ uid }) => house.repositories.clients.delete(uid))
    const events = found.map(({ uid, clientId }) => ({
      type: 'client.deleted' as const,
      clientUid: uid,
      detail: { client_id: clientId },
    }))
    await commitChange(
      house,
      writes,
      events,
      'somebody else deleted one of these clients at the same time; nothing was deleted',
    )
  }
  if (json === true) terminal.print(jsonText({ deleted: names }))
  else terminal.print(names.length === 0 ? 'There are no clients to delete.' : `Deleted ${names.join(', ')}.`)
}

async function clientsToDelete({ repositories }: House, which: readonly string[] | 'all'): Promise<readonly Client[]> {
  if (which === 'all') return repositories.clients.list()
  return Promise.all([...new Set(which)].map(clientId => getClient(repositories, clientId)))
}

async function confirm(terminal: Terminal, names: readonly string[]): Promise<void> {
  const answer = await terminal.ask(
    `Delete ${names.length === 1 ? 'the client' : `all ${names.length} clients`} ${names.join(', ')}? [y/N] `,
  )
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailure(EXIT.failure, 'nothing was deleted')
}
