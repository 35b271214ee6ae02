/** An account as the document that is shown. */

import { type Account, loginKey } from '../../../accounts/account.ts'
import type { AccountRepository } from '../../../accounts/account-repository.ts'
import type { Acting, Document } from '../../ports.ts'
import { madeAndChanged, ownedBy } from '../made-and-changed.ts'

/** Of the accounts of a page: one list instead of a look for each. */
const ownersOfPage = new WeakMap<Acting, ReadonlyMap<string, string>>()

export async function readOwners(acting: Acting): Promise<void> {
  const declared = await acting.repositories.declarations.list()
  const owners = declared.filter(({ kind }) => kind === 'accounts').map(({ key, source }) => [key, source] as const)
  ownersOfPage.set(acting, new Map(owners))
}

async function ownerOf(username: string, acting: Acting): Promise<Document> {
  const owners = ownersOfPage.get(acting)
  if (owners === undefined) return ownedBy('accounts', username, acting)
  const source = owners.get(username)
  return source === undefined ? {} : { owned_by: source }
}

export async function accountDocument(account: Account, acting: Acting): Promise<Document> {
  const { username, subject, email, emailVerified, role, groups, disabledAt, passwordHash } = account
  const { name, ...attributes } = account.attributes
  return {
    username,
    sub: subject,
    ...(email === undefined ? {} : { email, email_verified: emailVerified }),
    ...(name === undefined ? {} : { name }),
    ...(role === undefined ? {} : { role }),
    groups,
    attributes,
    disabled: disabledAt !== undefined,
    ...(disabledAt === undefined ? {} : { disabled_at: disabledAt.toISOString() }),
    has_password: passwordHash !== undefined,
    ...madeAndChanged(account),
    ...(await ownerOf(username, acting)),
  }
}

// What we and others give as a `sub` (RFC 9562 §4).
const LIKE_A_SUBJECT = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/**
 * By user name, then by e-mail address, then by what apps know the person as. What looks like a `sub` is one first: apps know those of
 * others, and whoever took one as a user name would get what is meant for somebody else.
 */
export async function findAccount(
  key: string,
  accounts: Pick<AccountRepository, 'findByLogin' | 'findBySubject'>,
): Promise<Account | undefined> {
  return LIKE_A_SUBJECT.test(key)
    ? ((await accounts.findBySubject(key)) ?? (await accounts.findByLogin(key)))
    : ((await accounts.findByLogin(key)) ?? (await accounts.findBySubject(key)))
}

export function isSameLogin(a: string, b: string): boolean {
  return loginKey(a) === loginKey(b)
}
