/** A password or a digest of one, as it was written, → what is kept. */

import { isDigestProblem, parseDigest } from '../../../../lib/digests/digest.ts'
import type { Account } from '../../../accounts/account.ts'
import { withPassword } from '../../../accounts/change-account.ts'
import { checkNewPassword } from '../../../accounts/password-rules.ts'
import type { SettingsMistake } from '../../../settings-mistake.ts'
import { hasRole } from '../../actor.ts'
import type { Acting, Document } from '../../ports.ts'

/** Before any work is done for it. */
export function checkPassword(document: Document, { settings }: Pick<Acting, 'settings'>): readonly SettingsMistake[] {
  const { password, password_hash: digest } = document
  if (typeof password === 'string' && typeof digest === 'string') {
    return [{ member: 'password_hash', rule: 'one password', message: 'cannot be said together with password' }]
  }
  if (typeof digest === 'string') {
    const read = parseDigest(digest)
    return isDigestProblem(read) ? [{ member: 'password_hash', rule: 'digest', message: read.problem }] : []
  }
  return typeof password === 'string' ? checkNewPassword(password, settings.minPasswordLength) : []
}

/** Nothing when none was written. */
export async function passwordHashOf(
  { password, password_hash: digest }: Document,
  { hasher }: Pick<Acting, 'hasher'>,
): Promise<string | undefined> {
  if (typeof digest === 'string') return digest
  return typeof password === 'string' ? await hasher.hash(password) : undefined
}

/** With whose word it is, where that is not an administrator's. */
export function withPasswordBy(account: Account, hash: string, { actor, now }: Pick<Acting, 'actor' | 'now'>): Account {
  const { passwordByRole: _, ...others } = withPassword(account, hash, now)
  return hasRole(actor, 'administrator') ? others : { ...others, passwordByRole: actor.role, wayInByRole: actor.role }
}

/** An address signs in, and proves an account where links are sent by mail. */
export function withAddressBy(
  account: Account,
  before: Account | undefined,
  { actor }: Pick<Acting, 'actor'>,
): Account {
  const isSame = account.email === before?.email && account.emailVerified === (before?.emailVerified ?? false)
  return isSame || hasRole(actor, 'administrator') ? account : { ...account, wayInByRole: actor.role }
}
