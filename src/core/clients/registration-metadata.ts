/** Client metadata by its registered names (RFC 7591 §2, OIDC Registration §2): JSON → settings, client → JSON. */

import { didYouMean } from '../../lib/nearest-name.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import type { Client, JsonObject } from './client.ts'
import type { ClientSettings } from './client-settings.ts'
import type { MetadataKind, MetadataRow } from './metadata-row.ts'
import { LOCALIZABLE, METADATA, SAID_BY_SERVER } from './metadata-table.ts'

export interface ReadMetadata {
  /** Only what was said, its values not yet checked; `type` follows from the authentication methods when it was not said. */
  readonly settings: Partial<Omit<ClientSettings, 'clientId'>>
  /** Names that mean nothing here. RFC 7591 §2: a registration ignores them. */
  readonly unknown: readonly string[]
}

export interface MisreadMetadata {
  readonly mistakes: readonly SettingsMistake[]
  readonly unknown: readonly string[]
}

/** RFC 7591 §2: the one method of a client; ours may have several. */
const SINGLE_METHOD = 'token_endpoint_auth_method'
const METHODS = 'token_endpoint_auth_methods'

const ROWS: ReadonlyMap<string, MetadataRow> = new Map(METADATA.map(row => [row.name, row]))

/** Every name that may be said, for "did you mean". */
export const METADATA_NAMES: readonly string[] = [...ROWS.keys(), SINGLE_METHOD]

export function readRegistrationMetadata(json: JsonObject): ReadMetadata | MisreadMetadata {
  const values: Record<string, unknown> = {}
  const localized: Record<string, string> = {}
  const unknown: string[] = []
  const mistakes: SettingsMistake[] = []
  for (const [name, value] of Object.entries(json)) {
    // RFC 7592 §2.2: null counts as left out.
    if (value === null || value === undefined || SAID_BY_SERVER.includes(name)) continue
    const row = ROWS.get(name)
    const kind = row?.kind ?? (name === SINGLE_METHOD || isLocalized(name) ? 'text' : undefined)
    if (kind === undefined) {
      unknown.push(name)
      continue
    }
    const read = readValue(kind, value)
    if (read === undefined) mistakes.push({ member: name, rule: `${kind} value`, message: `must be ${SHAPES[kind]}` })
    else if (row !== undefined) values[row.member] = read
    else if (name !== SINGLE_METHOD) localized[name] = String(read)
  }
  mistakes.push(...readSingleMethod(json, values))
  if (mistakes.length > 0) return { mistakes, unknown }
  if (Object.keys(localized).length > 0) values.localized = localized
  return { settings: { ...typeOf(values), ...values } as ReadMetadata['settings'], unknown }
}

/** The client as it would register itself; what is absent has its default. */
export function registrationMetadataOf(client: Client): JsonObject {
  const entries = METADATA.flatMap(({ name, member, kind }): [string, unknown][] => {
    const value: unknown = client[member]
    if (value === undefined) return []
    if (kind === 'words') return [[name, (value as readonly string[]).join(' ')]]
    // RFC 7591 §3.2.1: other programs look for the single method.
    if (name === METHODS)
      return [
        [SINGLE_METHOD, client.tokenEndpointAuthMethods[0]],
        [name, value],
      ]
    return [[name, value]]
  })
  return Object.fromEntries([...entries, ...Object.entries(client.localized ?? {})])
}

/** Names that mean nothing here, as mistakes: for ways in where a person wrote them. */
export function unknownNames(names: readonly string[]): readonly SettingsMistake[] {
  return names.map(name => ({
    member: name,
    rule: 'registered name',
    message: `is no client metadata${didYouMean(name, METADATA_NAMES)}`,
  }))
}

/** The row of a name; the language behind `#` is left to the caller. */
export function metadataRow(name: string): MetadataRow | undefined {
  return ROWS.get(name)
}

/** OIDC Registration §2.1: `client_name#de`, with a BCP 47 language tag. */
export function isLocalized(name: string): boolean {
  const hash = name.indexOf('#')
  return (
    hash !== -1 &&
    (LOCALIZABLE as readonly string[]).includes(name.slice(0, hash)) &&
    /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}$/.test(name.slice(hash + 1))
  )
}

export const SHAPES: Readonly<Record<MetadataKind, string>> = {
  text: 'a text',
  uri: 'a text, the URI',
  seconds: 'a whole number of seconds',
  boolean: 'true or false',
  list: 'a list of texts',
  words: 'a text, its values separated by blanks',
  json: 'a JSON object',
}

function readValue(kind: MetadataKind, value: unknown): unknown {
  switch (kind) {
    case 'text':
    case 'uri':
      return typeof value === 'string' ? value : undefined
    case 'seconds':
      return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'list':
      return Array.isArray(value) && value.every(item => typeof item === 'string') ? value : undefined
    case 'words':
      return typeof value === 'string' ? value.split(' ').filter(Boolean) : undefined
    case 'json':
      return typeof value === 'object' && !Array.isArray(value) ? value : undefined
  }
}

/** The single method alone means just that one; beside the list it must be in there. */
function readSingleMethod(json: JsonObject, values: Record<string, unknown>): readonly SettingsMistake[] {
  const single = json[SINGLE_METHOD]
  if (typeof single !== 'string') return []
  const methods = values.tokenEndpointAuthMethods as readonly string[] | undefined
  if (methods === undefined) values.tokenEndpointAuthMethods = [single]
  else if (!methods.includes(single)) {
    return [{ member: SINGLE_METHOD, rule: 'RFC 7591 §2', message: `"${single}" is not among ${METHODS}` }]
  }
  return []
}

/** RFC 7591 §2: a client without a method to authenticate with is a public one. */
function typeOf({ tokenEndpointAuthMethods }: Readonly<Record<string, unknown>>): { readonly type?: string } {
  if (!Array.isArray(tokenEndpointAuthMethods) || tokenEndpointAuthMethods.length === 0) return {}
  return { type: tokenEndpointAuthMethods.every(method => method === 'none') ? 'public' : 'confidential' }
}
