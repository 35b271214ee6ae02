/** The things that files declare: names and shapes are checked here, with their lines; what only the database knows is checked when they are planned. */

import { documentMistakes } from '../core/administration/document-mistakes.ts'
import { type Field, fieldNamed, writable } from '../core/administration/field.ts'
import type { Resource } from '../core/administration/resource.ts'
import { resourceOf } from '../core/administration/resources.ts'
import type { WrittenThing } from '../core/declarations/plan.ts'
import { parseDuration } from '../lib/duration-text.ts'
import { type Mistake, type MistakePlace, settingName } from './mistake.ts'
import type { KindAt } from './resolve-tree.ts'
import type { SettingKind } from './settings.ts'
import { isThingSection, THING_SECTIONS } from './thing-sections.ts'
import { isTree, type WrittenSettings, type WrittenTree } from './written-settings.ts'

export interface DeclaredThings {
  readonly things: readonly WrittenThing[]
  readonly mistakes: readonly Mistake[]
  /** The settings without them. */
  readonly settings: WrittenSettings
}

export function takeThings(written: WrittenSettings): DeclaredThings {
  const things: WrittenThing[] = []
  const mistakes: Mistake[] = []
  for (const section of THING_SECTIONS) {
    const value = Object.hasOwn(written.tree, section) ? written.tree[section] : undefined
    const resource = resourceOf(section)
    if (value === undefined || value === null || resource === undefined) continue
    if (!isTree(value)) {
      const rule = `must map the ${resource.key} of each ${resource.singular} to what it is`
      mistakes.push({ place: written.place([section]), setting: section, rule })
      continue
    }
    for (const [key, said] of Object.entries(value)) {
      const document = inSeconds(said, resource.fields)
      const broken = mistakesIn(document, key, resource, written)
      mistakes.push(...broken)
      const source = sourceOf(written.place([section, key], true))
      if (broken.length === 0) things.push({ resource: section, key, document: documentOf(document), source })
    }
  }
  const rest = Object.entries(written.tree).filter(([key]) => !isThingSection(key))
  return { things, mistakes, settings: { ...written, tree: Object.fromEntries(rest) } }
}

/** A time is written as settings have it (`10m`); documents have seconds. What is none is left for the mistakes. */
function inSeconds(document: unknown, fields: readonly Field[]): unknown {
  if (!isTree(document)) return document
  return Object.fromEntries(
    Object.entries(document).map(([name, value]) => {
      const isTime = typeof value === 'string' && fieldNamed(name, fields)?.kind === 'seconds'
      return [name, isTime ? (parseDuration(value) ?? value) : value]
    }),
  )
}

/** An empty document says that the thing is there, and nothing else. */
function documentOf(document: unknown): WrittenTree {
  return isTree(document) ? document : {}
}

function sourceOf(place: MistakePlace): string {
  return place.kind === 'file' ? `${place.file}:${place.line}` : 'the settings'
}

const A_DURATION = 'must be a duration such as 30s, 5m, 12h or 14d, or a whole number of seconds'

function mistakesIn(
  document: unknown,
  key: string,
  resource: Resource,
  { place }: WrittenSettings,
): readonly Mistake[] {
  const path = [resource.name, key]
  if (key === '') return [{ place: place(path, true), setting: resource.name, rule: `needs a ${resource.key}` }]
  if (document !== null && !isTree(document)) {
    return [{ place: place(path), setting: settingName(path), rule: `must hold the fields of a ${resource.singular}` }]
  }
  return fieldMistakes(documentOf(document), resource).map(({ member, rule, message }) => {
    const within = [...path, ...stepsOf(member)]
    const isAboutName = rule === 'known field' || rule === 'key' || rule === 'shown field'
    const asWritten = rule === 'seconds value' ? A_DURATION : message
    return { place: place(within, isAboutName), setting: settingName(within), rule: asWritten }
  })
}

function fieldMistakes(document: WrittenTree, { fields, key, singular }: Resource) {
  const written = writable(fields, 'making')
  const names = Object.keys(document)
  const shownOnly = names
    .filter(name => fieldNamed(name, fields) !== undefined && fieldNamed(name, written) === undefined)
    .map(member => ({ member, rule: 'shown field', message: 'is kept by the server and cannot be declared' }))
  const keyTwice = names.includes(key)
    ? [{ member: key, rule: 'key', message: `is the name that the ${singular} stands under: leave it out` }]
    : []
  const known = fields.filter(({ name }) => name !== key)
  const shapes = documentMistakes(inOneLanguage(document, known), known, 'making')
    // What the file is silent about may be there already.
    .filter(({ member, rule }) => rule !== 'required' || member.includes('.'))
    .filter(({ member }) => member !== key)
  return [
    ...shownOnly,
    ...keyTwice,
    ...shapes.filter(({ member }) => !shownOnly.some(shown => shown.member === member)),
  ]
}

/** `client_name#fr` has the shape of `client_name`; whether it may have languages is decided with the rest. */
function inOneLanguage(document: WrittenTree, fields: readonly Field[]): WrittenTree {
  return Object.fromEntries(
    Object.entries(document).map(([name, value]) => [
      fields.some(field => field.name === name) ? name : (fieldNamed(name, fields)?.name ?? name),
      value,
    ]),
  )
}

/** `attributes.given_name`, `rules[0].policy` */
function stepsOf(member: string): ReadonlyArray<string | number> {
  return member
    .split(/[.[\]]/)
    .filter(step => step !== '')
    .map(step => (/^\d+$/.test(step) ? Number(step) : step))
}

const KINDS: Partial<Readonly<Record<Field['kind'], SettingKind>>> = {
  boolean: 'boolean',
  integer: 'number',
  number: 'number',
  seconds: 'number',
  list: 'list',
}

/** Secrets stay references: they are read when they are needed, and never by a command that does not. */
export function kindsOfThings(kindOfSetting: KindAt): KindAt {
  return path => {
    const [section = '', , name = '', ...deeper] = path.map(String)
    const resource = isThingSection(section) ? resourceOf(section) : undefined
    if (resource === undefined) return kindOfSetting(path)
    const field = fieldNamed(name, resource.fields)
    if (isSecretAt(field, deeper)) return 'as-is'
    return deeper.length === 0 && field !== undefined ? (KINDS[field.kind] ?? 'text') : 'text'
  }
}

function isSecretAt(field: Field | undefined, deeper: readonly string[]): boolean {
  if (field === undefined) return false
  if (field.access === 'secret') return true
  const [step, ...rest] = deeper.filter(name => !/^\d+$/.test(name))
  return step !== undefined && isSecretAt(fieldNamed(step, field.fields ?? []), rest)
}
