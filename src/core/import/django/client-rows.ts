/** The fields of `oidc_provider.client` (django-oidc-provider 0.8), and what becomes of each. */

import { RESPONSE_TYPES } from '../../../spec/response-types.ts'
import type { JsonObject } from '../../clients/client.ts'
import { consentModeOfDjango } from '../../clients/django-consent.ts'
import type { SourceRow, Taken } from '../source-rows.ts'
import { listOf, textOf } from '../values.ts'

export interface DjangoContext {
  /** Primary key or natural key → user name. */
  readonly users: ReadonlyMap<string, string>
  /** → `code`, `id_token token`, … */
  readonly responseTypes: ReadonlyMap<string, string>
  /** → client_id */
  readonly clients: ReadonlyMap<string, string>
  readonly groups: ReadonlyMap<string, string>
}

/** `OIDC_SKIP_CONSENT_EXPIRE`, as it is there unless the settings say otherwise. */
export const CONSENT_SECONDS = 90 * 86_400

/** There, people can be asked for all of them by every client. */
export const STANDARD_SCOPE = 'openid profile email address phone offline_access'

export function clientRows(context: DjangoContext): readonly SourceRow[] {
  return [...PLAIN_ROWS, ...behaviourRows(context)]
}

const unlessEmpty =
  (field: string): NonNullable<SourceRow['take']> =>
  value =>
    textOf(value) === undefined ? { outcome: 'ignored', why: 'empty' } : { fields: { [field]: value } }

const PLAIN_ROWS: readonly SourceRow[] = [
  { setting: 'name', outcome: 'mapped', field: 'client_name', take: unlessEmpty('client_name') },
  { setting: 'client_type', outcome: 'mapped', field: 'client_type' },
  { setting: 'client_id', outcome: 'mapped', field: 'client_id', take: () => ({}) },
  {
    setting: 'client_secret',
    outcome: 'mapped',
    field: 'client_secret',
    why: 'It is kept sealed where it is the key of HS256, else only its hash.',
    take: (value, { client_type: type }) => {
      const secret = textOf(value)
      if (secret === undefined || type === 'public') return { outcome: 'ignored', why: 'a public client has none' }
      return { fields: { client_secret: secret } }
    },
  },
  { setting: 'jwt_alg', outcome: 'mapped', field: 'id_token_signed_response_alg' },
  { setting: 'website_url', outcome: 'mapped', field: 'client_uri', take: unlessEmpty('client_uri') },
  { setting: 'terms_url', outcome: 'mapped', field: 'tos_uri', take: unlessEmpty('tos_uri') },
  { setting: 'contact_email', outcome: 'mapped', field: 'contact_email', take: unlessEmpty('contact_email') },
  {
    setting: 'logo',
    outcome: 'no-equivalent',
    why: 'A file below MEDIA_ROOT, which is not in the fixture: upload it to the client.',
    take: value => (textOf(value) === undefined ? { outcome: 'ignored', why: 'empty' } : {}),
  },
  {
    setting: 'date_created',
    outcome: 'no-equivalent',
    why: 'created_at says when it came here.',
  },
  { setting: '_redirect_uris', outcome: 'mapped', field: 'redirect_uris', take: lines('redirect_uris') },
  {
    setting: '_post_logout_redirect_uris',
    outcome: 'mapped',
    field: 'post_logout_redirect_uris',
    take: lines('post_logout_redirect_uris'),
  },
]

