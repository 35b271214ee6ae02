/** The address that a grant remembers: only where a policy may ask for it, as addresses of people are kept for a reason or not at all. */

import type { Client } from '../clients/client.ts'
import type { Grant } from './grant.ts'

export function allowedFrom(
  { authorizationPolicy }: Pick<Client, 'authorizationPolicy'>,
  address: string,
): Pick<Grant, 'address'> {
  return authorizationPolicy === undefined ? {} : { address }
}
