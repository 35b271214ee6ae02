/** An account: a person's record with us. */

import type { Id } from '../../lib/id.ts'

export type AccountId = Id<'account'>

/** OIDC Core §5.1.1. All members are optional. */
export interface Address {
  readonly formatted?: string
  readonly street_address?: string
  readonly locality?: string
  readonly region?: string
  readonly postal_code?: string
  readonly country?: string
}

/**
 * The standard claims of OIDC Core §5.1 that a person's record keeps, under their registered names.
 * `sub`, `email`, `email_verified`, `preferred_username`, `updated_at` and `groups` are derived from the account itself.
 */
export interface AccountAttributes {
  readonly name?: string
  readonly given_name?: string
  readonly family_name?: string
  readonly middle_name?: string
  readonly nickname?: string
  readonly profile?: string
  readonly picture?: string
  readonly website?: string
  readonly gender?: string
  /** `YYYY-MM-DD`, `0000-MM-DD` or `YYYY` (OIDC Core §5.1). */
  readonly birthdate?: string
  /** A time zone name such as `Europe/Berlin`. */
  readonly zoneinfo?: string
  /** A BCP 47 language tag such as `de-AT`. */
  readonly locale?: string
  readonly phone_number?: string
  readonly phone_number_verified?: boolean
  readonly address?: Address
}

/** The right to manage this server, the least first: to look, to work with people and apps, to do everything. */
export const ROLES = ['viewer', 'operator', 'administrator'] as const
export type Role = (typeof ROLES)[number]

export interface Account {
  readonly id: AccountId
  /** The `sub` of every token; never changes, never reused. */
  readonly subject: string
  /** As the person writes it; unique without regard to case (`loginKey`). */
  readonly username: string
  /** The primary address; unique without regard to case. Absent when the account has none. */
  readonly email?: string
  readonly emailVerified: boolean
  /** PHC string (argon2id). Absent: the account cannot sign in by password. */
  readonly passwordHash?: string
  /** The role of who set the password, where that was no administrator: it goes when the account gains a role. */
  readonly passwordByRole?: Role
  /** The role of somebody else who once gave the account a way in (a password, an address, a link): they may have made later links. */
  readonly wayInByRole?: Role
  readonly role?: Role
  /** Sorted names. */
  readonly groups: readonly string[]
  readonly attributes: AccountAttributes
  readonly createdAt: Date
  readonly updatedAt: Date
  /** Who made it and who changed it last, for people; absent: not known. */
  readonly createdBy?: string
  readonly updatedBy?: string
  readonly disabledAt?: Date
  /** Sessions and grants from before this moment are dead: set when a password changes or an account is disabled. */
  readonly validFrom: Date
}

/** How two spellings of a user name or e-mail address are compared: NFKC, lower case, no outer blanks. */
export function loginKey(login: string): string {
  return login.normalize('NFKC').trim().toLowerCase()
}
