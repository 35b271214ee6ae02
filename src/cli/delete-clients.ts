/** Deleting clients: those that were named, when all of them are there and may be deleted; or all. */

import { AdminProblem } from '../admin-client/admin-client.ts'
import type { Desk } from './at-desk.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { readClient } from './find-client.ts'
import { type JsonOption, jsonText, printable } from './output.ts'
import { counted, startProgress } from './progress.ts'
import type { Terminal } from './terminal.ts'

interface Deletable {
  readonly client_id: string
  readonly owned_by?: string
}

export async function deleteClients(
  { admin }: Desk,
  terminal: Terminal,
  which: readonly string[] | 'all',
  { json, yes }: JsonOption & { readonly yes?: boolean },
): Promise<void> {
  const found = await clientsToDelete(admin, which)
  const names = found.map(({ client_id }) => client_id)
  const owned = found.find(({ owned_by }) => owned_by !== undefined)
  if (owned !== undefined) {
    const where = `the client ${owned.client_id} is declared in ${owned.owned_by}: take it out there`
    throw new CommandFailure(EXIT.conflict, printable(`${where}; nothing was deleted`))
  }
  if (which === 'all' && found.length > 0 && yes !== true && terminal.isInteractive) await confirm(terminal, names)
  const progress = startProgress(terminal, json === undefined ? {} : { json })
  for await (const client_id of counted(names, progress, count => `${count} of ${names.length} clients`)) {
    await deleteOne(admin, client_id)
  }
  if (json === true) terminal.print(jsonText({ deleted: names }))
  else
    terminal.print(names.length === 0 ? 'There are no clients to delete.' : printable(`Deleted ${names.join(', ')}.`))
}

/** Somebody else who deleted it in this moment wanted the same. */
async function deleteOne(admin: Desk['admin'], client_id: string): Promise<void> {
  try {
    await admin.call('clients.delete', { path: { client_id } })
  } catch (error) {
    if (!(error instanceof AdminProblem) || error.kind !== 'not-found') throw error
  }
}

async function clientsToDelete(admin: Desk['admin'], which: readonly string[] | 'all'): Promise<readonly Deletable[]> {
  if (which !== 'all') {
    const read = await Promise.all([...new Set(which)].map(clientId => readClient(admin, clientId)))
    return read.map(({ document }) => document)
  }
  return Array.fromAsync(admin.all('clients.list', { sort: 'created_at' }))
}

async function confirm(terminal: Terminal, names: readonly string[]): Promise<void> {
  const answer = await terminal.ask(
    `Delete ${names.length === 1 ? 'the client' : `all ${names.length} clients`} ${names.join(', ')}? [y/N] `,
  )
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailure(EXIT.failure, 'nothing was deleted')
}
