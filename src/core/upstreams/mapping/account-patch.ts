/** What the mappings of an upstream make of a person: the values an account should have, each with when it counts. */

import type { SyncMode } from './mapping.ts'

/** One attribute as `parseAttributes` takes it (OIDC Core §5.1 names, `address.locality`, those of the house); an empty text takes it away. */
export interface PatchedAttribute {
  readonly name: string
  readonly value: unknown
  readonly sync: SyncMode
  /** An attribute of this house: held to its definition already. */
  readonly isDefined?: true
}

export interface PatchedText {
  readonly value: string
  readonly sync: SyncMode
}

export interface PatchedGroup {
  readonly group: string
  readonly sync: SyncMode
}

export interface AccountPatch {
  /** `ssoid`. */
  readonly subject: string
  readonly username?: PatchedText
  readonly email?: PatchedText
  /** The upstream is trusted with addresses, and says nothing against this one. */
  readonly isEmailVerified: boolean
  /** The upstream is trusted with addresses, and says that this one is not verified. */
  readonly isEmailDenied?: boolean
  readonly attributes: readonly PatchedAttribute[]
  /** Only groups that exist. */
  readonly addGroups: readonly PatchedGroup[]
  readonly removeGroups: readonly PatchedGroup[]
  readonly administrator?: { readonly value: boolean; readonly sync: SyncMode }
  /** What the upstream calls the person, for people. */
  readonly label?: string
  /** RFC 8176, as the upstream said them. */
  readonly amr: readonly string[]
  /** OIDC Core §2 `auth_time`, seconds. */
  readonly authTime?: number
}

/** One line per mapping: what it looked at, and what came of it. Redacted where it is stored: names and results, no values of secrets. */
export interface MappingLine {
  readonly mapping: string
  readonly outcome: 'applied' | 'no-match' | 'no-value' | 'refused'
  /** A sentence: `claim "groups" of the ID token has no value "staff"`. */
  readonly why: string
  /** The value that came of it, shortened. */
  readonly result?: string
}
