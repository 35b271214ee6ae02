/** A realm of Keycloak (26), as `kc.sh export --users same_file` or the partial export of the console writes it, as things of ours. */

import type { JsonObject } from '../../clients/client.ts'
import { type Imported, inOrder, NOTHING, type ReportLine, together } from '../import-report.ts'
import { looksLike } from '../looks-like.ts'
import { readSettings } from '../source-rows.ts'
import { isObject, objectsOf, textOf, textsOf } from '../values.ts'
import { importGroups } from './groups.ts'
import { readMappers } from './protocol-mappers.ts'
import { type GivenRedirectUris, importClients } from './read-clients.ts'
import { type GivenSecrets, importUpstreams } from './read-upstreams.ts'
import { importUsers } from './read-users.ts'
import { importKeys } from './realm-keys.ts'
import { REALM_ROWS } from './realm-rows.ts'

/** What the export hides, or cannot say, from whoever imports. */
export interface KeycloakAnswers {
  readonly redirectUris: GivenRedirectUris
  readonly upstreamSecrets: GivenSecrets
}

export function readKeycloak(realm: unknown, { redirectUris, upstreamSecrets }: KeycloakAnswers): Imported {
  if (
    !isObject(realm) ||
    (realm.realm === undefined && realm.clients === undefined && realm.identityProviders === undefined)
  ) {
    return {
      ...NOTHING,
      mistakes: [
        {
          path: '',
          message: `is no export of a realm, as kc.sh export --realm NAME --users same_file --file FILE writes it${looksLike(realm)}`,
        },
      ],
    }
  }
  const scopes = importScopes(realm)
  const own = scopes.things.flatMap(({ document }) => textsOf(document.scopes))
  return inOrder(
    together([
      { ...NOTHING, report: readSettings(realm, REALM_ROWS, '').report },
      importGroups(realm),
      scopes,
      importKeys(realm),
      importUpstreams(realm, upstreamSecrets),
      importClients(realm, redirectUris, own),
      importUsers(realm),
    ]),
  )
}

const STANDARD_SCOPES: readonly string[] = [
  'openid',
  'basic',
  'profile',
  'email',
  'address',
  'phone',
  'offline_access',
  'roles',
  'groups',
  'web-origins',
  'microprofile-jwt',
  'acr',
  'service_account',
  'organization',
]

function importScopes(realm: JsonObject): Imported {
  return together(
    objectsOf(realm.clientScopes).map((scope, index) => {
      const name = textOf(scope.name) ?? ''
      const path = `clientScopes[${index}]`
      const mappers = readMappers(objectsOf(scope.protocolMappers), [name], `${path}.protocolMappers`)
      return {
        ...NOTHING,
        things: mappers.things,
        report: [scopeLine(scope, name, `${path} ${name}`, mappers.things.length), ...mappers.report],
      }
    }),
  )
}

function scopeLine(scope: JsonObject, name: string, path: string, attributes: number): ReportLine {
  if (scope.protocol !== undefined && scope.protocol !== 'openid-connect') {
    return { path, outcome: 'no-equivalent', why: `${textOf(scope.protocol)} is another protocol` }
  }
  if (STANDARD_SCOPES.includes(name)) return { path, outcome: 'ignored', why: 'a scope that every realm has' }
  return attributes === 0
    ? {
        path,
        outcome: 'no-equivalent',
        why: 'no attribute is read with it, and a scope without one is nothing here; of an API it is one of its `resources` in sallyport.yaml',
      }
    : { path, outcome: 'approximated', why: 'a scope of attributes: what else it stands for is in the lines below' }
}
