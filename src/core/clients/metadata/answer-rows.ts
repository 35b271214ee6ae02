/** What the app gets: how it is signed and encrypted, how long it counts, and its shape. */

import type { Client } from '../client.ts'
import type { MetadataRow } from '../metadata-row.ts'

type Member = keyof Client & MetadataRow['member']

export const ANSWER_ROWS: readonly MetadataRow[] = [
  ...protectedRows('id_token', 'idToken', 'OIDC Registration §2', 'its ID tokens', '`RS256`'),
  ...protectedRows('userinfo', 'userinfo', 'OIDC Registration §2', 'its user info', 'plain JSON'),
  ...protectedRows(
    'introspection',
    'introspection',
    'RFC 9701 §6',
    'its introspection answers',
    '`RS256` when it asks for a JWT',
  ),
  ...protectedRows('authorization', 'authorization', 'JARM §3', 'its authorization answers as JWTs', '`RS256`'),
  {
    name: 'access_token_format',
    member: 'accessTokenFormat',
    kind: 'text',
    choices: ['opaque', 'jwt'],
    standard: '`opaque`',
    about: '`opaque`, or `jwt`: access tokens that APIs read themselves (RFC 9068).',
  },
  {
    name: 'access_token_signing_alg',
    member: 'accessTokenSigningAlg',
    kind: 'text',
    standard: '`RS256`',
    about: 'Signs its access tokens when they are JWTs.',
  },
  lifetime(
    'authorization_code_lifetime',
    'authorizationCodeSeconds',
    'authorization_code',
    'Time it has to exchange a code.',
  ),
  lifetime('access_token_lifetime', 'accessTokenSeconds', 'access_token', 'Lifetime of its access tokens.'),
  lifetime('id_token_lifetime', 'idTokenSeconds', 'id_token', 'Lifetime of its ID tokens.'),
  lifetime(
    'refresh_token_lifetime',
    'refreshTokenSeconds',
    'refresh_token',
    'Its refresh tokens end when unused for this long.',
  ),
  lifetime(
    'refresh_token_max_lifetime',
    'refreshTokenMaxSeconds',
    'refresh_token_max',
    'Its refresh tokens end this long after the sign-in, however often they are used.',
  ),
  {
    name: 'claims_in_id_token',
    member: 'claimsInIdToken',
    kind: 'boolean',
    standard: '`false`',
    about: 'The claims of its scopes stand in the ID token, too, and not only in the user info (OIDC Core §5.4).',
  },
  {
    name: 'groups_shape',
    member: 'groupsShape',
    kind: 'text',
    choices: ['list', 'string'],
    standard: '`list`',
    about: 'The claim `groups` as `list` or as one `string`.',
  },
  {
    name: 'scp_shape',
    member: 'scpShape',
    kind: 'text',
    choices: ['list', 'string', 'none'],
    standard: '`list`',
    about: 'The claim `scp` as `list`, as one `string`, or not at all (`none`).',
  },
  {
    name: 'with_requested_at',
    member: 'withRequestedAt',
    kind: 'boolean',
    standard: '`true`',
    about: 'ID tokens say when they were asked for (`rat`).',
  },
]

function protectedRows(
  prefix: string,
  member: 'idToken' | 'userinfo' | 'introspection' | 'authorization',
  source: string,
  what: string,
  signedBy: string,
): readonly MetadataRow[] {
  const row = (name: string, ending: string, standard: string, about: string): MetadataRow => ({
    name: `${prefix}_${name}`,
    member: `${member}${ending}` as Member,
    kind: 'text',
    source,
    standard,
    about,
  })
  return [
    row('signed_response_alg', 'SignedResponseAlg', signedBy, `Signs ${what}.`),
    row('encrypted_response_alg', 'EncryptedResponseAlg', 'not encrypted', `Encrypts the key of ${what}.`),
    row(
      'encrypted_response_enc',
      'EncryptedResponseEnc',
      '`A128CBC-HS256` when there is an `alg`',
      `Encrypts ${what}.`,
    ),
  ]
}

function lifetime(name: string, member: Member, setting: string, about: string): MetadataRow {
  return { name, member, kind: 'seconds', standard: `\`tokens.${setting}\``, about }
}
