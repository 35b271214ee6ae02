/** An identity: an upstream's view of a person, linked to an account. */

import type { Id } from '../../lib/id.ts'
import type { AccountId, Role } from '../accounts/account.ts'
import type { Write } from '../unit-of-work.ts'
import type { UpstreamUid } from './upstream.ts'

export type IdentityId = Id<'identity'>

export interface Identity {
  readonly id: IdentityId
  readonly upstreamUid: UpstreamUid
  /** Who the person is to the upstream (`ssoid`): unique there, case-sensitive, never reused. */
  readonly subject: string
  /** An account has at most one identity of each upstream. */
  readonly accountId: AccountId
  /** What the upstream calls the person, for people. */
  readonly label?: string
  readonly linkedAt: Date
  /** The role of who linked it for the person, where that was no administrator: it goes when the account gains a role. */
  readonly linkedByRole?: Role
  readonly lastSignInAt?: Date
  /** Its tokens (`StoredTokens` as JSON), sealed under `identityContext(id)`; only where the upstream stores them. */
  readonly sealedTokens?: Uint8Array
}

export interface StoredTokens {
  readonly accessToken: string
  readonly refreshToken?: string
  readonly idToken?: string
  readonly tokenType?: string
  readonly scope?: string
  /** ISO 8601; absent when the upstream did not say. */
  readonly expiresAt?: string
  /** ISO 8601: until then one node is refreshing them, and nobody else does; a refresh token that rotates counts once. */
  readonly refreshingUntil?: string
}

export function identityContext(id: IdentityId): string {
  return `identity:${id}:tokens`
}

/** A part of all identities, in the order of their links. */
export interface IdentitySearch {
  readonly accountId?: AccountId
  readonly upstreamUid?: UpstreamUid
  readonly subject?: string
  /** The newest first. */
  readonly descending?: boolean
  /** Those behind this one. */
  readonly after?: IdentityId
  readonly limit: number
}

/** Whose it is, in words. */
export type ListedIdentity = Identity & { readonly username: string }

export interface IdentityRepository {
  find(upstreamUid: UpstreamUid, subject: string): Promise<Identity | undefined>
  findById(id: IdentityId): Promise<Identity | undefined>
  /** In the order of their links. */
  listOfAccount(accountId: AccountId): Promise<readonly Identity[]>
  listOfUpstream(upstreamUid: UpstreamUid, limit: number): Promise<readonly Identity[]>
  search(search: IdentitySearch): Promise<readonly ListedIdentity[]>
  /** Lost (`identities.link`) when this subject is linked already, the account has an identity of this upstream, or one of both is gone. */
  link(identity: Identity): Write
  /** Lost (`identities.unlink`) when it is gone already. */
  unlink(id: IdentityId): Write
  /**
   * After a sign-in: when, as what the upstream calls the person now, and its tokens where they are kept. Lost (`identities.touch`) when it
   * is gone: nobody signs in by an identity that was unlinked in this moment.
   */
  touch(identity: Pick<Identity, 'id' | 'label' | 'lastSignInAt' | 'sealedTokens'>): Write
  /** After a refresh. Lost (`identities.replaceTokens`) when they are no longer `seen`. */
  replaceTokens(id: IdentityId, sealed: Uint8Array | undefined, seen: Uint8Array): Write
}
