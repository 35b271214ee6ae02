/** An account as a row and back. */

import {
  type Account,
  type AccountAttributes,
  type AccountId,
  loginKey,
  type Role,
} from '../../core/accounts/account.ts'
import { idFromBytes, idToBytes } from '../../lib/id.ts'
import type { AccountRow } from '../tables.ts'
import { canonicalJson, orNull, parseJson, timeOf } from './values.ts'

/** The password hash is left out where nobody signs in by it. */
export type AccountColumns = Omit<
  AccountRow,
  | 'id'
  | 'username_key'
  | 'email_key'
  | 'name_key'
  | 'password_hash'
  | 'password_by_role'
  | 'way_in_by_role'
  | 'created_by'
  | 'updated_by'
> &
  Partial<Pick<AccountRow, 'password_hash' | 'password_by_role' | 'way_in_by_role' | 'created_by' | 'updated_by'>>

/** An account that is joined as `a`, without its password hash: nobody signs in by what is joined to a token or a session. */
export const JOINED_ACCOUNT = [
  'a.subject',
  'a.username',
  'a.email',
  'a.email_verified',
  'a.role',
  'a.groups',
  'a.attributes',
  'a.created_at',
  'a.updated_at',
  'a.disabled_at',
  'a.valid_from',
  'a.way_in_by_role',
] as const

export function accountToRow(account: Account): AccountRow {
  return {
    id: idToBytes(account.id),
    subject: account.subject,
    username: account.username,
    username_key: loginKey(account.username),
    email: orNull(account.email),
    email_key: account.email === undefined ? null : loginKey(account.email),
    email_verified: account.emailVerified ? 1 : 0,
    password_hash: orNull(account.passwordHash),
    role: orNull(account.role),
    groups: JSON.stringify([...account.groups].sort()),
    attributes: canonicalJson(account.attributes),
    created_at: account.createdAt.getTime(),
    updated_at: account.updatedAt.getTime(),
    disabled_at: timeOf(account.disabledAt),
    valid_from: account.validFrom.getTime(),
    created_by: orNull(account.createdBy),
    updated_by: orNull(account.updatedBy),
    name_key: nameKey(account),
    password_by_role: orNull(account.passwordByRole),
    way_in_by_role: orNull(account.wayInByRole),
  }
}

/** Text of both databases has no NUL in it. */
function nameKey({ attributes: { name } }: Account): string | null {
  return typeof name === 'string' ? loginKey(name.replaceAll('\0', '')) : null
}

export function accountFromRow(row: AccountRow): Account {
  return accountFromColumns(idFromBytes(row.id), row)
}

/** For rows that are joined from several tables, and need not be copied for this. */
export function accountFromColumns(id: AccountId, row: AccountColumns): Account {
  return {
    id,
    subject: row.subject,
    username: row.username,
    ...(row.email === null ? {} : { email: row.email }),
    emailVerified: row.email_verified === 1,
    ...(row.password_hash == null ? {} : { passwordHash: row.password_hash }),
    ...(row.password_by_role == null ? {} : { passwordByRole: row.password_by_role as Role }),
    ...(row.way_in_by_role == null ? {} : { wayInByRole: row.way_in_by_role as Role }),
    ...(row.role === null ? {} : { role: row.role as Role }),
    groups: parseJson<string[]>(row.groups),
    attributes: parseJson<AccountAttributes>(row.attributes),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    ...(row.disabled_at === null ? {} : { disabledAt: new Date(row.disabled_at) }),
    validFrom: new Date(row.valid_from),
    ...(row.created_by == null ? {} : { createdBy: row.created_by }),
    ...(row.updated_by == null ? {} : { updatedBy: row.updated_by }),
  }
}