function behaviourRows({ users, responseTypes }: DjangoContext): readonly SourceRow[] {
  return [
    {
      setting: 'owner',
      outcome: 'mapped',
      field: 'owner',
      why: 'The user name, for people.',
      take: value => {
        const owner = users.get(keyOf(value))
        return owner === undefined
          ? { outcome: 'no-equivalent', why: `the user ${named(keyOf(value))} is not in the fixture` }
          : { fields: { owner } }
      },
    },
    {
      setting: 'response_types',
      // One text, before version 0.6.
      older: ['response_type'],
      outcome: 'mapped',
      field: 'response_types',
      why: 'With the grant types that they need, and refresh tokens as there. `token` alone is not offered there to OpenID Connect.',
      take: (value, whole) => responseTypesOf(value, whole, responseTypes),
    },
    {
      setting: '_scope',
      outcome: 'approximated',
      field: 'grant_types',
      why: 'There they limit only tokens without a person: here the client gets the grant client_credentials, and may ask for the standard scopes, as its people could there.',
      take: (value, { client_type: type }) => {
        if (textOf(value) === undefined) return { outcome: 'ignored', why: 'empty' }
        return type === 'public' ? { outcome: 'no-equivalent', why: 'a public client gets no tokens of its own' } : {}
      },
    },
    {
      setting: 'reuse_consent',
      outcome: 'mapped',
      field: 'consent_mode',
      why: 'Kept for 90 days, as OIDC_SKIP_CONSENT_EXPIRE has it unless it is set.',
      take: (_, whole) => ({ fields: consentOf(whole) }),
    },
    {
      setting: 'require_consent',
      outcome: 'mapped',
      field: 'consent_mode',
      take: (_, whole) => ({
        fields: consentOf(whole),
        ...(whole.client_type === 'public' && whole.require_consent === false
          ? {
              outcome: 'approximated' as const,
              why: 'A public client is asked there in spite of it: here once, unless an earlier consent counts.',
            }
          : {}),
      }),
    },
  ]
}

/** There, a public client is never trusted, whatever its switch says. */
export function consentOf(fields: JsonObject): JsonObject {
  const required = fields.require_consent !== false || fields.client_type === 'public'
  const mode = consentModeOfDjango({ requireConsent: required, reuseConsent: fields.reuse_consent !== false })
  return { consent_mode: mode, ...(mode === 'remember' ? { consent_ttl: CONSENT_SECONDS } : {}) }
}

function lines(field: string): NonNullable<SourceRow['take']> {
  return value => ({ fields: { [field]: (textOf(value) ?? '').split(/\r?\n/).filter(line => line !== '') } })
}

function responseTypesOf(value: unknown, whole: JsonObject, known: ReadonlyMap<string, string>): Taken {
  const all = listOf(value).map(keyOf)
  const names = all.flatMap(key => known.get(key) ?? [])
  const types = RESPONSE_TYPES.filter(type => names.some(name => sameWords(name, type)))
  const left = all.filter(key => !known.has(key))
  return {
    fields: { response_types: types, grant_types: grantTypesOf(types, whole) },
    ...(left.length === 0
      ? {}
      : {
          outcome: 'approximated' as const,
          why: `left out: ${left.map(named).join(', ')}; the fixture does not say what that is`,
        }),
  }
}

function grantTypesOf(types: readonly string[], { _scope: scope, client_type: type }: JsonObject): readonly string[] {
  const hasCode = types.some(name => name.split(' ').includes('code'))
  const hasTokens = types.some(name => name !== 'code')
  const actsForItself = type !== 'public' && textOf(scope) !== undefined
  return [
    ...(hasCode ? ['authorization_code', 'refresh_token'] : []),
    ...(hasTokens ? ['implicit'] : []),
    ...(actsForItself ? ['client_credentials'] : []),
  ]
}

function sameWords(one: string, other: string): boolean {
  return one.split(' ').toSorted().join(' ') === other.split(' ').toSorted().join(' ')
}

/** A primary key, or a natural one (a list): a user called `7` is not the one with the key 7. */
export function keyOf(value: unknown): string {
  return Array.isArray(value) ? naturalKey(value) : `${value ?? ''}`
}

export function naturalKey(parts: readonly unknown[]): string {
  return JSON.stringify(parts.map(String))
}

/** For people. */
function named(key: string): string {
  return key.replaceAll(/[[\]"]/g, '')
}
