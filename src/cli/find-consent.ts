/** What a person allowed an app, by both their names. */

import type { AdminClient, ItemOf } from '../admin-client/admin-client.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { printable } from './output.ts'

export async function getConsent(
  admin: AdminClient,
  account: string,
  client: string,
): Promise<ItemOf<'consents.list'>> {
  await admin.call('accounts.read', { path: { username: account } })
  await admin.call('clients.read', { path: { client_id: client } })
  const { document } = await admin.call('consents.list', { query: { account, client } })
  const [consent] = document.items
  if (consent !== undefined) return consent
  throw new CommandFailure(EXIT.notFound, `${printable(account)} has allowed ${printable(client)} nothing`)
}
