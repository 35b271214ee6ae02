/** The fields of an account. */

import { ROLES } from '../../../accounts/account.ts'
import type { Field } from '../../field.ts'
import { MADE_AND_CHANGED } from '../made-and-changed.ts'

export const ACCOUNT_FIELDS: readonly Field[] = [
  {
    name: 'username',
    kind: 'text',
    access: 'written',
    about: 'What the person signs in with; unique without regard to case. A new one renames the account.',
    finds: ['search', 'sort'],
    example: 'ada',
  },
  {
    name: 'sub',
    kind: 'text',
    access: 'made',
    about: 'What apps know the person as. Given by the house; only who brings an account from elsewhere says it.',
    example: '5f7c0a52-6c3b-4a57-9a7e-0f4f8f5f5c1d',
  },
  {
    name: 'email',
    kind: 'text',
    access: 'written',
    about: 'The e-mail address, which also signs in; unique without regard to case.',
    finds: ['search', 'sort'],
    example: 'ada@example.com',
  },
  {
    name: 'email_verified',
    kind: 'boolean',
    access: 'written',
    about: 'The address was verified: whoever writes it here vouches for it.',
    standard: 'true with an address',
    finds: ['filter'],
  },
  {
    name: 'name',
    kind: 'text',
    access: 'written',
    about: 'The full name: the attribute of this name.',
    finds: ['search'],
    example: 'Ada Lovelace',
  },
  {
    name: 'role',
    kind: 'text',
    access: 'written',
    about: 'What the person may do with this server; absent: nothing. Only administrators give and take roles.',
    choices: ROLES,
    finds: ['filter'],
  },
  {
    name: 'groups',
    kind: 'list',
    access: 'written',
    about: 'The groups the person is in. One that does not exist is made.',
    standard: 'none',
    finds: ['filter'],
    example: ['staff'],
  },
  {
    name: 'attributes',
    kind: 'object',
    access: 'written',
    about: 'Standard claims (OIDC Core §5.1) and the attributes that are defined here, by name.',
    example: { locale: 'de', address: { country: 'DE' } },
  },
  {
    name: 'disabled',
    kind: 'boolean',
    access: 'written',
    about: 'Cannot sign in; sessions and tokens end when it is set.',
    standard: 'false',
    finds: ['filter'],
  },
  { name: 'disabled_at', kind: 'time', access: 'shown', about: 'When it was disabled.' },
  {
    name: 'password',
    kind: 'text',
    access: 'secret',
    about: 'A new password: what was signed in with the old one ends.',
  },
  {
    name: 'password_hash',
    kind: 'text',
    access: 'secret',
    about: 'The digest of the password as another system kept it (PHC or crypt form); kept until the next sign-in.',
    example: '$argon2id$v=19$m=19456,t=2,p=1$…$…',
  },
  { name: 'has_password', kind: 'boolean', access: 'shown', about: 'The person can sign in by password.' },
  ...MADE_AND_CHANGED,
]
