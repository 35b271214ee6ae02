/** The fields of a client: its registered metadata, and what the house keeps beside it. */

import type { MetadataKind, MetadataRow } from '../../../clients/metadata-row.ts'
import { LOCALIZABLE, METADATA } from '../../../clients/metadata-table.ts'
import type { Field, FieldKind } from '../../field.ts'
import { MADE_AND_CHANGED } from '../made-and-changed.ts'

const KINDS: Readonly<Record<MetadataKind, FieldKind>> = {
  text: 'text',
  uri: 'uri',
  seconds: 'seconds',
  boolean: 'boolean',
  list: 'list',
  words: 'words',
  json: 'json',
}

const LOCALIZED: readonly string[] = LOCALIZABLE

/** By which names lists of clients are searched, narrowed and ordered. */
const FINDS: Readonly<Record<string, Field['finds']>> = {
  client_name: ['search', 'sort'],
  client_type: ['filter', 'sort'],
  profile: ['filter'],
  description: ['search'],
  client_uri: ['search'],
  contact_email: ['search'],
  contacts: ['search'],
  owner: ['search', 'filter', 'sort'],
  redirect_uris: ['search'],
  post_logout_redirect_uris: ['search'],
  response_types: ['filter'],
  grant_types: ['filter'],
  resources: ['filter'],
  authorization_policy: ['filter'],
  consent_mode: ['filter'],
}

const EXAMPLES: Readonly<Record<string, unknown>> = {
  client_name: 'Wiki',
  client_type: 'confidential',
  redirect_uris: ['https://wiki.example.com/callback'],
  post_logout_redirect_uris: ['https://wiki.example.com/'],
  scope: 'openid profile email',
}

export const SECRET_FIELDS: readonly Field[] = [
  { name: 'id', kind: 'text', access: 'shown', required: true, about: 'Names the secret where it is ended.' },
  {
    name: 'prefix',
    kind: 'text',
    access: 'shown',
    about: 'Its first characters; only of secrets that were made here.',
  },
  { name: 'created_at', kind: 'time', access: 'shown', required: true, about: 'When it was made.' },
  { name: 'expires_at', kind: 'time', access: 'shown', about: 'When it ends. Absent: it does not.' },
  {
    name: 'last_used_at',
    kind: 'time',
    access: 'shown',
    about: 'When it was used last, to the hour. Absent: never, as far as is known.',
  },
]

/** What may be said about the secret, when a client is made and later. */
export const GIVEN_SECRET: readonly Field[] = [
  {
    name: 'client_secret',
    kind: 'text',
    access: 'secret',
    about: 'Its secret. It takes the place of all others.',
    standard: 'made up for a confidential client that needs one, and shown once',
  },
  {
    name: 'client_secret_hash',
    kind: 'text',
    access: 'secret',
    about:
      'In the place of the secret: a digest that another system kept of it (argon2, pbkdf2, bcrypt, scrypt, SHA-crypt), or `$plaintext$SECRET`.',
  },
]

export const SECRET_ONCE: Field = {
  name: 'client_secret',
  kind: 'text',
  access: 'once',
  about: 'The secret that was made: it is not shown again.',
}

export const CLIENT_FIELDS: readonly Field[] = [
  {
    name: 'client_id',
    kind: 'text',
    access: 'made',
    isAlwaysShown: true,
    about: 'What the app calls itself (RFC 6749 §2.2). It never changes.',
    standard: 'made up from the name',
    finds: ['search', 'sort'],
    example: 'wiki',
  },
  ...METADATA.map(fieldOf),
  {
    name: 'token_endpoint_auth_method',
    kind: 'text',
    access: 'written',
    about: 'The first of its methods; said alone, it is the only one (RFC 7591 §2).',
  },
  ...GIVEN_SECRET,
  SECRET_ONCE,
  {
    name: 'disabled',
    kind: 'boolean',
    access: 'written',
    about: 'Refused everywhere until it is switched on again.',
    standard: 'false',
    finds: ['filter'],
  },
  { name: 'disabled_at', kind: 'time', access: 'shown', about: 'Since when it is refused.' },
  {
    name: 'secrets',
    kind: 'objects',
    access: 'shown',
    required: true,
    fields: SECRET_FIELDS,
    about: 'The secrets that count or will end soon, the newest first. None can be shown.',
  },
  { name: 'logo', kind: 'uri', access: 'shown', about: 'Where the logo is that was uploaded, if there is one.' },
  {
    name: 'origin',
    kind: 'text',
    access: 'shown',
    about: 'Who made it: an operator, the app itself (RFC 7591), or a document that it keeps.',
    choices: ['operator', 'registration', 'metadata-document'],
    finds: ['filter'],
  },
  ...MADE_AND_CHANGED,
]

function fieldOf({ name, kind, about, standard, choices }: MetadataRow): Field {
  const finds = FINDS[name]
  return {
    name,
    kind: KINDS[kind],
    access: 'written',
    about: LOCALIZED.includes(name) ? `${about} In another language: \`${name}#de\`.` : about,
    ...(standard === '—' ? {} : { standard: standard.replaceAll('`', '') }),
    ...(choices === undefined ? {} : { choices }),
    ...(finds === undefined ? {} : { finds }),
    ...(name in EXAMPLES ? { example: EXAMPLES[name] } : {}),
    ...(LOCALIZED.includes(name) ? { isLocalizable: true as const } : {}),
  }
}
