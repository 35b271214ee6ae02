/** What is said about a new account, and the rules for it. */

import { newId } from '../../lib/id.ts'
import { didYouMean } from '../../lib/nearest-name.ts'
import type { Random } from '../../lib/random.ts'
import type { AttributeDefinition } from '../attributes/attribute-definition.ts'
import { isEmailAddress } from '../email-address.ts'
import type { Decided, SettingsMistake } from '../settings-mistake.ts'
import { type Account, ROLES, type Role } from './account.ts'
import { type GivenAttribute, parseAttributes } from './attributes.ts'

export interface AccountSettings {
  readonly username: string
  readonly email?: string
  /** Default true: an administrator vouches for the address. */
  readonly emailVerified?: boolean
  /** The full name; the same as the attribute `name`. */
  readonly name?: string
  readonly role?: string
  readonly groups?: readonly string[]
  readonly attributes?: readonly GivenAttribute[]
}

export interface AccountPorts {
  readonly random: Random
  readonly now: Date
  /** Attributes of this house; none when absent. */
  readonly definitions?: readonly AttributeDefinition[]
}

/** An account without a password; `withPassword` gives it one. */
export function createAccount(
  settings: AccountSettings,
  { random, now, definitions }: AccountPorts,
): Decided<{ readonly account: Account }> {
  const { username, email, role, groups = [] } = settings
  const named: readonly GivenAttribute[] = settings.name === undefined ? [] : [['name', settings.name]]
  const { attributes, emailVerified, mistakes } = parseAttributes(
    [...named, ...(settings.attributes ?? [])],
    {},
    definitions,
  )
  const all = [
    ...checkUsername(username),
    ...checkEmail(email),
    ...checkRole(role),
    ...groups.flatMap(checkGroup),
    ...mistakes,
  ]
  if (all.length > 0) return { mistakes: all }
  return {
    account: {
      id: newId(now, random),
      subject: newSubject(random),
      username,
      ...(email === undefined ? {} : { email }),
      emailVerified: email !== undefined && (settings.emailVerified ?? emailVerified ?? true),
      ...(isRole(role) ? { role } : {}),
      groups: [...new Set(groups)].sort(),
      attributes,
      createdAt: now,
      updatedAt: now,
      validFrom: now,
    },
    warnings:
      email === undefined && emailVerified !== undefined
        ? ['email_verified says nothing without an e-mail address.']
        : [],
  }
}

/** RFC 9562 §5.4: a random UUID. Tells nothing of the person, and survives every change of name and address (OIDC Core §5.7). */
export function newSubject(random: Random): string {
  const bytes = Buffer.from(random.bytes(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export function checkUsername(username: string): readonly SettingsMistake[] {
  const mistake = (message: string) => [{ member: 'username', rule: 'user name', message }]
  if (username.trim() === '') return mistake('is empty')
  if (username !== username.trim()) return mistake('must not begin or end with a blank')
  if (/\p{Cc}/u.test(username)) return mistake('must not contain control characters')
  return [...username].length > 255 ? mistake('must have at most 255 characters') : []
}

export function checkEmail(email: string | undefined): readonly SettingsMistake[] {
  return email === undefined || isEmailAddress(email)
    ? []
    : [{ member: 'email', rule: 'e-mail address', message: `"${email}" is not an e-mail address` }]
}

export function checkRole(role: string | undefined): readonly SettingsMistake[] {
  return role === undefined || isRole(role)
    ? []
    : [
        {
          member: 'role',
          rule: 'role',
          message: `"${role}" is no role${didYouMean(role, ROLES)}; known: ${ROLES.join(', ')}`,
        },
      ]
}

export function isRole(role: string | undefined): role is Role {
  return (ROLES as readonly (string | undefined)[]).includes(role)
}

export function checkGroup(group: string): readonly SettingsMistake[] {
  const isGood = group !== '' && group === group.trim() && group.length <= 255 && !/\p{Cc}/u.test(group)
  return isGood
    ? []
    : [
        {
          member: 'groups',
          rule: 'group name',
          message: `${JSON.stringify(group)} must be 1 to 255 characters without outer blanks`,
        },
      ]
}
