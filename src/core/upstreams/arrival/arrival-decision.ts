/** What is known of somebody who comes back from an upstream, and what may become of them. */

import { type Facts, type Refusal, refuse } from '../../../spec/refusal.ts'
import type { Account, AccountId } from '../../accounts/account.ts'
import type { EnteredProfile } from '../../flow/flow.ts'
import type { Identity } from '../identity.ts'
import type { KnownAccount } from '../linking/link-proofs.ts'
import type { AccountPatch } from '../mapping/account-patch.ts'
import type { LinkProof, Upstream } from '../upstream.ts'
import type { ProfileProblem } from './entered-profile.ts'

export interface ArrivalFacts {
  readonly upstream: Pick<
    Upstream,
    'alias' | 'linkOnly' | 'createAccounts' | 'linkExisting' | 'linkProofs' | 'reviewProfile' | 'postLogin'
  >
  readonly purpose: { readonly kind: 'sign-in' } | { readonly kind: 'link-identity'; readonly accountId: AccountId }
  /** Who this browser is signed in as; looked at where an identity is linked from the account page. */
  readonly signedIn: KnownAccount | undefined
  readonly patch: AccountPatch
  /** Whose identity it is already. */
  readonly linked: { readonly identity: Identity; readonly account: Account } | undefined
  /** Who signs in by this e-mail address, and by this user name: as the person entered them, else as the upstream said. */
  readonly emailOwner: KnownAccount | undefined
  readonly usernameOwner: KnownAccount | undefined
  readonly entered: EnteredProfile | undefined
  /** The account of which the person said that it is not theirs. */
  readonly declined: AccountId | undefined
  /** OIDC Core §3.1.2.1 `prompt=none`. */
  readonly silent: boolean
  readonly sendsMail: boolean
}

/** Which page says why nothing comes of it. */
export type RefusedArrival =
  | 'unknown-person'
  | 'link-only'
  | 'unprovable'
  | 'other-identity'
  | 'linked-elsewhere'
  | 'disabled'
  | 'no-password'
  | 'not-signed-in'
  | 'mapping'

export type ArrivalDecision = { readonly rule: string; readonly facts: Facts } & (
  | { readonly kind: 'sign-in' | 'prove-password'; readonly account: Account; readonly identity: Identity }
  /** `releases`: an account that only claimed the address of whoever has now proven it. */
  | { readonly kind: 'create'; readonly patch: AccountPatch; readonly releases?: Account }
  | { readonly kind: 'ask-profile'; readonly problems: readonly ProfileProblem[] }
  | OfferedLink
  | { readonly kind: 'link'; readonly account: Account }
  | { readonly kind: 'linked-already'; readonly account: Account }
  | { readonly kind: 'refuse'; readonly refusal: Refusal; readonly page: RefusedArrival }
)

export interface OfferedLink {
  readonly kind: 'offer-link'
  readonly account: Account
  readonly proofs: readonly LinkProof[]
  /** What both have in common. */
  readonly by: 'email' | 'username'
  /** Another user name or address makes another account. */
  readonly mayUseAnother: boolean
  /** The person has proven the address, the account has not: they may have it. */
  readonly mayDecline: boolean
}

export function refuseArrival(page: RefusedArrival, error: string, description: string, rule: string, facts: Facts) {
  return { kind: 'refuse', page, refusal: refuse(error, description, rule, facts), rule, facts } as const
}

export function refuseWithoutPassword(about: Facts): ArrivalDecision {
  return refuseArrival(
    'no-password',
    'access_denied',
    'a password is asked for, and the account has none',
    'post_login password: the account has a password',
    about,
  )
}

export function refuseSecondIdentity(about: Facts): ArrivalDecision {
  return refuseArrival(
    'other-identity',
    'access_denied',
    'the account is linked to another identity of this upstream',
    'an account has one identity of an upstream',
    about,
  )
}
