/** The settings of an upstream by their names in files: JSON → members, upstream → JSON. Shapes only; what a value may be is for the rules. */

import { didYouMean } from '../../../lib/nearest-name.ts'
import type { JsonObject } from '../../clients/client.ts'
import type { SettingsMistake } from '../../settings-mistake.ts'
import type { Upstream } from '../upstream.ts'
import type { SettingKind, SettingMember } from './settings-row.ts'
import { SETTING_NAMES, SETTINGS, settingRow } from './settings-table.ts'
import { standardProperties } from './standard-properties.ts'

/** Only what was said, each value of the shape of its kind; `mappings` still as they came. */
export type SaidSettings = { readonly [Member in SettingMember]?: unknown }

export interface ReadSettings {
  readonly said: SaidSettings
  readonly mistakes: readonly SettingsMistake[]
}

/** What is shown besides, by `upstream show --json` and the admin API: it may come back, and is never taken. */
const SHOWN_BESIDES: readonly string[] = [
  'outcome',
  'warnings',
  'register_there',
  'discovered',
  'has_client_secret',
  'has_client_certificate_key',
  'created_at',
  'created_by',
  'updated_at',
  'updated_by',
  'owned_by',
]

export function readSettings(json: JsonObject): ReadSettings {
  const said: { [Member in SettingMember]?: unknown } = {}
  const mistakes: SettingsMistake[] = []
  for (const [name, value] of Object.entries(json)) {
    if (value === null || value === undefined || SHOWN_BESIDES.includes(name)) continue
    const row = settingRow(name)
    const read = row === undefined ? undefined : readValue(row.kind, value)
    if (row === undefined) mistakes.push(unknownSetting(name))
    else if (read === undefined) {
      const shape = row.choices === undefined ? SETTING_SHAPES[row.kind] : `one of ${row.choices.join(', ')}`
      mistakes.push({ member: name, rule: `${row.kind} value`, message: `must be ${shape}` })
    } else said[row.member] = read
  }
  return { said, mistakes }
}

export function unknownSetting(name: string): SettingsMistake {
  const [theirs] = SETTINGS.filter(({ keycloak }) => keycloak !== undefined && keycloakNames(keycloak).includes(name))
  const message =
    theirs === undefined
      ? `is no setting of an upstream${didYouMean(name, SETTING_NAMES) || parts(name)}`
      : `is what Keycloak calls it: here it is ${theirs.name}`
  return { member: name, rule: 'known setting', message }
}

/** Whoever moves brings the names along: `config.loginHint`, or without the `config.` before it. */
function keycloakNames(text: string): readonly string[] {
  return [...text.matchAll(/`(?:config\.)?(\w*[A-Z]\w*)`/g)].flatMap(([, name = '']) => [name, `config.${name}`])
}

/** `pkce` is a part of `pkce_method`. */
function parts(name: string): string {
  const longer = name.length < 3 ? [] : SETTING_NAMES.filter(known => known.includes(name.toLowerCase()))
  return longer.length === 0 ? '' : ` (did you mean ${longer.slice(0, 3).join(' or ')}?)`
}

/** What would make this upstream again, without its secrets; `all`: also what is as it is without being said. */
export function settingsJson(upstream: Upstream, all = false): JsonObject {
  const standards: Readonly<Record<string, unknown>> = { ...standardProperties(upstream.kind) }
  const entries = SETTINGS.flatMap(({ name, member, kind }): [string, unknown][] => {
    if (kind === 'secret' || !isNamed(upstream, member)) return []
    const value: unknown = upstream[member]
    const isStandard = member !== 'kind' && JSON.stringify(value) === JSON.stringify(standards[member])
    if (value === undefined || (isStandard && !all)) return []
    return [[name, kind === 'words' && Array.isArray(value) ? value.join(' ') : value]]
  })
  return Object.fromEntries(entries)
}

function isNamed(upstream: Upstream, member: SettingMember): member is SettingMember & keyof Upstream {
  return Object.hasOwn(upstream, member)
}

export const SETTING_SHAPES: Readonly<Record<SettingKind, string>> = {
  text: 'a text',
  uri: 'a text, the URI',
  pem: 'a text in PEM',
  secret: 'a text',
  choice: 'a text',
  number: 'a whole number',
  seconds: 'a whole number of seconds, such as 300',
  boolean: 'true or false',
  list: 'a list of texts, such as ["a", "b"]',
  words: 'a list of texts, or one text with blanks or commas between the values',
  map: 'an object of names and texts, such as {"name": "value"}',
  mappings: 'a list of objects, such as [{"kind": "attribute", "attribute": "email", "claim": "mail"}]',
}

function readValue(kind: SettingKind, value: unknown): unknown {
  switch (kind) {
    case 'number':
    case 'seconds':
      return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'list':
      return listOf(value)
    case 'words':
      return typeof value === 'string' ? wordsOf(value) : listOf(value)
    case 'map':
      return mapOf(value)
    case 'mappings':
      return Array.isArray(value) ? value : undefined
    default:
      return typeof value === 'string' ? value : undefined
  }
}

function wordsOf(text: string): readonly string[] {
  return unique(text.split(/[\s,]+/).filter(Boolean))
}

function listOf(value: unknown): readonly string[] | undefined {
  const isList = Array.isArray(value) && value.every((item): item is string => typeof item === 'string')
  return isList ? unique(value) : undefined
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)]
}

/** A name such as `__proto__` is no name of a parameter. */
function mapOf(value: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const entries = Object.entries(value)
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? Object.fromEntries(entries)
    : undefined
}
