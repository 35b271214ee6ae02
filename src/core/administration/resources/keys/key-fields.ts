/** The fields of keys. */

import { KEY_PAIRS } from '../../../keys/key-names.ts'
import { KEY_STATES } from '../../../keys/key-state.ts'
import type { Field } from '../../field.ts'

export const KIND = { name: 'keys', singular: 'key' } as const

export const KEY_FIELDS: readonly Field[] = [
  {
    name: 'kid',
    kind: 'text',
    access: 'made',
    about: 'Its name in the header of tokens and in the key set. Of an imported key the one that tokens have already.',
    standard: 'what the JWK says, else the thumbprint of the key (RFC 7638)',
    finds: ['search', 'sort'],
  },
  {
    name: 'alg',
    kind: 'text',
    access: 'made',
    about: 'What it is for. One key of each is in use.',
    choices: KEY_PAIRS,
    standard: 'what the JWK says, else the usual of such a key',
    finds: ['filter', 'sort'],
  },
  {
    name: 'state',
    kind: 'text',
    access: 'made',
    about:
      'in use: it signs, or is encrypted to. published: it stands in the key set and verifies. withdrawn: it left the key set; an ID token that it signed is still good as an id_token_hint.',
    choices: KEY_STATES,
    standard: 'published',
    finds: ['filter'],
  },
  {
    name: 'unpublish_at',
    kind: 'time',
    access: 'made',
    about: 'When it leaves the key set.',
    standard: '30 days from now, for a key that is imported to be published',
  },
  {
    name: 'pem',
    kind: 'text',
    access: 'secret',
    about: 'The private key: PKCS#1, PKCS#8 or SEC 1 in PEM, without a passphrase.',
  },
  { name: 'jwk', kind: 'object', access: 'secret', about: 'The private key as a JWK (RFC 7517), instead of pem.' },
  { name: 'use', kind: 'text', access: 'shown', about: 'RFC 7517 §4.2.', choices: ['sig', 'enc'] },
  { name: 'public_jwk', kind: 'object', access: 'shown', about: 'Its public half, as in the key set.' },
  { name: 'created_at', kind: 'time', access: 'shown', about: 'When it was made or imported.', finds: ['sort'] },
  { name: 'retired_at', kind: 'time', access: 'shown', about: 'When another key took its place.' },
]
