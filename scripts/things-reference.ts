/** Things in files, for the reference: their sections as JSON Schema for editors, and their fields as tables. */

import { INCLUDE } from '../src/config/thing-sections.ts'
import { type Field, writable } from '../src/core/administration/field.ts'
import { type JsonSchema, objectSchema } from '../src/core/administration/json-schema.ts'
import type { Resource } from '../src/core/administration/resource.ts'
import { declarableResources } from '../src/core/declarations/export-things.ts'

const REFERENCE_PATTERN = '\\$\\{(env\\.|file:|vault\\.)'
const DURATION_PATTERN = '^[0-9]+[smhdy]?$'

/** Members of the whole of `sallyport.yaml`. */
export function thingsProperties(): Readonly<Record<string, JsonSchema>> {
  const paths = { type: 'string', minLength: 1 }
  return {
    [INCLUDE]: {
      anyOf: [paths, { type: 'array', items: paths }],
      description:
        'More files with settings and things: paths, folders (all YAML files in them), patterns with * and ?; relative to this file.',
    },
    ...Object.fromEntries(declarableResources().map(resource => [resource.name, sectionSchema(resource)])),
  }
}

/** Anchors may stand under keys like `x-common`. */
export const ANCHORS = { '^x-': {} }

function sectionSchema(resource: Resource): JsonSchema {
  const { about, key, singular } = resource
  const { properties = {}, ...document } = objectSchema(fieldsInFiles(resource))
  const times = new Set(resource.fields.filter(({ kind }) => kind === 'seconds').map(({ name }) => name))
  const withReferences = Object.fromEntries(
    Object.entries(properties as Readonly<Record<string, JsonSchema>>).map(([name, schema]) => [
      name,
      times.has(name) ? orDuration(schema) : orReference(schema),
    ]),
  )
  return {
    type: ['object', 'null'],
    description: `${about} The ${key} of each ${singular}, with its fields below.`,
    additionalProperties: { ...document, type: ['object', 'null'], properties: withReferences },
  }
}

/** What is a number or one of a few words may be a reference as well. */
function orReference({ description, ...schema }: JsonSchema): JsonSchema {
  const takesText = schema.type === undefined || (schema.type === 'string' && schema.enum === undefined)
  if (takesText || schema.type === 'object') return { ...schema, description }
  return { anyOf: [schema, { type: 'string', pattern: REFERENCE_PATTERN }], description }
}

function orDuration({ description, ...schema }: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'string', pattern: `${DURATION_PATTERN}|${REFERENCE_PATTERN}` }], description }
}

/** What the file is silent about may be there already, so nothing is required. */
function fieldsInFiles({ fields, key }: Resource): readonly Field[] {
  return writable(fields, 'making')
    .filter(({ name }) => name !== key)
    .map(({ required: _, ...field }) => field)
}

/** The fields of these have references of their own. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  clients: 'client-metadata.md',
  upstreams: 'upstream-settings.md',
}

export function thingsMarkdown(): readonly string[] {
  return [
    '## Things in files',
    '',
    'Beside settings, files may declare things: each section maps names to what the thing is. Fields that the file is silent about are left alone.',
    'Times are durations as above, such as `10m`, or seconds.',
    'How they are applied, owned, released and exported: [the guide](../guide/declarative.md).',
    '',
    '`include` names more files with settings and things: paths, folders (every `*.yaml` and `*.yml` in them, in the order of names) and patterns with',
    '`*` and `?`, relative to the file that includes. Keys that begin with `x-` are left alone: a place for anchors.',
    '',
    ...declarableResources().flatMap(sectionLines),
  ]
}

function sectionLines(resource: Resource): readonly string[] {
  const { name, key, about } = resource
  const elsewhere = ELSEWHERE[name]
  const fields = fieldsInFiles(resource)
  const more =
    elsewhere === undefined ? fields : fields.filter(({ access }) => access === 'secret' || access === 'made')
  return [
    `### ${name}`,
    '',
    `${about} Each stands under its \`${key}\`.${elsewhere === undefined ? '' : ` Its fields: [${elsewhere}](${elsewhere}), and:`}`,
    '',
    '| field | default | meaning |',
    '|---|---|---|',
    ...more.map(({ name: field, standard, about: meaning }) => `| \`${field}\` | ${standard ?? '—'} | ${meaning} |`),
    '',
  ]
}
