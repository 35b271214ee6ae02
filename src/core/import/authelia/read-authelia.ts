/** Authelia's configuration (`identity_providers.oidc`), its users file and its identifiers, as things of ours. */

import type { JsonObject } from '../../clients/client.ts'
import { type Imported, inOrder, NOTHING, together } from '../import-report.ts'
import { looksLike } from '../looks-like.ts'
import { PUBLIC_PKCE } from '../public-client.ts'
import { readSettings } from '../source-rows.ts'
import { isObject, isTrue, objectOf, textOf, textsOf } from '../values.ts'
import { type AutheliaContext, autheliaContext } from './authelia-context.ts'
import { importClaims } from './claims.ts'
import {
  grantTypesOf,
  responseModesOf,
  SECOND_FACTORS,
  STANDARD_SCOPES,
  standardConsent,
} from './client-access-rows.ts'
import { methodsOf } from './client-proof-rows.ts'
import { clientRows, demandsPkce, hadNoPkce } from './client-rows.ts'
import { importLifespans } from './lifespans.ts'
import { groupsOfPolicies, importPolicies } from './policies.ts'
import { importProviderKeys } from './provider-keys.ts'
import { CORS_ROWS, FILE_ROWS, providerRows } from './provider-rows.ts'
import { group, importUsers } from './users.ts'

export interface AutheliaSources {
  readonly configuration: JsonObject
  readonly users?: JsonObject | undefined
  readonly identifiers?: JsonObject | undefined
}

const PATH = 'identity_providers.oidc'

export function readAuthelia({ configuration, users, identifiers }: AutheliaSources): Imported {
  const oidc = objectOf(configuration.identity_providers).oidc
  if (!isObject(oidc)) {
    return {
      ...NOTHING,
      mistakes: [
        {
          path: PATH,
          message: `is not there: this is no configuration of an Authelia that is a provider${looksLike(configuration)}`,
        },
      ],
    }
  }
  const context = autheliaContext(configuration)
  const policies = importPolicies(objectOf(oidc.authorization_policies), context, `${PATH}.authorization_policies`)
  const claims = importClaims(context, PATH)
  const clients = Array.isArray(oidc.clients) ? oidc.clients : []
  return inOrder(
    together([
      { ...NOTHING, report: readSettings(configuration, FILE_ROWS, '').report },
      { ...NOTHING, report: readSettings(oidc, providerRows(), PATH).report },
      { ...NOTHING, report: readSettings(objectOf(oidc.cors), CORS_ROWS, `${PATH}.cors`).report },
      importLifespans(objectOf(oidc.lifespans), `${PATH}.lifespans`),
      { ...NOTHING, things: groupsOfPolicies(policies.things).map(group) },
      claims,
      policies,
      importProviderKeys(oidc, PATH),
      ...clients.map((client, index) => importClient(client, context, `clients[${index}]`)),
      ...(users === undefined ? [WITHOUT_USERS] : [importUsers(users, identifiers)]),
    ]),
  )
}

const WITHOUT_USERS: Imported = {
  ...NOTHING,
  report: [
    {
      path: 'authentication_backend',
      outcome: 'no-equivalent',
      why: 'People come along with --users FILE, the users file; and their subs with --identifiers FILE, which `authelia storage user identifiers export` prints.',
    },
  ],
}

function importClient(client: unknown, context: AutheliaContext, path: string): Imported {
  if (!isObject(client)) return { ...NOTHING, mistakes: [{ path, message: 'is no client' }] }
  const key = textOf(client.client_id) ?? textOf(client.id)
  if (key === undefined) return { ...NOTHING, mistakes: [{ path, message: 'has no client_id' }] }
  const target = { resource: 'clients', key }
  const { fields, report, mistakes } = readSettings(client, clientRows(context), path, target)
  const standards = standardsOf(client, context)
  const added = Object.keys(standards).filter(name => !Object.hasOwn(fields, name))
  const document = checked({ ...standards, ...fields })
  return {
    things: [{ resource: 'clients', key, document, source: path }],
    report: [
      ...report,
      ...added.map(field => ({
        path: `${path} (not set)`,
        outcome: field === 'authorization_policy' ? ('approximated' as const) : ('mapped' as const),
        target: { ...target, field },
        why: `what counts there when nothing is said: ${JSON.stringify(standards[field])}${
          field === 'authorization_policy' ? `. ${SECOND_FACTORS}` : ''
        }`,
      })),
      ...(hadNoPkce(client, context)
        ? [
            {
              path: `${path} (not set)`,
              outcome: 'approximated' as const,
              target: { ...target, field: 'require_pkce' },
              why: PUBLIC_PKCE,
            },
          ]
        : []),
    ],
    mistakes,
  }
}

/** What counts at Authelia where a client says nothing, and would be something else here. */
function standardsOf(client: JsonObject, context: AutheliaContext): JsonObject {
  const isPublic = isTrue(client.public)
  const grantTypes = client.grant_types === undefined ? grantTypesOf(client) : textsOf(client.grant_types)
  const { refresh_token_lifetime: refresh, ...lifetimes } = context.lifetimes
  return {
    client_name: textOf(client.client_id) ?? textOf(client.id),
    client_type: isPublic ? 'public' : 'confidential',
    scope: [...STANDARD_SCOPES.filter(scope => ['openid', 'groups', 'profile', 'email'].includes(scope))].join(' '),
    grant_types: grantTypes,
    response_types: ['code'],
    ...responseModesOf(client),
    resources: [],
    token_endpoint_auth_methods: methodsOf(client),
    authorization_policy: 'two_factor',
    ...lifetimes,
    ...(grantTypes.includes('refresh_token') ? { refresh_token_lifetime: refresh } : {}),
    require_pkce: demandsPkce(client, context),
    ...(context.allowsPlainPkce ? { allow_plain_pkce: true } : {}),
    ...(context.requiresPushed ? { require_pushed_authorization_requests: true } : {}),
    ...standardConsent(client),
  }
}

/** A public client has no secret, whatever the file says. */
function checked(document: JsonObject): JsonObject {
  if (document.client_type !== 'public') return document
  return Object.fromEntries(
    Object.entries({ ...document, token_endpoint_auth_methods: ['none'] }).filter(
      ([name]) => name !== 'client_secret' && name !== 'client_secret_hash',
    ),
  )
}
