/** Every setting of an upstream: what it is called, what it means, what counts without it, and what others call it. */

import type { UpstreamKind } from '../upstream.ts'
import { ACCOUNT_ROWS, STORED_TOKEN_ROWS } from './rows/account-rows.ts'
import { TOKEN_ROWS, USERINFO_ROWS } from './rows/answer-rows.ts'
import { GENERAL_ROWS, PLACE_ROWS } from './rows/general-rows.ts'
import { INBOUND_LOGOUT_ROWS, LOGOUT_ROWS } from './rows/logout-rows.ts'
import { CREDENTIAL_ROWS, REQUEST_ROWS } from './rows/request-rows.ts'
import type { SettingMember, SettingRow } from './settings-row.ts'
import { standardProperties } from './standard-properties.ts'

/** In the order of the reference and of `upstream show`. */
export const SETTINGS: readonly SettingRow[] = [
  ...GENERAL_ROWS,
  ...PLACE_ROWS,
  ...CREDENTIAL_ROWS,
  ...REQUEST_ROWS,
  ...TOKEN_ROWS,
  ...USERINFO_ROWS,
  ...ACCOUNT_ROWS,
  ...STORED_TOKEN_ROWS,
  ...LOGOUT_ROWS,
  ...INBOUND_LOGOUT_ROWS,
]

const BY_NAME: ReadonlyMap<string, SettingRow> = new Map(SETTINGS.map(row => [row.name, row]))
const BY_MEMBER: ReadonlyMap<SettingMember, SettingRow> = new Map(SETTINGS.map(row => [row.member, row]))

export const SETTING_NAMES: readonly string[] = [...BY_NAME.keys()]

export function settingRow(name: string): SettingRow | undefined {
  return BY_NAME.get(name)
}

/** What a member is called in files. */
export function settingName(member: SettingMember): string {
  return BY_MEMBER.get(member)?.name ?? member
}

/** What counts when a setting is left out, for people. */
export function standardText(row: SettingRow): string {
  if (row.standard !== undefined) return row.standard
  const [oidc, oauth2] = [standardOf(row, 'oidc'), standardOf(row, 'oauth2')]
  return row.member === 'kind' || oidc === oauth2 ? oidc : `${oidc}; for \`oauth2\` ${oauth2}`
}

function standardOf({ member }: SettingRow, kind: UpstreamKind): string {
  const standards: Readonly<Record<string, unknown>> = { ...standardProperties(kind) }
  const value = standards[member]
  const text = Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? '' : `${value}`
  return text === '' ? 'none' : `\`${text}\``
}
