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

/** A part of all consents, in the order of their ids. */
export interface ConsentSearch {
  readonly accountId?: AccountId
  readonly clientUid?: ClientUid
  /** Those behind this one. */
  readonly after?: ConsentKey
  readonly limit: number
}

export type ConsentKey = Pick<Consent, 'accountId' | 'clientUid'>

/** Who allowed it, in words. */
export type ListedConsent = Consent & { readonly username: string }

export interface ConsentRepository {
  find(accountId: AccountId, clientUid: ClientUid): Promise<Consent | undefined>
  search(search: ConsentSearch): Promise<readonly ListedConsent[]>
  /** Lost (`consents.delete`) when there is none. */
  delete(consent: ConsentKey): Write
  /** Inserts or replaces. Never lost. */
  put(consent: Consent): Write
}
