/** Names and shapes of what was written, held against the fields: for resources whose rules do not look at them themselves. */

import { didYouMean } from '../../lib/nearest-name.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import { type Field, writable } from './field.ts'
import { type Document, isDocument } from './ports.ts'

/** Fields that are only shown may come back as they were read: they are left alone, and mean nothing. */
export function documentMistakes(
  document: Document,
  fields: readonly Field[],
  when: 'making' | 'changing',
  within = '',
): readonly SettingsMistake[] {
  const known = writable(fields, when)
  const unknown = Object.keys(document)
    .filter(name => !fields.some(field => field.name === name))
    .map(name => ({
      member: within + name,
      rule: 'known field',
      message: `is no field${didYouMean(
        name,
        known.map(field => field.name),
      )}`,
    }))
  return [...unknown, ...known.flatMap(field => fieldMistakes(document[field.name], field, within))]
}

function fieldMistakes(value: unknown, field: Field, within: string): readonly SettingsMistake[] {
  const member = within + field.name
  const mistake = (rule: string, message: string) => [{ member, rule, message }]
  if (value === undefined || value === null) return field.required === true ? mistake('required', 'is missing') : []
  const shape = brokenShape(value, field)
  if (shape !== undefined) return mistake(`${field.kind} value`, `must be ${shape}`)
  if (field.choices !== undefined && typeof value === 'string' && !field.choices.includes(value)) {
    return mistake(
      'choice',
      `"${value}" is not possible${didYouMean(value, field.choices)}; choose ${field.choices.join(', ')}`,
    )
  }
  if (field.fields === undefined) return []
  const { fields } = field
  return field.kind === 'objects'
    ? (value as readonly Document[]).flatMap((item, index) =>
        documentMistakes(item, fields, 'making', `${member}[${index}].`),
      )
    : documentMistakes(value as Document, fields, 'making', `${member}.`)
}

/** What it should be, when it is not. */
function brokenShape(value: unknown, { kind }: Field): string | undefined {
  switch (kind) {
    case 'text':
    case 'uri':
    case 'words':
      return typeof value === 'string' ? undefined : 'a text'
    case 'time':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value))
        ? undefined
        : 'a time such as 2026-01-31T12:00:00Z'
    case 'integer':
      return Number.isSafeInteger(value) ? undefined : 'a whole number'
    case 'seconds':
      return Number.isSafeInteger(value) ? undefined : 'a whole number of seconds'
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? undefined : 'a number'
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false'
    case 'list':
      return Array.isArray(value) && value.every(item => typeof item === 'string') ? undefined : 'a list of texts'
    case 'object':
      return isDocument(value) ? undefined : 'an object'
    case 'objects':
      return Array.isArray(value) && value.every(isDocument) ? undefined : 'a list of objects'
    case 'map':
      return isDocument(value) && Object.values(value).every(item => typeof item === 'string')
        ? undefined
        : 'an object of names and texts'
    case 'json':
      return undefined
  }
}
