/** Finding the client that a command is about, or saying clearly that there is none. */

import type { Client } from '../core/clients/client.ts'
import type { Repositories } from '../core/repositories.ts'
import { didYouMean } from '../lib/nearest-name.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'

export async function getClient({ clients }: Repositories, clientId: string): Promise<Client> {
  const client = await clients.findByClientId(clientId)
  if (client !== undefined) return client
  const known = (await clients.list()).map(other => other.clientId)
  throw new CommandFailure(
    EXIT.notFound,
    `there is no client ${clientId}${didYouMean(clientId, known)}; sallyport client list shows all`,
  )
}
