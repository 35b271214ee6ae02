/** A consent: what a person once allowed a client. */

import type { AccountId } from '../accounts/account.ts'
import type { ClientUid } from '../clients/client.ts'
import type { Write } from '../unit-of-work.ts'

export interface Consent {
  readonly accountId: AccountId
  readonly clientUid: ClientUid
  /** What was allowed, as `consentItems` names it: scopes, single claims, resources. Sorted. */
  readonly scopes: readonly string[]
  readonly grantedAt: Date
  readonly expiresAt?: Date
}

export interface ConsentRepository {
  find(accountId: AccountId, clientUid: ClientUid): Promise<Consent | undefined>
  /** Inserts or replaces. Never lost. */
  put(consent: Consent): Write
}
