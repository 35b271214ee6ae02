/** A fixture of django-oidc-provider (`manage.py dumpdata oidc_provider auth`), as things of ours. */

import { createHash } from 'node:crypto'
import type { JsonObject } from '../../clients/client.ts'
import { keyThing, readPrivateKey } from '../foreign-key.ts'
import { type Imported, type ImportOutcome, inOrder, NOTHING, together } from '../import-report.ts'
import { looksLike } from '../looks-like.ts'
import { OFFLINE, PUBLIC_PKCE } from '../public-client.ts'
import { readSettings } from '../source-rows.ts'
import { isObject, objectOf, ownValue, textOf, textsOf } from '../values.ts'
import { clientRows, consentOf, type DjangoContext, keyOf, naturalKey, STANDARD_SCOPE } from './client-rows.ts'
import { importUser, type Row, usernameOf } from './import-user.ts'
import { CONSENT_ROWS } from './user-rows.ts'

/** What each kind of row is, besides those that become things. */
export const OTHER_MODELS: Readonly<Record<string, readonly [outcome: ImportOutcome, why: string]>> = {
  'oidc_provider.code': ['ignored', 'Codes count for minutes.'],
  'oidc_provider.token': [
    'no-equivalent',
    'Tokens are not taken over: apps sign people in again, without a question where a consent counts.',
  ],
  'oidc_provider.responsetype': ['mapped', 'response_types of the clients that name it.'],
  'auth.group': ['mapped', 'A group.'],
  'auth.permission': ['no-equivalent', 'Permissions of Django.'],
  'contenttypes.contenttype': ['ignored', 'Django’s own.'],
  'sessions.session': ['ignored', 'Everybody signs in anew.'],
  'admin.logentry': ['ignored', 'Django’s own.'],
}

/** `subField`: of a user, where OIDC_IDTOKEN_SUB_GENERATOR is set to something else than the id. */
export function readDjango(fixture: unknown, { subField }: { readonly subField?: string | undefined } = {}): Imported {
  if (!Array.isArray(fixture) || !fixture.some(row => rowOf(row) !== undefined)) {
    return {
      ...NOTHING,
      mistakes: [
        {
          path: '',
          message: `is no list of rows, as manage.py dumpdata oidc_provider auth prints it${looksLike(fixture)}`,
        },
      ],
    }
  }
  const rows = fixture.map(rowOf)
  const context = contextOf(rows.filter(row => row !== undefined))
  return inOrder(
    together(
      rows.map((row, index) =>
        row === undefined
          ? { ...NOTHING, mistakes: [{ path: `[${index}]`, message: 'is no row with model, pk and fields' }] }
          : importRow(row, context, subField),
      ),
    ),
  )
}

function rowOf(value: unknown): Row | undefined {
  const { model, pk, fields } = objectOf(value)
  if (typeof model !== 'string' || !isObject(fields)) return undefined
  const key = textOf(pk)
  const name = key ?? textOf(fields.client_id) ?? usernameOf(fields) ?? textOf(fields.name) ?? ''
  return {
    model: model.toLowerCase(),
    ...(key === undefined ? {} : { pk: key }),
    fields,
    path: `${model.toLowerCase()} ${name}`,
  }
}

function contextOf(rows: readonly Row[]): DjangoContext {
  const named = (isOne: (row: Row) => boolean, nameOf: (fields: JsonObject) => string | undefined) =>
    new Map(
      rows.filter(isOne).flatMap(({ pk, fields }) => {
        const name = nameOf(fields)
        if (name === undefined) return []
        return [...(pk === undefined ? [] : [[pk, name] as const]), [naturalKey([name]), name] as const]
      }),
    )
  const member = (field: string) => (fields: JsonObject) => textOf(fields[field])
  const standard = ['code', 'id_token', 'id_token token', 'code token', 'code id_token', 'code id_token token']
  const written = named(({ model }) => model === 'oidc_provider.responsetype', member('value'))
  return {
    users: named(isUser, usernameOf),
    clients: named(({ model }) => model === 'oidc_provider.client', member('client_id')),
    groups: named(({ model }) => model === 'auth.group', member('name')),
    // The data migration of django-oidc-provider makes the six rows in this order, from 1 on.
    responseTypes: new Map([
      ...standard.map((name, index) => [`${index + 1}`, name] as const),
      ...standard.flatMap(name => [[name, name] as const, [naturalKey([name]), name] as const]),
      ...written,
    ]),
  }
}

