/** A patch in the making: what the mappings have said so far, target by target. */

import type { PatchedAttribute, PatchedText } from './account-patch.ts'
import type { ClaimPath } from './claim-path.ts'
import type { ClaimSource, Mapping, SyncMode } from './mapping.ts'

/** Something that a mapping has for its target. */
export interface Offer {
  readonly value: unknown
  readonly sync: SyncMode
  /** The document it stands in, and where; absent for what the settings say themselves. */
  readonly source?: ClaimSource
  readonly path?: ClaimPath
}

export interface DraftedEmail extends PatchedText {
  readonly source?: ClaimSource
  readonly path?: ClaimPath
}

export interface PatchDraft {
  subject?: string
  /** The first that speaks about it: no other one does. */
  subjectMapping?: Mapping
  username?: PatchedText
  email?: DraftedEmail
  /** What a mapping to `email_verified` said. */
  emailVerified?: boolean
  administrator?: { readonly value: boolean; readonly sync: SyncMode }
  readonly attributes: Map<string, PatchedAttribute>
  readonly granted: Map<string, SyncMode>
  /** By `roles.remove`: these go, whoever gives them. */
  readonly removed: Map<string, SyncMode>
  /** Their rule does not hold; they go unless another mapping gives them. */
  readonly unmatched: Map<string, SyncMode>
}

export function emptyDraft(): PatchDraft {
  return { attributes: new Map(), granted: new Map(), removed: new Map(), unmatched: new Map() }
}

/** At every sign-in counts more than at the first one. */
export function addGroup(groups: Map<string, SyncMode>, group: string, sync: SyncMode): void {
  if (groups.get(group) !== 'force') groups.set(group, sync)
}
