/** The identity providers of a realm, with their mappers, as upstreams. */

import type { JsonObject } from '../../clients/client.ts'
import { PRESETS } from '../../upstreams/settings/presets.ts'
import { type Imported, NOTHING, together } from '../import-report.ts'
import { readSettings } from '../source-rows.ts'
import { objectOf, objectsOf, textOf } from '../values.ts'
import { aliasHere } from './alias-here.ts'
import { firstLoginOf } from './first-login.ts'
import { groupThing } from './read-clients.ts'
import { readMappings } from './upstream-mappers.ts'
import { CONFIG_ROWS, PROVIDER_ROWS } from './upstream-rows.ts'

/** alias → secret, from whoever imports: exports hide them. */
export type GivenSecrets = ReadonlyMap<string, string>

const KINDS: Readonly<Record<string, string>> = { oidc: 'oidc', 'keycloak-oidc': 'oidc', oauth2: 'oauth2' }

export function importUpstreams(realm: JsonObject, given: GivenSecrets): Imported {
  const mappers = objectsOf(realm.identityProviderMappers).map((mapper, index) => [index, mapper] as const)
  return together(
    objectsOf(realm.identityProviders).map((provider, index) =>
      importUpstream(provider, realm, mappers, `identityProviders[${index}]`, given),
    ),
  )
}

/** Social providers that there is a preset for. */
function startOf(providerId: string): JsonObject | undefined {
  const kind = Object.hasOwn(KINDS, providerId) ? KINDS[providerId] : undefined
  if (kind !== undefined) return { kind }
  const preset = PRESETS.find(({ name, needsDiscovery }) => name === providerId && needsDiscovery === undefined)
  return preset && { ...preset.settings, preset: preset.name }
}

function importUpstream(
  provider: JsonObject,
  realm: JsonObject,
  mappers: readonly (readonly [number, JsonObject])[],
  path: string,
  given: GivenSecrets,
): Imported {
  const theirs = textOf(provider.alias) ?? ''
  const alias = aliasHere(theirs)
  const providerId = textOf(provider.providerId) ?? 'oidc'
  const start = startOf(providerId)
  if (start === undefined) {
    const why = `${providerId}: another protocol, or no preset; an upstream of the kind oidc or oauth2 with its endpoints and mappings may do`
    return { ...NOTHING, report: [{ path: `${path} ${alias}`, outcome: 'no-equivalent', why }] }
  }
  const target = { resource: 'upstreams', key: alias }
  const config = objectOf(provider.config)
  const outer = readSettings(provider, PROVIDER_ROWS, path, target)
  const inner = readSettings(config, CONFIG_ROWS, `${path}.config`, target)
  const flow = firstLoginOf(
    realm,
    textOf(provider.firstBrokerLoginFlowAlias) ?? textOf(realm.firstBrokerLoginFlow) ?? 'first broker login',
    `${path}.firstBrokerLoginFlowAlias`,
  )
  const own = mappers.filter(([, { identityProviderAlias }]) => identityProviderAlias === theirs)
  const read = readMappings(own, alias)
  const secret = given.get(theirs) ?? given.get(alias)
  const mappings = [...read.mappings, ...claimMappings(config, providerId), ...objectsOf(start.mappings)]
  const document: JsonObject = {
    ...start,
    ...standardsOf(config, providerId),
    ...flow.fields,
    ...outer.fields,
    ...inner.fields,
    ...(mappings.length === 0 ? {} : { mappings }),
    ...(secret === undefined ? {} : { client_secret: secret }),
  }
  const needsSecret =
    `${document.client_auth_method}`.startsWith('client_secret') && document.client_secret === undefined
  const message = `has no client secret in this export: give it with --upstream-secret ${alias}=SECRET, or leave it out with --without upstreams/${alias}`
  return {
    things: [
      ...read.groups.map(name => groupThing(name, path)),
      { resource: 'upstreams', key: alias, document, source: path },
    ],
    report: [...outer.report, ...inner.report, ...flow.report, ...read.report],
    mistakes: needsSecret ? [{ path: `${path}.config.clientSecret`, message, thing: target }] : [],
  }
}

/** What counts there when nothing is said, and would be something else here. Signatures are verified here whatever was said by silence. */
function standardsOf(config: JsonObject, providerId: string): JsonObject {
  const isSocial = !Object.hasOwn(KINDS, providerId)
  return {
    ...(isSocial
      ? {}
      : {
          client_auth_method: 'client_secret_post',
          pkce_method: 'off',
          ...(providerId === 'oauth2' ? {} : { clock_skew: 0 }),
          ...(providerId === 'oauth2' ? {} : { scopes: 'openid' }),
        }),
    ...(isSocial || textOf(config.issuer) !== undefined || providerId === 'oauth2' ? {} : { validate_issuer: false }),
    ...(isSocial || config.logoutUrl !== undefined ? {} : { logout_mode: 'none' }),
  }
}

const CLAIMS: Readonly<Record<string, string>> = {
  userIDClaim: 'ssoid',
  userNameClaim: 'login',
  emailClaim: 'email',
  fullNameClaim: 'name',
  givenNameClaim: 'given_name',
  familyNameClaim: 'family_name',
}

function claimMappings(config: JsonObject, providerId: string): readonly JsonObject[] {
  if (providerId !== 'oauth2') return []
  return Object.entries(CLAIMS).flatMap(([setting, attribute]) => {
    const claim = textOf(config[setting])
    return claim === undefined ? [] : [{ kind: 'attribute', attribute, claim }]
  })
}
