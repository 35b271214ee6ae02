/** An account as commands print it: JSON for programs, lines for people. The password hash is never shown. */

import type { Account } from '../core/accounts/account.ts'
import { formatFields } from './output.ts'

export function accountJson(account: Account): Record<string, unknown> {
  return {
    username: account.username,
    sub: account.subject,
    email: account.email,
    email_verified: account.emailVerified,
    role: account.role,
    groups: account.groups,
    attributes: account.attributes,
    has_password: account.passwordHash !== undefined,
    created_at: account.createdAt,
    updated_at: account.updatedAt,
    disabled_at: account.disabledAt,
  }
}

/** `identities`: one line each. */
export function accountText(account: Account, identities: readonly string[] = []): string {
  const { attributes: _, ...fields } = accountJson(account)
  return formatFields({
    ...fields,
    email_verified: account.email === undefined ? undefined : account.emailVerified,
    groups: account.groups.length === 0 ? undefined : account.groups.join(', '),
    ...account.attributes,
    identities,
    created_at: account.createdAt.toISOString(),
    updated_at: account.updatedAt.toISOString(),
    disabled_at: account.disabledAt?.toISOString(),
  })
}
