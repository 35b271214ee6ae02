/** The clients of a realm, with their scopes and mappers. */

import type { JsonObject } from '../../clients/client.ts'
import type { WrittenThing } from '../../declarations/plan.ts'
import { type Imported, type ImportMistake, NOTHING, type ReportLine, together } from '../import-report.ts'
import { OFFLINE, PUBLIC_PKCE } from '../public-client.ts'
import { readSettings } from '../source-rows.ts'
import { isTrue, objectOf, objectsOf, ownValue, textOf, textsOf, without } from '../values.ts'
import { CLIENT_ATTRIBUTE_ROWS, postLogoutUris, samlRows } from './client-attribute-rows.ts'
import { BUILT_IN_CLIENTS, builtInLine, CLIENT_ROWS, flowsOf, methodsOf, resolved } from './client-rows.ts'
import { readMappers } from './protocol-mappers.ts'

/** client_id → exact URIs, from whoever imports. */
export type GivenRedirectUris = ReadonlyMap<string, readonly string[]>

/** `scopes`: those of the realm that an attribute is read with. */
export function importClients(realm: JsonObject, given: GivenRedirectUris, scopes: readonly string[]): Imported {
  return together(
    objectsOf(realm.clients).map((client, index) =>
      importClient(client, `clients[${index}]`, { realm, given, own: scopes }),
    ),
  )
}

interface ClientContext {
  readonly realm: JsonObject
  readonly given: GivenRedirectUris
  readonly own: readonly string[]
}

function importClient(client: JsonObject, path: string, { realm, given, own }: ClientContext): Imported {
  const key = textOf(client.clientId)
  if (key === undefined) return { ...NOTHING, mistakes: [{ path, message: 'has no clientId' }] }
  if (BUILT_IN_CLIENTS.includes(key)) return { ...NOTHING, report: [builtInLine(`${path} ${key}`)] }
  const other = otherKind(client)
  if (other !== undefined)
    return { ...NOTHING, report: [{ path: `${path} ${key}`, outcome: 'no-equivalent', why: other }] }
  const target = { resource: 'clients', key }
  const attributes = objectOf(client.attributes)
  const read = readSettings(client, CLIENT_ROWS, path, target)
  const more = readSettings(
    attributes,
    [...CLIENT_ATTRIBUTE_ROWS, ...samlRows(attributes)],
    `${path}.attributes`,
    target,
  )
  const mappers = readMappers(objectsOf(client.protocolMappers), [], `${path}.protocolMappers`)
  const asked = scopesOf(withStandardScopes(client, realm), key, path, own)
  const uris = redirectUrisOf(client, key, `${path}.redirectUris`, given)
  const document = {
    client_name: key,
    client_type: isTrue(client.publicClient) ? 'public' : 'confidential',
    token_endpoint_auth_methods: methodsOf(client),
    ...(isTrue(client.publicClient) ? {} : { require_pkce: false }),
    consent_mode: 'never',
    access_token_format: 'jwt',
    ...flowsOf(client),
    ...(Number(realm.accessTokenLifespan) > 0 ? { access_token_lifetime: Number(realm.accessTokenLifespan) } : {}),
    ...pairwiseOf(client),
    ...asked.fields,
    ...read.fields,
    ...more.fields,
    redirect_uris: uris.uris,
    post_logout_redirect_uris: postLogoutUris(attributes, uris.uris, textOf(client.rootUrl)),
  }
  return {
    things: [...mappers.things, { resource: 'clients', key, document: withoutSecretOfPublic(document), source: path }],
    report: [
      ...read.report,
      ...more.report,
      ...mappers.report,
      ...uris.report,
      ...pkceOf(client, path, key),
      ...offlineOf(client, path, key),
      ...asked.report,
    ],
    mistakes: [...read.mistakes, ...more.mistakes, ...uris.mistakes],
  }
}

function pkceOf(client: JsonObject, path: string, key: string): readonly ReportLine[] {
  if (!isTrue(client.publicClient) || textOf(objectOf(client.attributes)['pkce.code.challenge.method']) !== undefined)
    return []
  const target = { resource: 'clients', key, field: 'require_pkce' }
  return [{ path: `${path} (not set)`, outcome: 'approximated', target, why: PUBLIC_PKCE }]
}

function offlineOf(client: JsonObject, path: string, key: string): readonly ReportLine[] {
  if (!textsOf(flowsOf(client).grant_types).includes('refresh_token')) return []
  const target = { resource: 'clients', key, field: 'grant_types' }
  return [{ path: `${path} (not set)`, outcome: 'approximated', target, why: OFFLINE }]
}

/** Apps that knew people by another sub each go on doing so, if not by the same one. */
function pairwiseOf(client: JsonObject): JsonObject {
  const mapper = objectsOf(client.protocolMappers).find(
    ({ protocolMapper: kind }) => kind === 'oidc-sha256-pairwise-sub-mapper',
  )
  if (mapper === undefined) return {}
  const uri = textOf(objectOf(mapper.config).sectorIdentifierUri)
  return { subject_type: 'pairwise', ...(uri === undefined ? {} : { sector_identifier_uri: uri }) }
}

