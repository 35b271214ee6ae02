/** An account as commands print it: JSON for programs, lines for people. No secret is ever shown. */

import type { DocumentOf } from '../admin-client/admin-client.ts'
import { formatFields } from './output.ts'
import { timeText } from './print-document.ts'

export type AccountDocument = DocumentOf<'accounts.read'>

/** The name stands among the attributes, as it is given. */
export function accountJson(account: AccountDocument): Record<string, unknown> {
  const { name, attributes, disabled: _, email_verified, ...rest } = account
  const { username, sub, email, role, groups, has_password, ...others } = rest
  return {
    username,
    sub,
    email,
    email_verified: email_verified ?? false,
    role,
    groups,
    attributes: { ...(name === undefined ? {} : { name }), ...attributes },
    has_password,
    ...others,
  }
}

/** `identities`: one line each. */
export function accountText(account: AccountDocument, identities: readonly string[] = []): string {
  const { attributes, created_at, updated_at, disabled_at, created_by, updated_by, owned_by, ...fields } =
    accountJson(account)
  return formatFields({
    ...fields,
    email_verified: account.email === undefined ? undefined : account.email_verified,
    groups: account.groups?.length === 0 ? undefined : account.groups?.join(', '),
    ...(attributes as Readonly<Record<string, unknown>>),
    identities,
    created_at: shortTime(created_at),
    created_by,
    updated_at: shortTime(updated_at),
    updated_by,
    disabled_at: shortTime(disabled_at),
    owned_by,
  })
}

function shortTime(time: unknown): string | undefined {
  return typeof time === 'string' ? timeText(time) : undefined
}
