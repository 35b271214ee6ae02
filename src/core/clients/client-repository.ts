import type { Write } from '../unit-of-work.ts'
import type { Client, ClientUid } from './client.ts'

export interface ClientRepository {
  /** By the `client_id` of the wire. */
  findByClientId(clientId: string): Promise<Client | undefined>
  find(uid: ClientUid): Promise<Client | undefined>
  /** All clients in order of creation. */
  list(): Promise<readonly Client[]>
  /** Lost (`clients.insert`) when the `client_id` is taken. */
  insert(client: Client): Write
  /** Lost (`clients.replace`) when the client is gone or was changed since `seen`. */
  replace(client: Client, seen: Client): Write
  /** Lost (`clients.delete`) when it is gone already. Takes its consents with it; its tokens die because their client is gone. */
  delete(uid: ClientUid): Write
}
