/** The options of `account create`: one row per member of an account. */

import type { Command } from 'commander'
import type { AccountSettings } from '../core/accounts/account-settings.ts'
import { type GivenAttribute, splitAttribute } from '../core/accounts/attributes.ts'
import type { SettingsMistake } from '../core/settings-mistake.ts'
import { type OptionRow, type ReadOptions, readOptions } from './option-table.ts'
import type { Terminal } from './terminal.ts'

type Member = 'email' | 'name' | 'role' | 'groups' | 'attributes'

export const ACCOUNT_OPTIONS: readonly OptionRow<Member>[] = [
  row('email', '--email <address>', 'EMAIL', 'text', 'the e-mail address, which also signs in'),
  row('name', '--name <name>', 'FULL_NAME', 'text', 'the full name'),
  row('groups', '--group <group>', 'GROUPS', 'list', 'a group; repeat for more'),
  row('role', '--role <role>', 'ROLE', 'text', 'administrator: may manage this server'),
  row('attributes', '--attribute <key=value>', 'ATTRIBUTES', 'lines', 'a standard claim; repeat for more'),
]

type GivenSettings = Omit<AccountSettings, 'username' | 'emailVerified'>

export function readAccountOptions(command: Command, env: Terminal['env']): ReadOptions<GivenSettings> {
  const { values, misread } = readOptions(command, ACCOUNT_OPTIONS, env)
  const { attributes: texts, ...given } = values
  const attributes: GivenAttribute[] = []
  const unsplit: SettingsMistake[] = []
  for (const text of Array.isArray(texts) ? (texts as readonly string[]) : []) {
    const attribute = splitAttribute(text)
    if (attribute !== undefined) attributes.push(attribute)
    else
      unsplit.push({ member: '--attribute', rule: 'KEY=VALUE', message: `${text}: write KEY=VALUE, such as locale=de` })
  }
  return { values: { ...(given as GivenSettings), attributes }, misread: [...misread, ...unsplit] }
}

function row(
  member: Member,
  flags: string,
  variable: string,
  kind: OptionRow<Member>['kind'],
  help: string,
): OptionRow<Member> {
  return { member, flags, variable: `SALLYPORT_ACCOUNT_${variable}`, kind, help }
}
