/** What else can be done with an account: a new password, and an end to its sessions. */

import type { Account } from '../../../accounts/account.ts'
import { withOne } from '../../crud-operations.ts'
import { documentMistakes } from '../../document-mistakes.ts'
import { type Field, shown } from '../../field.ts'
import type { Operation } from '../../operation.ts'
import { checkOwnedField } from '../../ownership.ts'
import { performChange } from '../../perform-change.ts'
import type { Acting } from '../../ports.ts'
import { invalid } from '../../problem.ts'
import type { Resource } from '../../resource.ts'
import { changeOf } from './account-change.ts'
import { ACCOUNT_FIELDS } from './account-fields.ts'
import { checkPassword, passwordHashOf, withPasswordBy } from './account-password.ts'
import { checkMayChange } from './account-rules.ts'

const PASSWORD: readonly Field[] = [
  { name: 'password', kind: 'text', access: 'secret', required: true, about: 'The new one.' },
]

export function accountActions(accounts: Resource<Account>): readonly Operation[] {
  return [setPassword(accounts), endSessions(accounts)]
}

function setPassword(accounts: Resource<Account>): Operation {
  return {
    name: 'accounts.set_password',
    method: 'POST',
    path: '/accounts/{username}/set-password',
    role: 'operator',
    summary: 'Give an account a new password',
    about: 'Every session and token from before it ends: whoever knew the old one is out.',
    body: PASSWORD,
    answer: { kind: 'document', fields: shown(ACCOUNT_FIELDS) },
    perform: ({ path, body = {} }, acting) =>
      withOne(accounts, path, acting, (account, before, key) => {
        const decide = async () => {
          const refused =
            checkMayChange(account, undefined, acting) ?? (await checkOwnedField('accounts', key, 'password', acting))
          if (refused !== undefined) return refused
          const mistakes = [...documentMistakes(body, PASSWORD, 'changing'), ...checkPassword(body, acting)]
          if (mistakes.length > 0) return invalid(mistakes)
          const hash = await passwordHashOf(body, acting)
          const next = hash === undefined ? account : withPasswordBy(account, hash, acting)
          return changeOf(account, next, acting)
        }
        return performChange({ resource: accounts, key, before, ignoresOwnership: true }, decide, acting)
      }),
  }
}

function endSessions(accounts: Resource<Account>): Operation {
  return {
    name: 'accounts.end_sessions',
    method: 'POST',
    path: '/accounts/{username}/end-sessions',
    role: 'operator',
    summary: 'End every session and token of an account',
    about: 'The person signs in again everywhere.',
    answer: { kind: 'document', fields: shown(ACCOUNT_FIELDS) },
    perform: ({ path }, acting) =>
      withOne(accounts, path, acting, (account, before, key) => {
        const decide = async () =>
          checkMayChange(account, undefined, acting) ??
          changeOf(account, { ...account, validFrom: validNow(account, acting) }, acting)
        return performChange({ resource: accounts, key, before, ignoresOwnership: true }, decide, acting)
      }),
  }
}

/** Sessions of this very moment end as well. */
function validNow({ validFrom }: Account, { now }: Acting): Date {
  return now > validFrom ? now : new Date(validFrom.getTime() + 1)
}
