/** The fields of `auth.user`, and of a consent, and what becomes of each. */

import { djangoPassword } from '../foreign-password.ts'
import type { SourceRow } from '../source-rows.ts'
import { listOf, textOf } from '../values.ts'
import { type DjangoContext, keyOf } from './client-rows.ts'

const RIGHTS = 'Rights over this server are given here: `sallyport account edit NAME --role administrator`.'

export function userRows({ groups }: Pick<DjangoContext, 'groups'>): readonly SourceRow[] {
  return [
    { setting: 'username', outcome: 'mapped', field: 'username', take: () => ({}) },
    {
      setting: 'password',
      outcome: 'mapped',
      field: 'password_hash',
      why: 'The digest verifies as it is, and is replaced by one of ours at the next sign-in.',
      take: value => {
        const password = djangoPassword(textOf(value) ?? '')
        return 'hash' in password
          ? { fields: { password_hash: password.hash } }
          : { outcome: 'no-equivalent', why: password.why }
      },
    },
    { setting: 'first_name', outcome: 'mapped', field: 'attributes.given_name', take: attribute('given_name') },
    { setting: 'last_name', outcome: 'mapped', field: 'attributes.family_name', take: attribute('family_name') },
    {
      setting: 'email',
      outcome: 'mapped',
      field: 'email',
      why: 'It counts as not verified: nothing there says that it was.',
      take: value =>
        textOf(value) === undefined
          ? { outcome: 'ignored', why: 'empty' }
          : { fields: { email: value, email_verified: false } },
    },
    {
      setting: 'is_active',
      outcome: 'mapped',
      field: 'disabled',
      take: value => ({ fields: { disabled: value === false } }),
    },
    {
      setting: 'groups',
      outcome: 'mapped',
      field: 'groups',
      take: value => {
        const names = listOf(value).flatMap(key => groups.get(keyOf(key)) ?? [])
        return names.length === 0 ? { outcome: 'ignored', why: 'empty' } : { fields: { groups: names } }
      },
    },
    { setting: 'is_superuser', outcome: 'no-equivalent', why: RIGHTS },
    { setting: 'is_staff', outcome: 'no-equivalent', why: RIGHTS },
    { setting: 'user_permissions', outcome: 'no-equivalent', why: 'Permissions of Django; groups come along.' },
    { setting: 'last_login', outcome: 'ignored', why: 'Everybody signs in anew.' },
    { setting: 'date_joined', outcome: 'no-equivalent', why: 'created_at says when it came here.' },
  ]
}

function attribute(name: string): NonNullable<SourceRow['take']> {
  return value =>
    textOf(value) === undefined ? { outcome: 'ignored', why: 'empty' } : { fields: { [`attributes.${name}`]: value } }
}

export const CONSENT_ROWS: readonly SourceRow[] = [
  { setting: 'user', outcome: 'mapped', field: 'account', take: () => ({}) },
  { setting: 'client', outcome: 'mapped', field: 'client', take: () => ({}) },
  { setting: '_scope', outcome: 'mapped', field: 'scopes', take: () => ({}) },
  { setting: 'date_given', outcome: 'mapped', field: 'granted_at', take: () => ({}) },
  { setting: 'expires_at', outcome: 'mapped', field: 'expires_at', take: () => ({}) },
]
