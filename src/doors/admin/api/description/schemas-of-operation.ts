/** What an operation takes and answers as JSON Schema (2020-12), from its fields. */

import type { Field } from '../../../../core/administration/field.ts'
import { type JsonSchema, objectSchema } from '../../../../core/administration/json-schema.ts'
import type { Operation } from '../../../../core/administration/operation.ts'
import type { Resource } from '../../../../core/administration/resource.ts'
import type { SchemaBook } from './schema-book.ts'

/** `clients.rotate_secret` → `clients` and `rotate_secret`. */
export function partsOf({ name }: Pick<Operation, 'name'>): { readonly resource: string; readonly act: string } {
  const dot = name.indexOf('.')
  return { resource: name.slice(0, dot), act: name.slice(dot + 1) }
}

export function bodySchema(operation: Operation, resource: Resource | undefined, book: SchemaBook): JsonSchema {
  const { body = [], isPatch } = operation
  const { act } = partsOf(operation)
  const thing = thingName(operation, resource)
  if (isPatch === true) return book.refer(`${thing}Patch`, patchSchema(body))
  const names: Readonly<Record<string, string>> = { create: `New${thing}`, replace: `${thing}Settings` }
  return book.refer(names[act] ?? `${thing}${pascal(act)}`, objectSchema(body, { strict: false }))
}

export function answerSchema(operation: Operation, resource: Resource | undefined, book: SchemaBook): JsonSchema {
  const { answer } = operation
  if (answer === undefined || answer.kind === 'bytes') return { type: 'string', contentEncoding: 'binary' }
  const item = book.refer(answerName(operation, resource), objectSchema(answer.fields, { strict: false }))
  if (answer.kind === 'document') return item
  const next = { type: 'string', description: 'Sent as `cursor` it brings the next page; absent: this is the last.' }
  return { type: 'object', properties: { items: { type: 'array', items: item }, next }, required: ['items'] }
}

/** What lists and reads it calls a thing; what makes it may show more, this once. */
function answerName(operation: Operation, resource: Resource | undefined): string {
  const thing = thingName(operation, resource)
  const { act } = partsOf(operation)
  if (resource !== undefined && ['list', 'read', 'replace', 'patch'].includes(act)) return thing
  return act === 'create' ? `Made${thing}` : `${thing}${pascal(act)}Answer`
}

/** RFC 7396: everything may be left out, and null takes it away. */
function patchSchema(fields: readonly Field[]): JsonSchema {
  const { properties, patternProperties, type } = objectSchema(fields, { strict: false })
  const isPartial = (name: string) => fields.find(field => field.name === name && field.kind === 'object')?.fields ?? []
  const nullable = (schemas: unknown) =>
    Object.fromEntries(
      Object.entries(schemas as Readonly<Record<string, JsonSchema>>).map(([name, { description, ...schema }]) => {
        const inner = isPartial(name)
        return [name, { anyOf: [inner.length > 0 ? patchSchema(inner) : schema, { type: 'null' }], description }]
      }),
    )
  return {
    type,
    properties: nullable(properties),
    ...(patternProperties === undefined ? {} : { patternProperties: nullable(patternProperties) }),
  }
}

function thingName(operation: Operation, resource: Resource | undefined): string {
  return pascal(resource?.singular ?? partsOf(operation).resource)
}

function pascal(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
