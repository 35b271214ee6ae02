/** Who a person is to a client (OIDC Core §8). Every `sub` that leaves the house comes from here. */

import type { Account } from '../accounts/account.ts'
import type { Client } from '../clients/client.ts'
import { webHostOf } from '../clients/web-host.ts'
import type { KeyRing } from '../keys/key-ring.ts'

export function subjectOf(
  client: Pick<Client, 'clientId' | 'subjectType' | 'sectorIdentifier' | 'redirectUris'>,
  account: Pick<Account, 'subject'>,
  keys: Pick<KeyRing, 'pairwiseSubject'>,
): string {
  return client.subjectType === 'pairwise' ? keys.pairwiseSubject(sectorOf(client), account.subject) : account.subject
}

/** OIDC Core §8.1: the host of the sector identifier URI, or else of the redirect URI; a client without either is a sector of its own. */
function sectorOf({
  clientId,
  sectorIdentifier,
  redirectUris,
}: Pick<Client, 'clientId' | 'sectorIdentifier' | 'redirectUris'>): string {
  if (sectorIdentifier !== undefined) return sectorIdentifier
  return webHostOf(redirectUris[0] ?? '') ?? `client:${clientId}`
}
