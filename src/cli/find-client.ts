/** Finding the client that a command is about, or saying clearly that there is none. */

import { type AdminClient, AdminProblem, type Answer, type DocumentOf } from '../admin-client/admin-client.ts'
import { didYouMean } from '../lib/nearest-name.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'

export type ReadClient = Answer<DocumentOf<'clients.read'>>

export async function readClient(admin: AdminClient, clientId: string): Promise<ReadClient> {
  const found = await findClient(admin, clientId)
  if (found !== undefined) return found
  const known: string[] = []
  for await (const { client_id } of admin.all('clients.list')) known.push(client_id ?? '')
  throw unknownClient(clientId, known)
}

export async function findClient(admin: AdminClient, clientId: string): Promise<ReadClient | undefined> {
  try {
    return await admin.call('clients.read', { path: { client_id: clientId } })
  } catch (error) {
    if (error instanceof AdminProblem && error.kind === 'not-found') return undefined
    throw error
  }
}

function unknownClient(clientId: string, known: readonly string[]): CommandFailure {
  return new CommandFailure(
    EXIT.notFound,
    `there is no client ${clientId}${didYouMean(clientId, known)}; sallyport client list shows all`,
  )
}
