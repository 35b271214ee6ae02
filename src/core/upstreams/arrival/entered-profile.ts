/** What a person typed about themselves at their first sign-in, over what the upstream said. Pure. */

import { loginKey } from '../../accounts/account.ts'
import { checkEmail, checkUsername } from '../../accounts/account-settings.ts'
import { brokenClaimRule } from '../../accounts/claim-rules.ts'
import type { EnteredProfile } from '../../flow/flow.ts'
import type { AccountPatch } from '../mapping/account-patch.ts'

export type ProfileField = 'username' | 'email' | 'name'

export interface ProfileProblem {
  readonly field: ProfileField
  /** `linked`: it is that of an account which has another identity of this upstream. */
  readonly kind: 'missing' | 'invalid' | 'taken' | 'linked'
}

/** The whole form counts, also what was left empty. An address that the person typed themselves is proven by nothing. */
export function withEntered(patch: AccountPatch, entered: EnteredProfile | undefined): AccountPatch {
  if (entered === undefined) return patch
  const { username: _username, email, attributes, ...others } = patch
  const isOwnEmail =
    email !== undefined && entered.email !== undefined && loginKey(email.value) === loginKey(entered.email)
  return {
    ...others,
    ...(entered.username === undefined ? {} : { username: { value: entered.username, sync: 'import' } }),
    ...(entered.email === undefined ? {} : { email: isOwnEmail ? email : { value: entered.email, sync: 'import' } }),
    isEmailVerified: isOwnEmail && patch.isEmailVerified,
    attributes: [
      ...attributes.filter(({ name }) => name !== 'name'),
      ...(entered.name === undefined ? [] : [{ name: 'name', value: entered.name, sync: 'import' as const }]),
    ],
  }
}

/** Whether an account can be made of it, whoever else there is. Without an e-mail address it can, without a user name it cannot. */
export function checkProfile(patch: AccountPatch, entered: EnteredProfile | undefined): readonly ProfileProblem[] {
  const { username, email } = withEntered(patch, entered)
  const problems: ProfileProblem[] = []
  if (username === undefined) problems.push({ field: 'username', kind: 'missing' })
  else if (checkUsername(username.value).length > 0 || isForeignAddress(username.value, email?.value, patch))
    problems.push({ field: 'username', kind: 'invalid' })
  if (email !== undefined && checkEmail(email.value).length > 0) problems.push({ field: 'email', kind: 'invalid' })
  if (entered?.name !== undefined && brokenClaimRule('text', entered.name) !== undefined)
    problems.push({ field: 'name', kind: 'invalid' })
  return problems
}

/** A user name signs in before an e-mail address does: nobody makes up one that is the address of somebody who is not here yet. */
function isForeignAddress(username: string, email: string | undefined, said: AccountPatch): boolean {
  // However it is spelled: it signs in by its key.
  if (checkEmail(loginKey(username)).length > 0 || username === said.username?.value) return false
  return email === undefined || loginKey(email) !== loginKey(username)
}
