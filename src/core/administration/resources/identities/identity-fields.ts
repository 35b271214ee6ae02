/** The fields of an identity. */

import type { Field } from '../../field.ts'

export const IDENTITY_FIELDS: readonly Field[] = [
  { name: 'id', kind: 'text', access: 'shown', required: true, about: 'Which one it is.' },
  {
    name: 'account',
    kind: 'text',
    access: 'made',
    required: true,
    about: 'The user name; an e-mail address or a `sub` when it is written.',
    finds: ['filter'],
    example: 'ada',
  },
  {
    name: 'upstream',
    kind: 'text',
    access: 'made',
    required: true,
    about: 'The alias of the upstream. An account has one identity of each.',
    finds: ['filter'],
    example: 'corp',
  },
  {
    name: 'subject',
    kind: 'text',
    access: 'made',
    required: true,
    about: 'Who the person is to the upstream: whoever it names so signs in to the account.',
    finds: ['filter'],
    example: '248289761001',
  },
  { name: 'label', kind: 'text', access: 'made', about: 'What the upstream calls the person, for people.' },
  { name: 'linked_at', kind: 'time', access: 'shown', about: 'Since when.', finds: ['sort'] },
  { name: 'last_sign_in_at', kind: 'time', access: 'shown', about: 'When somebody signed in by it last.' },
  { name: 'has_tokens', kind: 'boolean', access: 'shown', about: 'Tokens of the upstream are kept with it.' },
]

export const EVEN_THE_LAST: Field = {
  name: 'even_the_last',
  kind: 'boolean',
  access: 'written',
  about: 'Also when nobody can sign in to the account then.',
  standard: 'false',
}

/** Of `identities.undo`. */
export const UNDO_BODY: readonly Field[] = [
  { name: 'account', kind: 'text', access: 'written', required: true, about: 'User name, e-mail address or `sub`.' },
  { name: 'upstream', kind: 'text', access: 'written', required: true, about: 'The alias.' },
  EVEN_THE_LAST,
]

export const UNDONE: readonly Field[] = [
  { name: 'account', kind: 'text', access: 'shown', required: true, about: 'The user name.' },
  { name: 'upstream', kind: 'text', access: 'shown', required: true, about: 'The alias.' },
  { name: 'subject', kind: 'text', access: 'shown', required: true, about: 'Who the person is to the upstream.' },
  {
    name: 'outcome',
    kind: 'text',
    access: 'shown',
    required: true,
    about: 'What it is now.',
    choices: ['linked', 'unlinked'],
  },
]
