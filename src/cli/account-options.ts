/** The options of `account create`: one row per member of an account. */

import type { Command } from 'commander'
import { ROLES, type Role } from '../core/accounts/account.ts'
import { checkEmail, checkGroup, checkRole, checkUsername } from '../core/accounts/account-settings.ts'
import { splitAttribute } from '../core/accounts/attributes.ts'
import type { SettingsMistake } from '../core/settings-mistake.ts'
import { type OptionRow, type ReadOptions, readOptions } from './option-table.ts'
import type { Terminal } from './terminal.ts'

type Member = 'email' | 'name' | 'role' | 'groups' | 'attributes'

export const ACCOUNT_OPTIONS: readonly OptionRow<Member>[] = [
  row('email', '--email <address>', 'EMAIL', 'text', 'the e-mail address, which also signs in'),
  row('name', '--name <name>', 'FULL_NAME', 'text', 'the full name'),
  row('groups', '--group <group>', 'GROUPS', 'list', 'a group; repeat for more'),
  row('role', '--role <role>', 'ROLE', 'text', `what they may do with this server: ${ROLES.join(', ')}`),
  row(
    'attributes',
    '--attribute <key=value>',
    'ATTRIBUTES',
    'lines',
    'a standard claim, or one of this house; repeat for more',
  ),
]

/** As the document of an account has them. */
export interface GivenSettings {
  readonly email?: string
  readonly name?: string
  readonly role?: Role
  readonly groups?: readonly string[]
  readonly attributes: Readonly<Record<string, unknown>>
}

export function readAccountOptions(command: Command, env: Terminal['env']): ReadOptions<GivenSettings> {
  const { values, misread } = readOptions(command, ACCOUNT_OPTIONS, env)
  const { attributes: texts, ...given } = values
  const { attributes, mistakes } = readAttributes(Array.isArray(texts) ? (texts as readonly string[]) : [])
  return { values: { ...(given as Omit<GivenSettings, 'attributes'>), attributes }, misread: [...misread, ...mistakes] }
}

/** `KEY=VALUE` each; the last of a name counts. */
export function readAttributes(texts: readonly string[]): {
  readonly attributes: Readonly<Record<string, unknown>>
  readonly mistakes: readonly SettingsMistake[]
} {
  const attributes = new Map<string, unknown>()
  const mistakes: SettingsMistake[] = []
  for (const text of texts) {
    const attribute = splitAttribute(text)
    if (attribute !== undefined) attributes.set(...attribute)
    else
      mistakes.push({
        member: '--attribute',
        rule: 'KEY=VALUE',
        message: `${text}: write KEY=VALUE, such as locale=de`,
      })
  }
  return { attributes: Object.fromEntries(attributes), mistakes }
}

/** What can be said without asking the server: before somebody types a password. */
export function checkGiven({ username, email, role, groups = [] }: GivenSettings & { readonly username: string }) {
  return [...checkUsername(username), ...checkEmail(email), ...checkRole(role), ...groups.flatMap(checkGroup)]
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
