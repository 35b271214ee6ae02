/** One row of client metadata: a registered name, our member, and what stands in the reference. */

import type { SettableMember } from './client-settings.ts'

/**
 * `words`: one text, values separated by blanks (RFC 6749 §3.3). `seconds`: a whole number; the command line takes `90d`, too.
 * `json`: an object that is kept as it is.
 */
export type MetadataKind = 'text' | 'uri' | 'seconds' | 'boolean' | 'list' | 'words' | 'json'

export interface MetadataRow {
  /** The registered name, or ours where none is registered. */
  readonly name: string
  readonly member: Exclude<SettableMember, 'clientId' | 'localized'>
  readonly kind: MetadataKind
  /** Where it comes from; absent: it is a setting of ours, which an app that registers itself cannot choose. */
  readonly source?: string
  /** What counts when it is absent, for people. */
  readonly standard: string
  readonly about: string
  /** The only values, for people who choose; the rule stands in `rules/value-rules.ts`. */
  readonly choices?: readonly string[]
}
