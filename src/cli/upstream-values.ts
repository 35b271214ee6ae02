/** Settings of an upstream as a person writes them at the command line → JSON by the names in files. */

import type { JsonObject } from '../core/clients/client.ts'
import type { SettingsMistake } from '../core/settings-mistake.ts'
import { CLAIM_SOURCES } from '../core/upstreams/mapping/parse-mappings.ts'
import type { WrittenMapping } from '../core/upstreams/settings/edit-upstream.ts'
import { SETTING_SHAPES, unknownSetting } from '../core/upstreams/settings/read-settings.ts'
import type { SettingKind, SettingRow } from '../core/upstreams/settings/settings-row.ts'
import { settingRow } from '../core/upstreams/settings/settings-table.ts'
import { parseDuration } from '../lib/duration-text.ts'
import type { ReadOptions } from './option-table.ts'
import type { Terminal } from './terminal.ts'
import { A_TIME, BOOLEANS, isObject, listOf, parseJson, readFileText } from './written-values.ts'

/** What `--set NAME=VALUE` stands for; a list or a map that is said again goes on. */
export function readSettingTexts(texts: readonly string[], terminal: Terminal): ReadOptions<JsonObject> {
  const values: Record<string, unknown> = {}
  const misread: SettingsMistake[] = []
  for (const text of texts) {
    const equals = text.indexOf('=')
    const name = text.slice(0, equals).trim()
    const row = settingRow(name)
    if (equals < 1) misread.push({ member: '--set', rule: 'NAME=VALUE', message: `"${text}" must be NAME=VALUE` })
    else if (row === undefined) misread.push(unknownSetting(name))
    else {
      const value = readText(row, text.slice(equals + 1), terminal)
      if (value === undefined) misread.push(wrongShape(row))
      else values[name] = goesOn(values[name], value)
    }
  }
  return { values, misread }
}

/** `ATTRIBUTE=CLAIM`, `ATTRIBUTE=SOURCE:CLAIM`, or `ATTRIBUTE=TEMPLATE` where something stands in `${…}`. */
export function readMapTexts(texts: readonly string[]): ReadOptions<readonly WrittenMapping[]> {
  const values: WrittenMapping[] = []
  const misread: SettingsMistake[] = []
  for (const text of texts) {
    const equals = text.indexOf('=')
    const [attribute, written] = [text.slice(0, equals).trim(), text.slice(equals + 1).trim()]
    if (equals < 1 || written === '') {
      misread.push({ member: '--map', rule: 'ATTRIBUTE=CLAIM', message: `"${text}" must be ATTRIBUTE=CLAIM` })
    } else values.push(mappingOf(attribute, written))
  }
  return { values, misread }
}

function mappingOf(attribute: string, written: string): WrittenMapping & JsonObject {
  const colon = written.indexOf(':')
  const source = CLAIM_SOURCES.find(name => name === written.slice(0, colon))
  const [from, rest] = source === undefined ? [{}, written] : [{ source }, written.slice(colon + 1)]
  return rest.includes('${')
    ? { kind: 'template', attribute, template: rest, ...from }
    : { kind: 'attribute', attribute, claim: rest, ...from }
}

function goesOn(before: unknown, value: unknown): unknown {
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...value]
  return isObject(before) && isObject(value) ? { ...before, ...value } : value
}

/** A person writes `10m` where JSON has a number. */
const SHAPES: Readonly<Record<SettingKind, string>> = {
  ...SETTING_SHAPES,
  seconds: A_TIME,
  map: 'NAME=VALUE, or a JSON object of texts',
  mappings: 'a JSON list of objects',
}

function wrongShape({ name, kind }: SettingRow): SettingsMistake {
  return { member: name, rule: `${kind} value`, message: `must be ${SHAPES[kind]}` }
}

function readText({ name, kind }: SettingRow, text: string, terminal: Terminal): unknown {
  switch (kind) {
    case 'pem':
    case 'secret':
      return text.startsWith('@') ? readFileText(`--set ${name}`, text.slice(1), terminal).trim() : text
    case 'number':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined
    case 'seconds':
      return parseDuration(text)
    case 'boolean':
      return BOOLEANS.get(text)
    case 'list':
      return listOf(text)
    case 'map':
      return mapOf(text)
    case 'mappings':
      return parseJson(text)
    default:
      return text
  }
}

function mapOf(text: string): unknown {
  if (text.trimStart().startsWith('{')) return parseJson(text)
  const equals = text.indexOf('=')
  return equals < 1 ? undefined : { [text.slice(0, equals)]: text.slice(equals + 1) }
}
