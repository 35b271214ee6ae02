/** A patch on an account: the new one at the first sign-in, and what changes at each one after it. Pure. */

import { isDeepStrictEqual } from 'node:util'
import type { Random } from '../../../lib/random.ts'
import { type Account, loginKey } from '../../accounts/account.ts'
import { createAccount } from '../../accounts/account-settings.ts'
import { type GivenAttribute, parseAttributes } from '../../accounts/attributes.ts'
import type { EnteredProfile } from '../../flow/flow.ts'
import type { Decided } from '../../settings-mistake.ts'
import type { AccountPatch, PatchedAttribute, PatchedGroup } from './account-patch.ts'

/** Without a password. What the person typed wins over what the upstream said; an address of their own is not verified by it. */
export function accountFromPatch(
  patch: AccountPatch,
  entered: EnteredProfile | undefined,
  { random, now }: { readonly random: Random; readonly now: Date },
): Decided<{ readonly account: Account }> {
  const email = entered?.email || patch.email?.value
  const isSameEmail =
    email !== undefined && patch.email !== undefined && loginKey(email) === loginKey(patch.email.value)
  const named: readonly GivenAttribute[] = entered?.name ? [['name', entered.name]] : []
  const removed = new Set(patch.removeGroups.map(({ group }) => group))
  const made = createAccount(
    {
      username: entered?.username || (patch.username?.value ?? ''),
      ...(email === undefined ? {} : { email }),
      emailVerified: isSameEmail && patch.isEmailVerified,
      ...(patch.administrator?.value === true ? { role: 'administrator' } : {}),
      groups: patch.addGroups.map(({ group }) => group).filter(group => !removed.has(group)),
      attributes: [...givenAttributes(patch.attributes), ...named],
    },
    { random, now },
  )
  if ('mistakes' in made) return made
  const { account } = made
  return { ...made, account: { ...account, attributes: withDefined(account.attributes, patch.attributes) } }
}

export interface Patched {
  /** The account itself when nothing changes. */
  readonly account: Account
  /** A sentence for each change. */
  readonly changes: readonly string[]
}

/** Of a sign-in after the first one only what has `sync: force` counts. Doing it twice changes nothing. */
export function patchedAccount(account: Account, patch: AccountPatch, now: Date): Patched {
  const changes: string[] = []
  let after = account
  for (const step of [withUsername, withEmail, withAttributes, withGroups, withRole]) {
    after = step(after, patch, changes)
  }
  return changes.length === 0 ? { account, changes } : { account: { ...after, updatedAt: now }, changes }
}

type Step = (account: Account, patch: AccountPatch, changes: string[]) => Account

const withUsername: Step = (account, { username }, changes) => {
  if (username?.sync !== 'force' || username.value === account.username) return account
  changes.push(`the user name ${account.username} becomes ${username.value}`)
  return { ...account, username: username.value }
}

const withEmail: Step = (account, patch, changes) => {
  if (patch.email?.sync !== 'force') return account
  const { value } = patch.email
  if (account.email !== undefined && loginKey(account.email) === loginKey(value)) {
    return withVerification(account, patch, changes)
  }
  // An address that is proven stays until another one is: otherwise a careless upstream would take it from somebody.
  if (account.email !== undefined && account.emailVerified && !patch.isEmailVerified) return account
  const state = patch.isEmailVerified ? 'verified' : 'not verified'
  const from = account.email === undefined ? 'is added' : `takes the place of ${account.email}`
  changes.push(`the e-mail address ${value} (${state}) ${from}`)
  return { ...account, email: value, emailVerified: patch.isEmailVerified }
}

/** Keycloak: the flag follows an upstream that is trusted with addresses; the word of another one says nothing. */
const withVerification: Step = (account, { isEmailVerified, isEmailDenied }, changes) => {
  const verified = isEmailVerified ? true : isEmailDenied === true ? false : account.emailVerified
  if (verified === account.emailVerified) return account
  changes.push(`the e-mail address ${account.email} counts as ${verified ? 'verified' : 'not verified'}`)
  return { ...account, emailVerified: verified }
}

const withAttributes: Step = (account, patch, changes) => {
  const forced = patch.attributes.filter(({ sync }) => sync === 'force')
  const { attributes } = parseAttributes(givenAttributes(forced), account.attributes)
  const before = account.attributes as Readonly<Record<string, unknown>>
  const after: Record<string, unknown> = withDefined(attributes, forced)
  // That a number was verified was said of another number.
  const isVerificationSaid = forced.some(({ name }) => name === 'phone_number_verified')
  if (!isVerificationSaid && after.phone_number !== before.phone_number) delete after.phone_number_verified
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const changed = names.filter(name => !isSame(before[name], after[name]))
  changes.push(...changed.map(name => attributeChange(name, before[name], after[name])))
  return changed.length === 0 ? account : { ...account, attributes: after }
}

function givenAttributes(attributes: readonly PatchedAttribute[]): readonly GivenAttribute[] {
  return attributes.filter(({ isDefined }) => isDefined !== true).map(({ name, value }) => [name, value])
}

/** Those of this house, which the mapping has held to their definitions. */
function withDefined(before: Account['attributes'], patched: readonly PatchedAttribute[]): Record<string, unknown> {
  const after: Record<string, unknown> = { ...before }
  for (const { name, value, isDefined } of patched) {
    if (isDefined !== true) continue
    if (value === '') delete after[name]
    else after[name] = value
  }
  return after
}

function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other)
}

function attributeChange(name: string, before: unknown, after: unknown): string {
  if (after === undefined) return `${name} is taken away`
  return before === undefined
    ? `${name} is set to ${JSON.stringify(after)}`
    : `${name} becomes ${JSON.stringify(after)} (before: ${JSON.stringify(before)})`
}

/** Groups that no mapping speaks about stay as somebody gave them. */
const withGroups: Step = (account, patch, changes) => {
  const removed = forcedGroups(patch.removeGroups)
  const added = forcedGroups(patch.addGroups).filter(group => !removed.includes(group))
  const gone = account.groups.filter(group => removed.includes(group))
  const come = added.filter(group => !account.groups.includes(group))
  changes.push(...come.map(group => `joins the group ${group}`), ...gone.map(group => `leaves the group ${group}`))
  if (gone.length + come.length === 0) return account
  return { ...account, groups: [...account.groups.filter(group => !gone.includes(group)), ...come].sort() }
}

function forcedGroups(groups: readonly PatchedGroup[]): readonly string[] {
  return [...new Set(groups.filter(({ sync }) => sync === 'force').map(({ group }) => group))]
}

const withRole: Step = (account, { administrator }, changes) => {
  if (administrator?.sync !== 'force') return account
  const { role, ...others } = account
  if ((role === 'administrator') === administrator.value) return account
  changes.push(administrator.value ? 'may manage this server' : 'may no longer manage this server')
  return administrator.value ? { ...account, role: 'administrator' } : others
}
