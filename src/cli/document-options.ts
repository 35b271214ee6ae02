/** `--file`, `--set` and `--unset` for any resource: what was written becomes a document by the fields of the resource. */

import { type Command, Option } from 'commander'
import type { Field, FieldKind } from '../core/administration/field.ts'
import { writable } from '../core/administration/field.ts'
import type { Document } from '../core/administration/ports.ts'
import { resourceOf } from '../core/administration/resources.ts'
import type { SettingsMistake } from '../core/settings-mistake.ts'
import { parseDuration } from '../lib/duration-text.ts'
import { didYouMean } from '../lib/nearest-name.ts'
import { failWithMistakes } from './report-mistakes.ts'
import type { Terminal } from './terminal.ts'
import { A_TIME, BOOLEANS, isObject, listOf, parseJson, readJsonObject } from './written-values.ts'

export interface DocumentOptions {
  readonly file?: string
  readonly set?: readonly string[]
  readonly unset?: readonly string[]
}

type When = 'making' | 'changing'

/** `changing` has `--unset` as well. */
export function withDocument(command: Command, when: When): Command {
  command
    .option('--file <file>', 'take fields from a JSON file; - for standard input')
    .addOption(new Option('--set <name=value>', 'set a field by its name; repeat for more').argParser(appended))
  if (when === 'making') return command
  return command.addOption(new Option('--unset <name>', 'take a field away; repeat for more').argParser(appended))
}

export function appended(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

/** `changing`: a merge patch, where null takes away. Ends the command with all mistakes in how it was written. */
export async function readDocument(
  resource: string,
  { file, set = [], unset = [] }: DocumentOptions,
  terminal: Terminal,
  { when, headline = 'nothing was changed' }: { readonly when: When; readonly headline?: string },
): Promise<Document> {
  const fields = writable(resourceOf(resource)?.fields ?? [], when)
  const written = file === undefined ? {} : await readJsonObject('--file', file, terminal)
  const mistakes: SettingsMistake[] = []
  let document: Document = { ...written }
  for (const text of set) {
    const read = readAssignment(text, fields, document, when)
    if ('mistake' in read) mistakes.push(read.mistake)
    else document = read.document
  }
  for (const name of unset) {
    const known = fieldOf(name, fields)
    if (known === undefined) mistakes.push(unknownField(name, fields))
    else document = placed(document, name.split('.'), null)
  }
  if (mistakes.length > 0) failWithMistakes(headline, mistakes)
  return document
}

type Read = { readonly document: Document } | { readonly mistake: SettingsMistake }

function readAssignment(text: string, fields: readonly Field[], document: Document, when: When): Read {
  const equals = text.indexOf('=')
  if (equals < 1) {
    return { mistake: { member: '--set', rule: 'NAME=VALUE', message: `"${text}" must be NAME=VALUE` } }
  }
  const name = text.slice(0, equals).trim()
  const field = fieldOf(name, fields)
  if (field === undefined) return { mistake: unknownField(name, fields) }
  const path = pathOf(name, fields)
  const written = text.slice(equals + 1)
  if (written === '') return { document: placed(document, path, when === 'changing' ? null : undefined) }
  const value = readValue(field.kind, written)
  if (value === undefined) {
    return { mistake: { member: name, rule: `${field.kind} value`, message: `must be ${SHAPES[field.kind]}` } }
  }
  // A list that is said again goes on.
  const before = path.length === 1 && Object.hasOwn(document, name) ? document[name] : undefined
  const isMore = field.kind === 'list' && Array.isArray(value) && Array.isArray(before)
  return { document: placed(document, path, isMore ? [...before, ...value] : value) }
}

/** `attributes.nickname` is a field of the field `attributes`; `client_name#de` is `client_name` in another language. */
function fieldOf(name: string, fields: readonly Field[]): Field | undefined {
  const exact = fields.find(field => field.name === name.replace(/#.*$/, ''))
  if (exact !== undefined) return exact
  const [first, ...rest] = name.split('.')
  const outer = fields.find(field => field.name === first)
  if (outer === undefined || rest.length === 0) return undefined
  if (outer.kind === 'map') return { ...outer, kind: 'text' }
  if (outer.kind !== 'object') return undefined
  if (outer.fields !== undefined) return fieldOf(rest.join('.'), outer.fields)
  return rest.length === 1 ? { ...outer, kind: 'json' } : undefined
}

function pathOf(name: string, fields: readonly Field[]): readonly string[] {
  if (fields.some(field => field.name === name)) return [name]
  const [first = '', ...rest] = name.split('.')
  const outer = fields.find(field => field.name === first)
  return outer?.kind === 'map' || outer?.kind === 'object' ? [first, rest.join('.')] : [name]
}

/** A name such as __proto__ is a name like any other. */
function placed(document: Document, [name = '', ...rest]: readonly string[], value: unknown): Document {
  const before = Object.hasOwn(document, name) ? document[name] : undefined
  const inner = rest.length === 0 ? value : placed(isObject(before) ? before : {}, rest, value)
  const others = Object.entries(document).filter(([other]) => other !== name)
  return Object.fromEntries(inner === undefined ? others : [...others, [name, inner]])
}

function unknownField(name: string, fields: readonly Field[]): SettingsMistake {
  const names = fields.map(field => field.name)
  return { member: name, rule: 'known field', message: `is no field${didYouMean(name, names)}` }
}

function readValue(kind: FieldKind, text: string): unknown {
  switch (kind) {
    case 'text':
    case 'uri':
    case 'words':
    case 'time':
      return text
    case 'integer':
      return /^-?\d+$/.test(text) ? Number(text) : undefined
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined
    case 'seconds':
      return parseDuration(text)
    case 'boolean':
      return BOOLEANS.get(text)
    case 'list':
      return listOf(text)
    // What is no JSON is a text.
    case 'json':
      return parseJson(text) ?? text
    case 'object':
    case 'map':
    case 'objects':
      return parseJson(text)
  }
}

const SHAPES: Readonly<Record<FieldKind, string>> = {
  text: 'a text',
  uri: 'a text',
  words: 'a text',
  time: 'a time such as 2026-01-31T12:00:00Z',
  integer: 'a whole number',
  number: 'a number',
  seconds: A_TIME,
  boolean: 'yes or no',
  list: 'values separated by commas, or a JSON list',
  object: 'a JSON object',
  objects: 'a JSON list of objects',
  map: 'a JSON object of names and texts',
  json: 'a JSON value',
}
