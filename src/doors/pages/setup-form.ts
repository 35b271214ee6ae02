/** What the set-up form says, and the account it makes. Pure. */

import type { Account } from '../../core/accounts/account.ts'
import { createAccount } from '../../core/accounts/account-settings.ts'
import { checkNewPassword, MAX_PASSWORD_LENGTH } from '../../core/accounts/password-rules.ts'
import { isEmailAddress } from '../../core/email-address.ts'
import type { Random } from '../../lib/random.ts'
import type { Params } from '../../spec/params.ts'
import type { SetupProblem } from './views/setup.ts'

export interface SetupForm {
  readonly username: string
  readonly name: string
  readonly email: string
  readonly password: string
  readonly passwordAgain: string
}

export function parseSetupForm(params: Params): SetupForm {
  return {
    username: params.get('username')?.trim() ?? '',
    name: params.get('name')?.trim() ?? '',
    email: params.get('email')?.trim() ?? '',
    password: params.get('password') ?? '',
    passwordAgain: params.get('password_again') ?? '',
  }
}

type SetupDecision = { readonly account: Account } | { readonly problems: readonly SetupProblem[] }

export function decideSetup(form: SetupForm, minPasswordLength: number, now: Date, random: Random): SetupDecision {
  const { username, name, email, password, passwordAgain } = form
  const problems: SetupProblem[] = []
  if (username === '') problems.push({ field: 'username', kind: 'username-empty' })
  if (email !== '' && !isEmailAddress(email)) problems.push({ field: 'email', kind: 'email-invalid' })
  if (checkNewPassword(password, minPasswordLength).length > 0) {
    problems.push({
      field: 'password',
      kind: password.length > MAX_PASSWORD_LENGTH ? 'password-too-long' : 'password-too-short',
    })
  } else if (password !== passwordAgain) problems.push({ field: 'password_again', kind: 'passwords-differ' })
  if (problems.length > 0) return { problems }
  const settings = {
    username,
    role: 'administrator',
    ...(name === '' ? {} : { name }),
    ...(email === '' ? {} : { email }),
  }
  const decided = createAccount(settings, { random, now })
  // What is left to be wrong with a name that is not empty: its length, or a character that nobody can read.
  return 'mistakes' in decided
    ? { problems: [{ field: 'username', kind: 'username-empty' }] }
    : { account: decided.account }
}
