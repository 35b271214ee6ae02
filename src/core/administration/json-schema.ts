/** Fields → JSON Schema (2020-12): for OpenAPI and for editors. */

import type { Field } from './field.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

export function objectSchema(
  fields: readonly Field[],
  { strict = true }: { readonly strict?: boolean } = {},
): JsonSchema {
  const required = fields.filter(field => field.required === true).map(({ name }) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(field => [field.name, fieldSchema(field)])),
    ...localizedSchemas(fields),
    ...(required.length === 0 ? {} : { required }),
    ...(strict ? { additionalProperties: false } : {}),
  }
}

/** BCP 47 tags behind `#`. */
function localizedSchemas(fields: readonly Field[]): JsonSchema {
  const localizable = fields.filter(({ isLocalizable }) => isLocalizable === true)
  if (localizable.length === 0) return {}
  const patterns = localizable.map(field => [`^${field.name}#[A-Za-z0-9-]+$`, fieldSchema(field)] as const)
  return { patternProperties: Object.fromEntries(patterns) }
}

export function fieldSchema(field: Field): JsonSchema {
  const { about, standard, choices, access, example, showsReference } = field
  return {
    ...typeSchema(field),
    ...(choices === undefined || field.kind === 'list' ? {} : { enum: choices }),
    description: standard === undefined ? about : `${about} Standard: ${standard}.`,
    ...(access === 'shown' || access === 'once' ? { readOnly: true } : {}),
    ...(access === 'secret' && showsReference !== true ? { writeOnly: true } : {}),
    ...(example === undefined ? {} : { examples: [example] }),
  }
}

function typeSchema({ kind, fields = [], choices }: Field): JsonSchema {
  switch (kind) {
    case 'text':
    case 'words':
      return { type: 'string' }
    case 'uri':
      return { type: 'string', format: 'uri' }
    case 'time':
      return { type: 'string', format: 'date-time' }
    case 'integer':
    case 'seconds':
      return { type: 'integer' }
    case 'number':
      return { type: 'number' }
    case 'boolean':
      return { type: 'boolean' }
    case 'list':
      return { type: 'array', items: { type: 'string', ...(choices === undefined ? {} : { enum: choices }) } }
    case 'object':
      return fields.length === 0 ? { type: 'object' } : objectSchema(fields)
    case 'objects':
      return { type: 'array', items: fields.length === 0 ? { type: 'object' } : objectSchema(fields) }
    case 'map':
      return { type: 'object', additionalProperties: { type: 'string' } }
    case 'json':
      return {}
  }
}
