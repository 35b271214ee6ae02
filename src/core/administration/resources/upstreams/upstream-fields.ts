/** The fields of upstreams: a field for each row of the settings table, and what the house shows besides. */

import type { SettingKind, SettingRow } from '../../../upstreams/settings/settings-row.ts'
import { SETTINGS, standardText } from '../../../upstreams/settings/settings-table.ts'
import type { Field, FieldKind } from '../../field.ts'
import { MADE_AND_CHANGED } from '../made-and-changed.ts'

const KINDS: Readonly<Record<SettingKind, FieldKind>> = {
  text: 'text',
  uri: 'uri',
  pem: 'text',
  secret: 'text',
  choice: 'text',
  number: 'integer',
  seconds: 'seconds',
  boolean: 'boolean',
  list: 'list',
  words: 'words',
  map: 'map',
  mappings: 'objects',
}

const FINDS: Readonly<Record<string, Field['finds']>> = {
  alias: ['search', 'sort'],
  kind: ['filter'],
  preset: ['filter'],
  display_name: ['search', 'sort'],
  enabled: ['filter'],
  order: ['sort'],
  issuer: ['search'],
}

const EXAMPLES: Readonly<Record<string, unknown>> = {
  alias: 'work',
  display_name: 'Our people',
  discovery_uri: 'https://sso.example.com/realms/work',
  client_id: 'sallyport',
  email_domains: ['example.com'],
}

function written(name: string, about: string): Field {
  return { name, kind: 'text', access: 'written', about }
}

/** Of one mapping: which of them it needs depends on its kind. */
const MAPPING_FIELDS: readonly Field[] = [
  {
    name: 'kind',
    kind: 'text',
    access: 'written',
    required: true,
    about: 'What it does.',
    choices: ['attribute', 'template', 'hardcoded', 'hardcoded_group', 'group', 'administrator'],
  },
  written('name', 'For people, in explanations.'),
  {
    name: 'source',
    kind: 'text',
    access: 'written',
    about: 'Where the claims are looked up; absent: the first document that has them.',
    choices: ['access_token', 'id_token', 'userinfo', 'token_response', 'authorization_response'],
  },
  {
    name: 'sync',
    kind: 'text',
    access: 'written',
    about: 'At the first sign-in only, or at every one; absent: as sync_mode says.',
    choices: ['import', 'force'],
  },
  written('attribute', 'The attribute of the account that is filled.'),
  written('claim', 'The path of the claim that it is taken from.'),
  written('template', 'The text it is made of, such as ${CLAIM.email|localpart}.'),
  written('value', 'The value it always has.'),
  written('group', 'The group that people are in, or are in when the conditions hold.'),
  {
    name: 'claims',
    kind: 'object',
    access: 'written',
    about: 'Claim paths and the values that are wanted, all of them.',
  },
  {
    name: 'match',
    kind: 'text',
    access: 'written',
    about: 'How values are compared.',
    choices: ['exact', 'contains', 'regex'],
  },
]

function fieldOf(row: SettingRow): Field {
  const { name, kind, about, choices } = row
  const finds = FINDS[name]
  const access = name === 'alias' ? 'made' : kind === 'secret' ? 'secret' : 'written'
  return {
    name,
    kind: KINDS[kind],
    access,
    about,
    ...(name === 'alias' || name === 'client_id' ? { required: true } : { standard: standardText(row) }),
    ...(kind === 'secret' ? { showsReference: true } : {}),
    ...(kind === 'mappings' ? { fields: MAPPING_FIELDS } : {}),
    ...(choices === undefined ? {} : { choices }),
    ...(finds === undefined ? {} : { finds }),
    ...(EXAMPLES[name] === undefined ? {} : { example: EXAMPLES[name] }),
  }
}

function shownField(name: string, kind: FieldKind, about: string, fields?: readonly Field[]): Field {
  return { name, kind, access: 'shown', about, ...(fields === undefined ? {} : { fields }) }
}

const REGISTER_THERE: readonly Field[] = [
  shownField('redirect_uri', 'uri', 'Where the upstream sends browsers back to.'),
  shownField('post_logout_redirect_uri', 'uri', 'Where it sends them back to after a sign-out.'),
  shownField('backchannel_logout_uri', 'uri', 'Where it tells us of a sign-out.'),
  shownField('frontchannel_logout_uri', 'uri', 'Where it tells us of a sign-out by the browser.'),
  shownField('jwks_uri', 'uri', 'Our public keys.'),
  shownField('sign_in_url', 'uri', 'Signs people in through it, for links.'),
  shownField('registration_url', 'uri', 'Has people register there, for links.'),
]

const DISCOVERED: readonly Field[] = [
  shownField('issuer', 'text', 'Its `iss`.'),
  shownField('authorization_endpoint', 'uri', 'Where browsers sign in.'),
  shownField('token_endpoint', 'uri', 'Where codes become tokens.'),
  shownField('userinfo_endpoint', 'uri', 'Where more claims are.'),
  shownField('jwks_uri', 'uri', 'Its keys.'),
  shownField('end_session_endpoint', 'uri', 'Where browsers sign out.'),
  shownField('mtls_token_endpoint', 'uri', 'The token endpoint for certificates.'),
  shownField('mtls_userinfo_endpoint', 'uri', 'The user info endpoint for certificates.'),
  shownField('id_token_signing_algs', 'list', 'What it signs ID tokens with.'),
  shownField('fetched_at', 'time', 'When it was read.'),
]

export const UPSTREAM_FIELDS: readonly Field[] = [
  ...SETTINGS.map(fieldOf),
  shownField('has_client_secret', 'boolean', 'Whether there is a client secret, kept sealed or elsewhere.'),
  shownField('has_client_certificate_key', 'boolean', 'Whether there is a private key of the client certificate.'),
  shownField('register_there', 'object', 'Our addresses, to be registered at the upstream.', REGISTER_THERE),
  shownField('discovered', 'object', 'What its discovery document said last (OIDC Discovery §3).', DISCOVERED),
  shownField('warnings', 'list', 'What is given away by these settings: sentences.'),
  ...MADE_AND_CHANGED,
]

/** Beside the settings, when one is made. */
export const METADATA: Field = {
  name: 'metadata',
  kind: 'object',
  access: 'written',
  about:
    'A discovery document (OIDC Discovery §3) that is written down once, in place of a discovery_uri that is read again and again. What is said besides wins over it.',
}

/** Whenever it is somewhere new. */
export const OFFLINE: Field = {
  name: 'offline',
  kind: 'boolean',
  access: 'written',
  about: 'Do not ask the upstream for its discovery document now.',
  standard: '`false`',
}
