/** Changes to an upstream that exists: what is not mentioned stays; the result obeys the same rules as a new one. */

import type { JsonObject } from '../../clients/client.ts'
import type { KeySealer } from '../../keys/key-sealer.ts'
import type { Decided, SettingsMistake } from '../../settings-mistake.ts'
import { attributeName } from '../mapping/mapped-attribute.ts'
import type { Mapping } from '../mapping/mapping.ts'
import type { Upstream } from '../upstream.ts'
import { discoveredBefore, keptSecrets, secretsAfter } from './create-upstream.ts'
import { discoveryDocumentOf, type HouseRules, parseUpstream } from './parse-upstream.ts'
import { OF_ONE_PLACE } from './presets.ts'
import { settingsJson, unknownSetting } from './read-settings.ts'
import type { SettingRow } from './settings-row.ts'
import { settingName, settingRow } from './settings-table.ts'
import { subjectWarnings } from './subject-warnings.ts'

export interface UpstreamChange {
  /** By the names in files. */
  readonly set: JsonObject
  /** Names whose defaults count again. */
  readonly unset: readonly string[]
  /** Mappings that take the place of those of the same attribute. */
  readonly map: readonly WrittenMapping[]
  /** Attributes whose mappings go. */
  readonly unmap: readonly string[]
}

/** One that fills an attribute, as a person wrote it. */
export interface WrittenMapping {
  readonly kind: string
  readonly attribute: string
}

export interface UpstreamEditing extends HouseRules {
  readonly now: Date
  readonly sealer: KeySealer
}

export function editUpstream(
  before: Upstream,
  change: UpstreamChange,
  { now, sealer, ...rules }: UpstreamEditing,
): Decided<{ readonly upstream: Upstream }> {
  const { json, mistakes, left } = settingsAfter(before, change)
  const dropped = droppedSecrets(change.unset)
  const parsed = parseUpstream(json, {
    ...rules,
    kept: keptSecrets(before).filter(member => !dropped.includes(member)),
  })
  if ('mistakes' in parsed) return { mistakes: [...mistakes, ...parsed.mistakes] }
  if (mistakes.length > 0) return { mistakes }
  const secrets = Object.entries(secretsAfter(before.uid, parsed, sealer, before)).filter(
    ([member]) => !dropped.includes(member) || Object.hasOwn(parsed.secrets, member),
  )
  const upstream: Upstream = {
    uid: before.uid,
    alias: before.alias,
    ...parsed.properties,
    ...Object.fromEntries(secrets),
    ...discoveredBefore(before, parsed),
    createdAt: before.createdAt,
    updatedAt: now,
  }
  const told = left.length === 0 ? [] : [`${left.join(', ')}: gone, for it was said about the place before.`]
  return { upstream, warnings: [...told, ...subjectWarnings(before, upstream), ...parsed.warnings] }
}

/** The names of the settings that differ, as they are called in files. A secret is named, never shown. */
export function changedSettings(before: Upstream, after: Upstream): readonly string[] {
  const ours = ['uid', 'createdAt', 'createdBy', 'updatedAt', 'updatedBy', 'discovered', 'keysClearedAt']
  const members = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof Upstream)[])
  return [...members]
    .filter(member => !ours.includes(member) && JSON.stringify(before[member]) !== JSON.stringify(after[member]))
    .map(member => settingName(member as SettingRow['member']))
    .sort()
}

/** Mappings that fill one attribute take the place of those that filled it; lists of groups add up. */
export function mergeMappings(before: readonly unknown[], added: readonly WrittenMapping[]): readonly unknown[] {
  // One that names no attribute is a mistake, which is told with the others.
  const named = added.flatMap(({ attribute }) => (typeof attribute === 'string' ? [attributeName(attribute)] : []))
  const replaced = named.filter(name => !name.startsWith('roles.'))
  return [...before.filter(mapping => !fills(mapping, replaced)), ...added]
}

function settingsAfter(
  before: Upstream,
  { set, unset, map, unmap }: UpstreamChange,
): {
  readonly json: JsonObject
  readonly mistakes: readonly SettingsMistake[]
  /** What went with the place before. */
  readonly left: readonly string[]
} {
  const names = unset.filter(name => settingRow(name) !== undefined)
  const mistakes = [
    ...unset.filter(name => settingRow(name) === undefined).map(unknownSetting),
    ...unset.filter(name => ALWAYS_THERE.includes(name)).map(name => required(name, 'cannot be taken away')),
    ...(set.alias === undefined || set.alias === before.alias
      ? []
      : [required('alias', 'cannot change: it is in the redirect URI that is registered there')]),
    ...missingMappings(before.mappings, unmap),
  ]
  const said = settingsJson(before)
  const left = placesLeft(before, said, set)
  const staying = Object.entries(said).filter(([name]) => !left.includes(name))
  const json: JsonObject = { ...Object.fromEntries(staying), ...set, alias: before.alias }
  const kept = Object.entries(json).filter(([name]) => ALWAYS_THERE.includes(name) || !names.includes(name))
  const all = Object.fromEntries(kept)
  const mappings = Array.isArray(all.mappings) ? (all.mappings as readonly unknown[]) : []
  const unmapped = mappings.filter(mapping => !fills(mapping, unmap.map(attributeName)))
  // What is no list is a mistake, and stays one.
  const isTouched = map.length + unmap.length > 0 && (all.mappings === undefined || Array.isArray(all.mappings))
  return { json: isTouched ? { ...all, mappings: mergeMappings(unmapped, map) } : all, mistakes, left }
}

/**
 * Another place takes away what was typed in about the one before: kept, the issuer of every tenant would let them all in where there is
 * to be one.
 */
function placesLeft(before: Upstream, said: JsonObject, set: JsonObject): readonly string[] {
  const { discovery_uri: place } = set
  // Null: a document was written down instead.
  const isElsewhere = typeof place === 'string' ? discoveryDocumentOf(place) !== before.discoveryUri : place === null
  return isElsewhere ? OF_ONE_PLACE.filter(name => said[name] !== undefined && !Object.hasOwn(set, name)) : []
}

const ALWAYS_THERE = ['alias', 'client_id']

function required(member: string, message: string): SettingsMistake {
  return { member, rule: 'required setting', message }
}

function missingMappings(mappings: readonly Mapping[], unmap: readonly string[]): readonly SettingsMistake[] {
  return unmap
    .filter(name => !mappings.some(mapping => fills(mapping, [attributeName(name)])))
    .map(name => ({ member: 'mappings', rule: 'known mapping', message: `have none for ${name}` }))
}

function fills(mapping: unknown, attributes: readonly string[]): boolean {
  if (typeof mapping !== 'object' || mapping === null || !('attribute' in mapping)) return false
  const { attribute } = mapping
  return typeof attribute === 'string' && attributes.includes(attributeName(attribute))
}

function droppedSecrets(unset: readonly string[]): readonly string[] {
  return unset.flatMap(name => {
    const row = settingRow(name)
    return row?.kind === 'secret' ? [row.member] : []
  })
}
