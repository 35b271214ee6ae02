/** One row of an upstream's settings: its name in files and options, our member, and what stands in the reference. */

import type { UpstreamProperties } from '../upstream.ts'
import type { SecretMember } from '../upstream-secrets.ts'

export type SettingMember = keyof UpstreamProperties | SecretMember | 'alias'

/**
 * `seconds`: a whole number; the command line takes `90d`, too. `words`: a list, or one text with blanks or commas between the values.
 * `map`: names and texts. `pem`: a text of several lines. `mappings`: a list of objects (`mapping/mapping.ts`). `secret`: a text that is
 * kept sealed, or a reference.
 */
export type SettingKind =
  | 'text'
  | 'uri'
  | 'pem'
  | 'secret'
  | 'choice'
  | 'number'
  | 'seconds'
  | 'boolean'
  | 'list'
  | 'words'
  | 'map'
  | 'mappings'

export const SECTIONS = [
  'General',
  'Where it is',
  'Who we are to it',
  'The authorization request',
  'The token request, and what it brings',
  'User info',
  'What becomes of it',
  'Its tokens',
  'Sign-out, from us to it',
  'Sign-out, from it to us',
] as const

export interface SettingRow {
  /** As it stands in files, in `--set` and in `upstream show`. */
  readonly name: string
  readonly member: SettingMember
  readonly kind: SettingKind
  /** Of a `choice`. */
  readonly choices?: readonly string[]
  /** What counts when nothing is said, where `standard-properties.ts` has nothing to say. */
  readonly standard?: string
  readonly about: string
  /** Keycloak's JSON key and label: `config.loginHint` Pass login_hint. */
  readonly keycloak?: string
  /** The label in Aurora's settings. */
  readonly aurora?: string
  readonly section: (typeof SECTIONS)[number]
}

/** A row of a file that is about one section. */
export type RowOfSection = Omit<SettingRow, 'section'>

export function inSection(section: SettingRow['section'], rows: readonly RowOfSection[]): readonly SettingRow[] {
  return rows.map(row => ({ ...row, section }))
}
