/** `--file`, `--set` and `--unset`: the metadata of a client by its registered names (docs/reference/client-metadata.md). */

import { type Command, Option } from 'commander'
import type { JsonObject } from '../core/clients/client.ts'
import type { MetadataKind } from '../core/clients/metadata-row.ts'
import {
  isLocalized,
  METADATA_NAMES,
  metadataRow,
  SHAPES,
  unknownNames,
} from '../core/clients/registration-metadata.ts'
import type { SettingsMistake } from '../core/settings-mistake.ts'
import { parseDuration } from '../lib/duration-text.ts'
import type { ReadOptions } from './option-table.ts'
import type { Terminal } from './terminal.ts'
import { A_TIME, BOOLEANS, listOf, parseJson, readJsonObject } from './written-values.ts'

export interface MetadataOptions {
  readonly file?: string
  readonly set?: readonly string[]
  readonly unset?: readonly string[]
}

export function addSet(command: Command): void {
  const help = 'set metadata by its registered name; repeat for more'
  command.addOption(new Option('--set <name=value>', help).argParser(appended))
}

export function addFile(command: Command): void {
  command.option('--file <file>', 'take the metadata from a JSON file by their registered names; - for standard input')
}

export function addUnset(command: Command): void {
  const help = 'take optional metadata away by its registered name; repeat for more'
  command.addOption(new Option('--unset <name>', help).argParser(appended))
}

function appended(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

/** What a file says about a client, without a look at the names in it. */
export function readMetadataFile(path: string, terminal: Terminal): Promise<JsonObject> {
  return readJsonObject('--file', path, terminal)
}

/** The JSON that `--set` stands for: each value as its name wants it. */
export function readAssignments(texts: readonly string[]): ReadOptions<JsonObject> {
  const values: Record<string, unknown> = {}
  const misread: SettingsMistake[] = []
  for (const text of texts) {
    const equals = text.indexOf('=')
    const name = text.slice(0, equals).trim()
    if (equals < 1) {
      misread.push({ member: '--set', rule: 'NAME=VALUE', message: `"${text}" must be NAME=VALUE` })
      continue
    }
    const kind = kindOf(name)
    const value = kind === undefined ? text : readValue(kind, text.slice(equals + 1))
    if (kind === undefined) misread.push(...notMetadata(name))
    else if (value === undefined)
      misread.push({ member: name, rule: `${kind} value`, message: `must be ${SHAPES_IN_WORDS[kind]}` })
    // A list that is said again goes on.
    else values[name] = Array.isArray(value) ? [...((values[name] as readonly string[]) ?? []), ...value] : value
  }
  return { values, misread }
}

/** `--unset`, and what `--set` gave an empty value: as JSON that takes these away (RFC 7396). */
export function readUnset(names: readonly string[]): ReadOptions<JsonObject> {
  const misread = names.flatMap((name): readonly SettingsMistake[] => {
    if (kindOf(name) === undefined) return unknownNames([name])
    return ALWAYS_THERE.includes(name)
      ? [{ member: name, rule: 'required member', message: 'cannot be taken away' }]
      : []
  })
  const known = names.filter(name => kindOf(name) !== undefined && !ALWAYS_THERE.includes(name))
  // The two names for the methods stand for the same.
  const all = known.flatMap(name => (METHODS.includes(name) ? METHODS : [name]))
  return { values: Object.fromEntries(all.map(name => [name, null])), misread }
}

const SINGLE_METHOD = 'token_endpoint_auth_method'
const METHODS: readonly string[] = [SINGLE_METHOD, 'token_endpoint_auth_methods']
const ALWAYS_THERE = ['client_name', 'client_type']

function notMetadata(name: string): readonly SettingsMistake[] {
  const message = ELSEWHERE[name]
  return message === undefined ? unknownNames([name]) : [{ member: name, rule: 'no metadata to set', message }]
}

const ELSEWHERE: Readonly<Record<string, string>> = {
  client_id: 'is said with --client-id when the client is created, and stays',
  client_secret: 'is said with --client-secret when the client is created; sallyport client rotate-secret changes it',
}

/** A person writes `10m` where JSON has a number. */
const SHAPES_IN_WORDS = { ...SHAPES, seconds: A_TIME }

function kindOf(name: string): MetadataKind | undefined {
  if (name === SINGLE_METHOD || isLocalized(name)) return 'text'
  return METADATA_NAMES.includes(name) ? metadataRow(name)?.kind : undefined
}

function readValue(kind: MetadataKind, text: string): unknown {
  switch (kind) {
    case 'text':
    case 'uri':
    case 'words':
      return text
    case 'seconds':
      return parseDuration(text)
    case 'boolean':
      return BOOLEANS.get(text)
    case 'list':
      return listOf(text)
    case 'json':
      return parseJson(text)
  }
}
