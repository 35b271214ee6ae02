/** Paths of the OpenAPI document: an operation of the list each. */

import { adminScope } from '../../../../core/administration/admin-scopes.ts'
import type { Field } from '../../../../core/administration/field.ts'
import { fieldSchema, type JsonSchema } from '../../../../core/administration/json-schema.ts'
import type { Operation } from '../../../../core/administration/operation.ts'
import type { Resource } from '../../../../core/administration/resource.ts'
import { JSON_TYPE, MERGE_PATCH_TYPE } from '../read-call.ts'
import { answerHeaders, problemResponses } from './responses.ts'
import type { SchemaBook } from './schema-book.ts'
import { answerSchema, bodySchema, partsOf } from './schemas-of-operation.ts'

export type PathItems = Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>

export function pathItems(
  operations: readonly Operation[],
  resources: readonly Resource[],
  book: SchemaBook,
): PathItems {
  const items: Record<string, Record<string, JsonSchema>> = {}
  for (const operation of operations) {
    const resource = resources.find(({ name }) => name === partsOf(operation).resource)
    items[operation.path] ??= {}
    Object.assign(items[operation.path] ?? {}, {
      [operation.method.toLowerCase()]: operationObject(operation, resource, book),
    })
  }
  return items
}

function operationObject(operation: Operation, resource: Resource | undefined, book: SchemaBook): JsonSchema {
  const { name, summary, about, role } = operation
  const parameters = [...pathParameters(operation, resource), ...queryParameters(operation), ...ifMatch(operation)]
  const body = requestBody(operation, resource, book)
  return {
    operationId: name,
    tags: [partsOf(operation).resource],
    summary,
    description: [about, `Needs the role \`${role}\`.`].filter(Boolean).join(' '),
    'x-role': role,
    security: [{ token: [adminScope(role)] }, { session: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: { ...success(operation, resource, book), ...problemResponses(operation) },
  }
}

function pathNames({ path }: Pick<Operation, 'path'>): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
}

function pathParameters(operation: Operation, resource: Resource | undefined): readonly JsonSchema[] {
  return pathNames(operation).map(name => {
    const field = resource?.fields.find(known => known.name === name)
    return {
      name,
      in: 'path',
      required: true,
      description: field?.about ?? 'Percent-encoded, so that it may hold a slash.',
      schema: { type: 'string' },
      ...(typeof field?.example === 'string' ? { example: field.example } : {}),
    }
  })
}

function queryParameters({ query = [] }: Operation): readonly JsonSchema[] {
  return query.map((field: Field) => {
    const { description, ...schema } = fieldSchema(field)
    return { name: field.name, in: 'query', required: field.required === true, description, schema }
  })
}

function ifMatch({ ifMatch: use }: Operation): readonly JsonSchema[] {
  if (use === undefined) return []
  const description =
    'The `ETag` of what was read, or `*`: the change is refused when it is no longer so (RFC 9110 §13.1.1).'
  return [{ name: 'If-Match', in: 'header', required: use === 'required', description, schema: { type: 'string' } }]
}

function requestBody(operation: Operation, resource: Resource | undefined, book: SchemaBook): JsonSchema | undefined {
  const { body, takesBytes = [], isPatch } = operation
  if (body === undefined && takesBytes.length === 0) return undefined
  const bytes = takesBytes.map(type => [type, { schema: { type: 'string', contentMediaType: type } }])
  const types = isPatch === true ? [MERGE_PATCH_TYPE, JSON_TYPE] : [JSON_TYPE]
  const schema = body === undefined ? undefined : bodySchema(operation, resource, book)
  return {
    required: isPatch === true || takesBytes.length > 0 || (body ?? []).some(({ required }) => required === true),
    content: {
      ...Object.fromEntries(bytes),
      ...(schema === undefined ? {} : Object.fromEntries(types.map(type => [type, { schema }]))),
    },
  }
}

function success(operation: Operation, resource: Resource | undefined, book: SchemaBook): JsonSchema {
  const { answer, ifMatch: use } = operation
  const isMade = partsOf(operation).act === 'create'
  const headers = answerHeaders({ hasVersion: use !== undefined || isMade || operation.method === 'GET', isMade })
  if (answer === undefined) return { 204: { description: 'Done.', headers } }
  const type = answer.kind === 'bytes' ? '*/*' : JSON_TYPE
  const content = { [type]: { schema: answerSchema(operation, resource, book) } }
  return { [isMade ? 201 : 200]: { description: isMade ? 'Made.' : 'Done.', headers, content } }
}