/** `auth.user`, or the user model of the project. */
function isUser({ model, fields }: Row): boolean {
  return model === 'auth.user' || (model.endsWith('user') && usernameOf(fields) !== undefined && 'password' in fields)
}

function importRow(row: Row, context: DjangoContext, subField: string | undefined): Imported {
  if (row.model === 'oidc_provider.client') return importClient(row, context)
  if (row.model === 'oidc_provider.userconsent') return importConsent(row, context)
  if (row.model === 'oidc_provider.rsakey') return importKey(row)
  if (isUser(row)) return importUser(row, context, subField)
  const [outcome, why] = ownValue(OTHER_MODELS, row.model) ?? ['no-equivalent', 'is not known: nothing was made of it']
  const name = textOf(row.fields.name)
  const isGroup = row.model === 'auth.group' && name !== undefined
  return {
    ...NOTHING,
    things: isGroup ? [{ resource: 'groups', key: name, document: {}, source: row.path }] : [],
    report: [{ path: row.path, outcome, why, ...(isGroup ? { target: { resource: 'groups', key: name } } : {}) }],
  }
}

function importClient({ fields, path }: Row, context: DjangoContext): Imported {
  const key = textOf(fields.client_id)
  if (key === undefined) return { ...NOTHING, mistakes: [{ path, message: 'has no client_id' }] }
  const read = readSettings(fields, clientRows(context), path, { resource: 'clients', key })
  const isPublic = fields.client_type === 'public'
  const document: JsonObject = {
    client_name: key,
    client_type: isPublic ? 'public' : 'confidential',
    token_endpoint_auth_methods: isPublic ? ['none'] : ['client_secret_basic', 'client_secret_post'],
    // Never required there, not even of public clients.
    ...(isPublic ? {} : { require_pkce: false }),
    allow_plain_pkce: true,
    scope: STANDARD_SCOPE,
    ...consentOf(fields),
    ...read.fields,
  }
  const notSet = (field: string, why: string) => ({
    path: `${path} (not set)`,
    outcome: 'approximated' as const,
    target: { resource: 'clients', key, field },
    why,
  })
  const differing = [
    ...(isPublic ? [notSet('require_pkce', PUBLIC_PKCE)] : []),
    ...(textsOf(document.grant_types).includes('refresh_token') ? [notSet('grant_types', OFFLINE)] : []),
  ]
  return {
    ...read,
    report: [...read.report, ...differing],
    things: [{ resource: 'clients', key, document, source: path }],
  }
}

function importConsent({ fields, path }: Row, { users, clients }: DjangoContext): Imported {
  const account = users.get(keyOf(fields.user))
  const client = clients.get(keyOf(fields.client))
  if (account === undefined || client === undefined) {
    const why = 'its user or its client is not in the fixture'
    return { ...NOTHING, report: [{ path, outcome: 'no-equivalent', why }] }
  }
  const key = `${account}/${client}`
  const scopes = (textOf(fields._scope) ?? '').split(' ').filter(scope => scope !== '')
  const { report } = readSettings(fields, CONSENT_ROWS, path, { resource: 'consents', key })
  const document = {
    account,
    client,
    scopes,
    ...time('granted_at', fields.date_given),
    ...time('expires_at', fields.expires_at),
  }
  return { ...NOTHING, things: [{ resource: 'consents', key, document, source: path }], report }
}

/** Django writes times without a zone where USE_TZ is off: they are read as UTC. */
function time(name: string, value: unknown): JsonObject {
  const text = textOf(value) ?? ''
  const at = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)
  return Number.isNaN(at) ? {} : { [name]: new Date(at).toISOString() }
}

function importKey({ fields, path }: Row): Imported {
  const text = textOf(fields.key) ?? ''
  const key = readPrivateKey(text)
  if (key === undefined) {
    return { ...NOTHING, report: [{ path, outcome: 'no-equivalent', why: 'is no private key (PEM) that can be read' }] }
  }
  // RSAKey.kid of django-oidc-provider.
  const kid = createHash('md5').update(text).digest('hex')
  return {
    ...NOTHING,
    things: [keyThing({ kid, alg: 'RS256', pem: key.pem, source: path })],
    report: [
      {
        path,
        outcome: 'mapped',
        target: { resource: 'keys', key: kid },
        why: 'It verifies the ID tokens that it signed; our own keys sign from now on.',
      },
    ],
  }
}
