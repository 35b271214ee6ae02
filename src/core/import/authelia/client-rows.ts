/** The options of a client in Authelia (4.39, with the names of older versions), and what becomes of each. */

import type { JsonObject } from '../../clients/client.ts'
import type { SourceRow, Taken } from '../source-rows.ts'
import { isTrue, textOf, textsOf } from '../values.ts'
import type { AutheliaContext } from './authelia-context.ts'
import { accessRows } from './client-access-rows.ts'
import { answerRows } from './client-answer-rows.ts'
import { proofRows } from './client-proof-rows.ts'

export function clientRows(context: AutheliaContext): readonly SourceRow[] {
  return [...IDENTITY_ROWS, ...accessRows(context), ...requestRows(context), ...proofRows(), ...answerRows()]
}

const IDENTITY_ROWS: readonly SourceRow[] = [
  { setting: 'client_id', older: ['id'], outcome: 'mapped', field: 'client_id', take: () => ({}) },
  { setting: 'client_name', outcome: 'mapped', field: 'client_name' },
  {
    setting: 'description',
    outcome: 'mapped',
    field: 'description',
    why: 'People read it on the consent page. Where there is no client_name, it is the name as well.',
    take: (value, { client_name: name }) => ({
      fields: name === undefined ? { description: value, client_name: value } : { description: value },
    }),
  },
  {
    setting: 'client_secret',
    older: ['secret'],
    outcome: 'mapped',
    field: 'client_secret_hash',
    why: 'A digest verifies as it is. What was in the clear is hashed, or sealed where it is needed as a key.',
    take: secretOf,
  },
  {
    setting: 'public',
    outcome: 'mapped',
    field: 'client_type',
    take: value => ({ fields: { client_type: isTrue(value) ? 'public' : 'confidential' } }),
  },
]

/** What the provider demands of all clients, no client can put away. */
function requestRows(context: AutheliaContext): readonly SourceRow[] {
  return [
    { setting: 'redirect_uris', outcome: 'mapped', field: 'redirect_uris', take: list('redirect_uris') },
    { setting: 'request_uris', outcome: 'mapped', field: 'request_uris', take: list('request_uris') },
    {
      setting: 'require_pushed_authorization_requests',
      older: ['enforce_par'],
      outcome: 'mapped',
      field: 'require_pushed_authorization_requests',
      take: value => ({ fields: { require_pushed_authorization_requests: isTrue(value) || context.requiresPushed } }),
    },
    {
      setting: 'require_pkce',
      older: ['enforce_pkce'],
      outcome: 'mapped',
      field: 'require_pkce',
      take: (value, whole) => ({ fields: { require_pkce: isTrue(value) || demandsPkce(whole, context) } }),
    },
    {
      setting: 'pkce_challenge_method',
      outcome: 'mapped',
      field: 'allow_plain_pkce',
      why: 'A method that is named there demands PKCE; S256 is always possible here, plain only where the provider allows it, too.',
      take: value => ({
        fields:
          value === 'plain' || value === 'S256'
            ? { require_pkce: true, allow_plain_pkce: value === 'plain' && context.allowsPlainPkce }
            : {},
      }),
    },
    SECTOR,
  ]
}

/** By the provider, or by the method that the client names; of public clients in any case (RFC 9700 §2.1.1). */
export function demandsPkce(client: JsonObject, { enforcesPkce }: AutheliaContext): boolean {
  return isTrue(client.public) || enforcesPkce === 'always' || namesMethod(client)
}

function namesMethod({ pkce_challenge_method: method }: JsonObject): boolean {
  return method === 'plain' || method === 'S256'
}

/** There, it could do without. */
export function hadNoPkce(client: JsonObject, { enforcesPkce }: AutheliaContext): boolean {
  const wasDemanded = isTrue(client.require_pkce) || isTrue(client.enforce_pkce) || namesMethod(client)
  return isTrue(client.public) && enforcesPkce === 'never' && !wasDemanded
}

const SECTOR: SourceRow = {
  setting: 'sector_identifier_uri',
  older: ['sector_identifier'],
  outcome: 'approximated',
  field: 'sector_identifier_uri',
  why: 'People have another sub for each sector here, too, but not the one that Authelia drew: those are in its database.',
  take: value => {
    // What Authelia's documentation shows: empty is none, and the sub is the same for all apps.
    if (textOf(value) === undefined) return { outcome: 'ignored', why: 'empty' }
    return textOf(value)?.startsWith('https://') === true
      ? { fields: { subject_type: 'pairwise', sector_identifier_uri: value } }
      : {
          fields: { subject_type: 'pairwise' },
          why: 'Only a URL names a sector here; without one it is the host of the redirect URIs.',
        }
  },
}

/** A list, or one text where older versions took it. */
export function list(field: string): NonNullable<SourceRow['take']> {
  return value => ({ fields: { [field]: textsOf(value) } })
}

function secretOf(value: unknown, whole: JsonObject): Taken {
  const text = textOf(value)
  if (text === undefined) return { outcome: 'ignored', why: 'empty' }
  if (isTrue(whole.public)) return { outcome: 'ignored', why: 'a public client has none' }
  if (isTemplate(text)) {
    return {
      outcome: 'no-equivalent',
      why: 'a template: `authelia config template` prints the file with the value in its place',
      mistake: 'is a template, and the value that it stands for is not in the file',
    }
  }
  if (!text.startsWith('$')) return { fields: { client_secret: text } }
  const why = text.startsWith('$plaintext$')
    ? 'It was in the clear: whoever could read that file has it. Rotate it when the app can be changed.'
    : 'A digest verifies as it is.'
  return { fields: { client_secret_hash: text }, why }
}

export function isTemplate(text: string): boolean {
  return text.includes('{{')
}
