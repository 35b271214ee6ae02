/** The settings of a client in a Keycloak realm (26), and what becomes of each. */

import type { JsonObject } from '../../clients/client.ts'
import type { ReportLine } from '../import-report.ts'
import type { SourceRow, Taken } from '../source-rows.ts'
import { isTrue, objectOf, ownValue, textOf } from '../values.ts'

const none = (setting: string, why: string): SourceRow => ({ setting, outcome: 'no-equivalent', why })
const ignored = (setting: string, why: string): SourceRow => ({ setting, outcome: 'ignored', why })
const EMPTY: Taken = { outcome: 'ignored', why: 'empty' }

/** What is no URL of the web is a path below rootUrl. */
export function resolved(uri: string, root: string | undefined): string {
  if (!uri.startsWith('/') || root === undefined) return uri
  return `${root.replace(/\/$/, '')}${uri}`
}

export const CLIENT_ROWS: readonly SourceRow[] = [
  { setting: 'clientId', outcome: 'mapped', field: 'client_id', take: () => ({}) },
  { setting: 'name', outcome: 'mapped', field: 'client_name', take: localized('client_name') },
  { setting: 'description', outcome: 'mapped', field: 'description', take: localized('description') },
  {
    setting: 'enabled',
    outcome: 'mapped',
    field: 'disabled',
    take: value => ({ fields: { disabled: !isTrue(value) } }),
  },
  {
    setting: 'secret',
    outcome: 'mapped',
    field: 'client_secret',
    why: 'It is kept sealed where it is a key, else only its hash.',
    take: secretOf,
  },
  {
    setting: 'clientAuthenticatorType',
    outcome: 'mapped',
    field: 'token_endpoint_auth_methods',
    why: 'A secret may come in the header or in the body, as there.',
    take: (value, whole) =>
      Object.hasOwn(METHODS, textOf(value) ?? '') || isTrue(whole.publicClient)
        ? { fields: { token_endpoint_auth_methods: methodsOf(whole) } }
        : {
            fields: { token_endpoint_auth_methods: methodsOf(whole) },
            outcome: 'approximated',
            why: `${textOf(value) ?? ''} is not known: private_key_jwt in its place, so that nothing weaker counts; give the app keys, or other methods`,
          },
  },
  {
    setting: 'publicClient',
    outcome: 'mapped',
    field: 'client_type',
    take: value => ({ fields: { client_type: isTrue(value) ? 'public' : 'confidential' } }),
  },
  {
    setting: 'redirectUris',
    outcome: 'mapped',
    field: 'redirect_uris',
    why: 'Exact ones, and paths below rootUrl. In the place of a wildcard stands baseUrl where it is inside, or what --redirect-uri says.',
    take: () => ({}),
  },
  {
    setting: 'baseUrl',
    outcome: 'mapped',
    field: 'client_uri',
    take: (value, whole) => {
      const uri = textOf(value)
      return uri === undefined ? EMPTY : { fields: { client_uri: resolved(uri, textOf(whole.rootUrl)) } }
    },
  },
  { setting: 'rootUrl', outcome: 'mapped', why: 'Paths are written out below it.' },
  {
    setting: 'consentRequired',
    outcome: 'mapped',
    field: 'consent_mode',
    why: 'Required: asked once per set of scopes, as there; else nobody is asked.',
    take: value => ({ fields: { consent_mode: isTrue(value) ? 'remember' : 'never' } }),
  },
  { setting: 'standardFlowEnabled', outcome: 'mapped', field: 'response_types', take: flows },
  { setting: 'implicitFlowEnabled', outcome: 'mapped', field: 'response_types', take: flows },
  { setting: 'serviceAccountsEnabled', outcome: 'mapped', field: 'grant_types', take: flows },
  none(
    'directAccessGrantsEnabled',
    'Apps never see passwords (RFC 9700 §2.4): they send people here, or use client_credentials.',
  ),
  {
    setting: 'webOrigins',
    outcome: 'approximated',
    why: 'The origins of the redirect URIs may read the endpoints that an app calls.',
  },
  {
    setting: 'defaultClientScopes',
    outcome: 'approximated',
    field: 'scope',
    why: 'It may ask for them; nothing is given that was not asked for.',
    take: () => ({}),
  },
  { setting: 'optionalClientScopes', outcome: 'mapped', field: 'scope', take: () => ({}) },
  { setting: 'protocolMappers', outcome: 'approximated', why: 'See each of them.' },
  { setting: 'attributes', outcome: 'mapped', why: 'See each of them.' },
  { setting: 'protocol', outcome: 'mapped', why: 'openid-connect' },
  none('bearerOnly', 'An API is one of `resources` in sallyport.yaml.'),
  none('adminUrl', 'Apps are not told about sign-outs: they learn of them when they next ask.'),
  {
    setting: 'fullScopeAllowed',
    outcome: 'approximated',
    why: 'Roles are groups here, and an app with the scope groups reads all of a person.',
    take: value =>
      isTrue(value)
        ? {}
        : { why: 'It read only some roles there: here none, unless it has the scope groups, which reads all of them.' },
  },
  none('frontchannelLogout', 'Apps are not told about sign-outs: they learn of them when they next ask.'),
  none(
    'authorizationServicesEnabled',
    'Who may do what in an app is the app’s own decision; groups and policies reach it.',
  ),
  none('authorizationSettings', 'Who may do what in an app is the app’s own decision; groups and policies reach it.'),
  none('authenticationFlowBindingOverrides', 'authorization_policy says what people have to prove.'),
  none('notBefore', 'Everybody signs in anew.'),
  none('alwaysDisplayInConsole', 'The front page shows apps that say where a sign-in starts (initiate_login_uri).'),
  ...[
    'id',
    'surrogateAuthRequired',
    'nodeReRegistrationTimeout',
    'registeredNodes',
    'access',
    'origin',
    'defaultRoles',
    'type',
  ].map(name => ignored(name, 'Keycloak’s own.')),
]

