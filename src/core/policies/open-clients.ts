/** The apps that are not closed to a person: what a front page may offer. Those that ask for a second factor are among them. */

import type { Client } from '../clients/client.ts'
import { type Access, checkAccess } from './check-access.ts'
import { policyOf } from './find-policy.ts'
import type { PolicyRepository } from './policy.ts'

export async function openClients(
  clients: readonly Client[],
  who: Omit<Access, 'client'>,
  policies: Pick<PolicyRepository, 'find'>,
): Promise<readonly Client[]> {
  const decided = await Promise.all(
    clients.map(async client => checkAccess(await policyOf(client, policies), { ...who, client }, 'access_denied')),
  )
  return clients.filter((_, index) => decided[index]?.kind !== 'denied')
}