function otherKind(client: JsonObject): string | undefined {
  if (client.protocol !== undefined && client.protocol !== 'openid-connect')
    return `${textOf(client.protocol)} is another protocol`
  return isTrue(client.bearerOnly) ? 'an API: one of `resources` in sallyport.yaml' : undefined
}

function withoutSecretOfPublic(document: JsonObject): JsonObject {
  if (document.client_type !== 'public') return document
  return Object.fromEntries(Object.entries(document).filter(([name]) => name !== 'client_secret'))
}

/** Scopes of Keycloak that are no scopes of OpenID Connect are left out; `groups` is read where roles and groups are. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  profile: ['profile'],
  email: ['email'],
  address: ['address'],
  phone: ['phone'],
  offline_access: ['offline_access'],
  groups: ['groups'],
  roles: ['groups'],
  'microprofile-jwt': ['groups'],
}

const ROLE_SCOPES: readonly string[] = ['roles', 'microprofile-jwt']

/** What every realm has for its own tokens. */
const OWN_SCOPES: readonly string[] = ['web-origins', 'acr', 'basic', 'service_account', 'organization', 'openid']

function scopesOf(
  client: JsonObject,
  key: string,
  path: string,
  own: readonly string[],
): { readonly fields: JsonObject; readonly report: readonly ReportLine[] } {
  const named = [...textsOf(client.defaultClientScopes), ...textsOf(client.optionalClientScopes)]
  const standard = (name: string) =>
    client.fullScopeAllowed === false && ROLE_SCOPES.includes(name) ? [] : (ownValue(SCOPES, name) ?? [])
  const scopes = named.flatMap(name => (own.includes(name) ? [name] : standard(name)))
  const left = named.filter(name => !own.includes(name) && !Object.hasOwn(SCOPES, name) && !OWN_SCOPES.includes(name))
  return {
    fields: { scope: [...new Set(['openid', ...scopes])].join(' ') },
    report: left.map(name => ({
      path: `${path} scope ${name}`,
      outcome: 'no-equivalent',
      why: `left out of ${key}: no attribute is read with it; of an API it is one of its \`resources\` in sallyport.yaml`,
    })),
  }
}

/** What a realm gives to a client that names no scopes. */
function withStandardScopes(client: JsonObject, realm: JsonObject): JsonObject {
  const { defaultDefaultClientScopes, defaultOptionalClientScopes } = realm
  return without({
    ...client,
    defaultClientScopes: client.defaultClientScopes ?? defaultDefaultClientScopes,
    optionalClientScopes: client.optionalClientScopes ?? defaultOptionalClientScopes,
  })
}

interface ReadUris {
  readonly uris: readonly string[]
  readonly report: readonly ReportLine[]
  readonly mistakes: readonly ImportMistake[]
}

/** A redirect URI is exact here: a wildcard would send codes to whatever page somebody finds below it (RFC 9700 §4.1). */
function redirectUrisOf(client: JsonObject, key: string, path: string, given: GivenRedirectUris): ReadUris {
  const root = textOf(client.rootUrl)
  const all = textsOf(client.redirectUris).map(uri => resolved(uri, root))
  const exact = all.filter(uri => !uri.includes('*'))
  const wild = all.filter(uri => uri.includes('*'))
  const named = given.get(key) ?? []
  const home = resolved(textOf(client.baseUrl) ?? '', root)
  const report: ReportLine[] = []
  const found: string[] = []
  wild.forEach(uri => {
    const at = { path: `${path} ${uri}`, target: { resource: 'clients', key, field: 'redirect_uris' } }
    const inside = named.length === 0 && covers(uri, home) ? home : undefined
    if (inside !== undefined) found.push(inside)
    report.push(
      named.length > 0
        ? { ...at, outcome: 'approximated', why: `${named.join(', ')} in the place of the wildcard` }
        : inside === undefined
          ? {
              path: at.path,
              outcome: 'no-equivalent',
              why: `redirect URIs are exact: --redirect-uri ${key}=URI names one`,
            }
          : {
              ...at,
              outcome: 'approximated',
              why: `${inside} (baseUrl) in the place of the wildcard: make sure that the app returns there`,
            },
    )
  })
  const uris = [...new Set([...exact, ...named, ...found])]
  const isLost = uris.length === 0 && wild.length > 0
  const message = `has only wildcards: name exact ones with --redirect-uri ${key}=URI, or leave the client out with --without clients/${key}`
  return { uris, report, mistakes: isLost ? [{ path, message, thing: { resource: 'clients', key } }] : [] }
}

/** Only `https://host/path/*`, which is what a wildcard may be where it may be one. */
function covers(wildcard: string, uri: string): boolean {
  const prefix = wildcard.slice(0, -1)
  return /^https:\/\/[^*/]+\/[^*]*\*$/.test(wildcard) && uri.startsWith(prefix) && URL.canParse(uri)
}

export function groupThing(name: string, source: string, description?: string): WrittenThing {
  return { resource: 'groups', key: name, source, document: description === undefined ? {} : { description } }
}
