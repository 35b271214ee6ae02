/** Mappers of identity providers, as mappings of an upstream. */

import type { JsonObject } from '../../clients/client.ts'
import type { ReportLine } from '../import-report.ts'
import { isObject, isTrue, listOf, objectOf, ownValue, textOf } from '../values.ts'
import { attributeHere } from './attribute-here.ts'
import { groupName } from './groups.ts'

export interface ReadMappings {
  readonly mappings: readonly JsonObject[]
  readonly groups: readonly string[]
  readonly report: readonly ReportLine[]
}

/** Keycloak's names of what a person's record holds. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  firstName: 'given_name',
  lastName: 'family_name',
  username: 'login',
  email: 'email',
}

type Mapped = { readonly mapping: JsonObject; readonly why?: string } | { readonly why: string }
type Map = (config: JsonObject) => Mapped

const MAPPERS: Readonly<Record<string, Map>> = {
  'oidc-user-attribute-idp-mapper': ({ claim, 'user.attribute': attribute }) => attributeOf(claim, attribute),
  'oidc-username-idp-mapper': template,
  'oidc-hardcoded-role-idp-mapper': ({ role }) => hardcoded(roleName(role)),
  'oidc-hardcoded-group-idp-mapper': ({ group }) => hardcoded(groupName(textOf(group) ?? '')),
  'hardcoded-attribute-idp-mapper': ({ attribute, 'attribute.value': value }) => ({
    mapping: { kind: 'hardcoded', attribute: named(attribute), value: textOf(value) ?? '' },
  }),
  'oidc-role-idp-mapper': ({ claim, 'claim.value': value, role }) =>
    grouped(roleName(role), { [textOf(claim) ?? '']: textOf(value) ?? '' }, 'exact'),
  'oidc-advanced-role-idp-mapper': config => grouped(roleName(config.role), claimsOf(config), matchOf(config)),
  'oidc-advanced-group-idp-mapper': config =>
    grouped(groupName(textOf(config.group) ?? ''), claimsOf(config), matchOf(config)),
  'keycloak-oidc-role-to-role-idp-mapper': ({ 'external.role': external, role }) =>
    grouped(roleName(role), { 'realm_access.roles': textOf(external) ?? '' }, 'exact'),
  'hardcoded-user-session-attribute-idp-mapper': () => ({ why: 'A session holds no notes.' }),
  'oidc-user-session-note-idp-mapper': () => ({ why: 'A session holds no notes.' }),
}

export const MAPPER_TYPES: readonly string[] = Object.keys(MAPPERS)

export function readMappings(
  mappers: readonly (readonly [index: number, mapper: JsonObject])[],
  alias: string,
): ReadMappings {
  const read = mappers.map(([index, mapper]) => readMapping(index, mapper, alias))
  return {
    mappings: read.flatMap(({ mapping }) => (mapping === undefined ? [] : [mapping])),
    groups: read.flatMap(({ mapping }) => textOf(mapping?.group) ?? []),
    report: read.map(({ line }) => line),
  }
}

function readMapping(
  index: number,
  mapper: JsonObject,
  alias: string,
): { readonly mapping?: JsonObject; readonly line: ReportLine } {
  const kind = textOf(mapper.identityProviderMapper) ?? ''
  const name = textOf(mapper.name)
  const path = `identityProviderMappers[${index}]${name === undefined ? '' : ` ${name}`}`
  const config = objectOf(mapper.config)
  const map = mapOf(kind)
  if (map === undefined) return { line: { path, outcome: 'no-equivalent', why: `${kind} is not known` } }
  const mapped = map(config)
  if (!('mapping' in mapped)) return { line: { path, outcome: 'no-equivalent', why: mapped.why } }
  const sync = ownValue(SYNC, textOf(config.syncMode) ?? '')
  const mapping = {
    ...(name === undefined ? {} : { name }),
    ...mapped.mapping,
    ...(sync === undefined ? {} : { sync }),
  }
  const isRole = kind.includes('role')
  const why = mapped.why ?? (isRole ? 'A role is a group here.' : undefined)
  const target = { resource: 'upstreams', key: alias, field: 'mappings' }
  return {
    mapping,
    line: {
      path,
      outcome: why === undefined ? 'mapped' : 'approximated',
      target,
      ...(why === undefined ? {} : { why }),
    },
  }
}

const SYNC: Readonly<Record<string, string>> = { FORCE: 'force', IMPORT: 'import' }

/** Social providers have an importer of their own: `github-user-attribute-mapper`. */
function mapOf(kind: string): Map | undefined {
  if (Object.hasOwn(MAPPERS, kind)) return MAPPERS[kind]
  if (/^\w[\w-]*-user-attribute-mapper$/.test(kind))
    return ({ jsonField, userAttribute }) => attributeOf(jsonField, userAttribute)
  return undefined
}

function attributeOf(claim: unknown, attribute: unknown): Mapped {
  const [from, to] = [textOf(claim), textOf(attribute)]
  if (from === undefined || to === undefined) return { why: 'names no claim or no attribute' }
  return { mapping: { kind: 'attribute', attribute: named(to), claim: from } }
}

function named(attribute: unknown): string {
  const name = textOf(attribute) ?? ''
  return ownValue(ATTRIBUTES, name) ?? attributeHere(name)
}

function template({ template: text, target }: JsonObject): Mapped {
  const written = textOf(text) ?? '${ALIAS}.${CLAIM.preferred_username}'
  if (target === 'BROKER_USERNAME') return { why: 'What people are called there is what the upstream says.' }
  const attribute = target === 'BROKER_ID' ? 'ssoid' : 'login'
  return { mapping: { kind: 'template', attribute, template: written } }
}

function hardcoded(group: string): Mapped {
  return group === '' ? { why: 'names no group' } : { mapping: { kind: 'hardcoded_group', group } }
}

function grouped(group: string, claims: JsonObject, match: string): Mapped {
  if (group === '' || Object.keys(claims).length === 0) return { why: 'names no group or no claim' }
  return { mapping: { kind: 'group', group, claims, ...(match === 'exact' ? {} : { match }) } }
}

/** `client.role` of Keycloak, or the role of the realm. */
function roleName(role: unknown): string {
  return (textOf(role) ?? '').replace('.', '/')
}

/** A text with a list of keys and values; several of one key have to be there all. */
function claimsOf({ claims }: JsonObject): JsonObject {
  const pairs = parsedList(claims).map(({ key, value }) => [textOf(key) ?? '', textOf(value) ?? ''] as const)
  const values = new Map<string, string[]>()
  for (const [key, value] of pairs) values.set(key, [...(values.get(key) ?? []), value])
  return Object.fromEntries([...values].map(([key, all]) => [key, all.length === 1 ? all[0] : all]))
}

function matchOf(config: JsonObject): string {
  return isTrue(config['are.claim.values.regex']) ? 'regex' : 'exact'
}

function parsedList(value: unknown): readonly JsonObject[] {
  try {
    const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value
    return listOf(parsed).filter(isObject)
  } catch {
    return []
  }
}