function localized(field: string): NonNullable<SourceRow['take']> {
  return value => {
    const said = textOf(value)
    if (said === undefined) return EMPTY
    return said.startsWith('${')
      ? { outcome: 'no-equivalent', why: 'stands for a text of a theme' }
      : { fields: { [field]: said } }
  }
}

/** Keycloak keeps a secret also where the app proves itself in another way. */
function secretOf(value: unknown, client: JsonObject): Taken {
  const secret = textOf(value)
  if (secret === undefined || isTrue(client.publicClient))
    return { outcome: 'ignored', why: 'a public client has none' }
  if (!methodsOf(client).some(method => method.startsWith('client_secret'))) {
    return { outcome: 'ignored', why: 'the app does not prove itself with it' }
  }
  if (/^\*+$/.test(secret)) return { outcome: 'no-equivalent', why: 'is hidden in this export: a new secret is made' }
  if (secret.startsWith('${vault.'))
    return { outcome: 'no-equivalent', why: 'is in the vault there: a new secret is made' }
  return { fields: { client_secret: secret } }
}

const METHODS: Readonly<Record<string, readonly string[]>> = {
  'client-secret': ['client_secret_basic', 'client_secret_post'],
  'client-secret-jwt': ['client_secret_jwt'],
  'client-jwt': ['private_key_jwt'],
  'client-x509': ['tls_client_auth'],
}

export function methodsOf(client: JsonObject): readonly string[] {
  if (isTrue(client.publicClient)) return ['none']
  const named = textOf(client.clientAuthenticatorType) ?? 'client-secret'
  return ownValue(METHODS, named) ?? ['private_key_jwt']
}

/** All flows together: each of them says the whole. */
function flows(_: unknown, client: JsonObject): Taken {
  return { fields: flowsOf(client) }
}

export function flowsOf(client: JsonObject): JsonObject {
  const attributes = objectOf(client.attributes)
  const isCode = client.standardFlowEnabled === undefined || isTrue(client.standardFlowEnabled)
  const isImplicit = isTrue(client.implicitFlowEnabled)
  const isDevice = isTrue(attributes['oauth2.device.authorization.grant.enabled'])
  const isCiba = isTrue(attributes['oidc.ciba.grant.enabled'])
  const refreshes = (isCode || isDevice || isCiba) && attributes['use.refresh.tokens'] !== 'false'
  const hybrid = isCode && isImplicit ? ['code id_token', 'code token', 'code id_token token'] : []
  return {
    response_types: [...(isCode ? ['code'] : []), ...(isImplicit ? ['id_token', 'id_token token'] : []), ...hybrid],
    grant_types: [
      ...(isCode ? ['authorization_code'] : []),
      ...(refreshes ? ['refresh_token'] : []),
      ...(isImplicit ? ['implicit'] : []),
      ...(isTrue(client.serviceAccountsEnabled) && !isTrue(client.publicClient) ? ['client_credentials'] : []),
      ...(isDevice ? [DEVICE] : []),
      ...(isCiba ? [CIBA] : []),
    ],
  }
}

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'
const CIBA = 'urn:openid:params:grant-type:ciba'

/** Clients that every realm has for itself. */
export const BUILT_IN_CLIENTS: readonly string[] = [
  'account',
  'account-console',
  'admin-cli',
  'broker',
  'realm-management',
  'master-realm',
  'security-admin-console',
]

export function builtInLine(path: string): ReportLine {
  return { path, outcome: 'ignored', why: 'a client that every realm has for itself' }
}
