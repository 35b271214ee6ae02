/** What was written about an account → the account as it should be, or all mistakes. The same for a new one and for one that is there. */

import { newId } from '../../../../lib/id.ts'
import type { Random } from '../../../../lib/random.ts'
import type { Account } from '../../../accounts/account.ts'
import { checkEmail, checkGroup, checkUsername, isRole, newSubject } from '../../../accounts/account-settings.ts'
import { type GivenAttribute, parseAttributes } from '../../../accounts/attributes.ts'
import { disableAccount, enableAccount } from '../../../accounts/change-account.ts'
import type { AttributeDefinition } from '../../../attributes/attribute-definition.ts'
import type { Decided, SettingsMistake } from '../../../settings-mistake.ts'
import { documentMistakes } from '../../document-mistakes.ts'
import type { Document } from '../../ports.ts'
import { canonical } from '../../versions.ts'
import { ACCOUNT_FIELDS } from './account-fields.ts'

export interface ParsePorts {
  readonly definitions: readonly AttributeDefinition[]
  readonly random: Random
  readonly now: Date
}

/** Without its password, which costs work. `before`: the account that is changed. */
export function parseAccount(
  document: Document,
  before: Account | undefined,
  ports: ParsePorts,
): Decided<{ readonly account: Account }> {
  const misshapen = documentMistakes(document, ACCOUNT_FIELDS, before === undefined ? 'making' : 'changing')
  if (misshapen.length > 0) return { mistakes: misshapen }
  const said = saidIn(document, before)
  const { attributes, emailVerified, mistakes } = parsedAttributes(said, before, ports.definitions)
  const all = [
    ...checkUsername(said.username),
    ...checkEmail(said.email),
    ...said.groups.flatMap(checkGroup),
    ...checkSubject(before === undefined ? said.sub : undefined),
    ...mistakes,
  ]
  if (all.length > 0) return { mistakes: all }
  const { username, email, role, groups } = said
  const account: Account = {
    ...lasting(before, said.sub, ports),
    username,
    ...(email === undefined ? {} : { email }),
    emailVerified: email !== undefined && (said.emailVerified ?? emailVerified ?? true),
    ...(isRole(role) ? { role } : {}),
    groups: [...new Set(groups)].sort(),
    attributes,
  }
  const saysNothing = before === undefined && email === undefined && (said.emailVerified ?? emailVerified) !== undefined
  return {
    account: said.disabled ? disableAccount(account, ports.now) : enableAccount(account, ports.now),
    warnings: saysNothing ? ['email_verified says nothing without an e-mail address.'] : [],
  }
}

interface Said {
  readonly username: string
  readonly sub?: string
  readonly email?: string
  readonly emailVerified?: boolean
  readonly name?: string
  readonly role?: string
  readonly groups: readonly string[]
  readonly attributes: Readonly<Record<string, unknown>>
  readonly disabled: boolean
}

/** Shapes have been looked at. An empty text says nothing. */
function saidIn(document: Document, before: Account | undefined): Said {
  const text = (name: string): string | undefined => {
    const value = document[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const [username, sub, email, name, role] = ['username', 'sub', 'email', 'name', 'role'].map(text)
  return {
    username: username ?? before?.username ?? '',
    ...(sub === undefined ? {} : { sub }),
    ...(email === undefined ? {} : { email }),
    ...(typeof document.email_verified === 'boolean' ? { emailVerified: document.email_verified } : {}),
    ...(name === undefined ? {} : { name }),
    ...(role === undefined ? {} : { role }),
    groups: Array.isArray(document.groups) ? (document.groups as readonly string[]) : [],
    attributes: (document.attributes ?? {}) as Readonly<Record<string, unknown>>,
    disabled: document.disabled === true,
  }
}

/** What no document changes: who it is, since when, and the password. */
function lasting(before: Account | undefined, sub: string | undefined, { random, now }: ParsePorts) {
  if (before === undefined) {
    const made = { createdAt: now, updatedAt: now, validFrom: now }
    return { id: newId<'account'>(now, random), subject: sub ?? newSubject(random), ...made }
  }
  const { email: _email, role: _role, ...kept } = before
  return kept
}

function parsedAttributes(said: Said, before: Account | undefined, definitions: readonly AttributeDefinition[]) {
  const stored = (before?.attributes ?? {}) as Readonly<Record<string, unknown>>
  const { name: nameWithin, ...others } = said.attributes
  const entries = Object.entries(others)
  // Values of an attribute that is no longer defined are kept by whoever sends them back as they were.
  const isLeft = ([name, value]: GivenAttribute): boolean =>
    Object.hasOwn(stored, name) &&
    canonical(stored[name]) === canonical(value) &&
    !definitions.some(definition => definition.name === name) &&
    parseAttributes([[name, '']]).mistakes.length > 0
  const left = entries.filter(isLeft)
  const given = entries.filter(entry => !isLeft(entry)).map(([name, value]) => [name, value ?? ''] as const)
  const name = nameOf(said.name, nameWithin, stored.name)
  const named: readonly GivenAttribute[] = name.value === undefined ? [] : [['name', name.value]]
  const { attributes, emailVerified, mistakes } = parseAttributes([...named, ...given], {}, definitions)
  return {
    attributes: { ...Object.fromEntries(left), ...attributes },
    ...(emailVerified === undefined ? {} : { emailVerified }),
    mistakes: [
      ...name.mistakes,
      ...mistakes.map(mistake => (mistake.member === 'name' ? mistake : within(mistake, 'attributes.'))),
    ],
  }
}

function within(mistake: SettingsMistake, place: string): SettingsMistake {
  return { ...mistake, member: `${place}${mistake.member}` }
}

/** The name may also stand among the attributes; where both stand and differ, the one counts that is not as it was. */
function nameOf(
  name: string | undefined,
  nameWithin: unknown,
  stored: unknown,
): { readonly value?: unknown; readonly mistakes: readonly SettingsMistake[] } {
  if (nameWithin === undefined || nameWithin === null || nameWithin === name) return { value: name, mistakes: [] }
  if (name === undefined || name === stored) return { value: nameWithin, mistakes: [] }
  const message = 'is said twice, and differently: leave out name or attributes.name'
  return { mistakes: [{ member: 'name', rule: 'one name', message }] }
}

// OIDC Core §2 sub: at most 255 ASCII characters.
function checkSubject(sub: string | undefined): readonly SettingsMistake[] {
  return sub === undefined || /^[\x21-\x7e]{1,255}$/.test(sub)
    ? []
    : [{ member: 'sub', rule: 'OIDC Core §2 sub', message: 'must have 1 to 255 ASCII characters without blanks' }]
}
