/** Tests of the OpenAPI document: whole, valid, and about every operation there is. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { shown } from '../../../../core/administration/field.ts'
import { OPERATIONS } from '../../../../core/administration/operations.ts'
import { RESOURCES } from '../../../../core/administration/resources.ts'
import { openApiDocument } from './openapi-document.ts'

type Node = Readonly<Record<string, unknown>>

const METHODS = ['get', 'post', 'put', 'patch', 'delete']
const document = JSON.parse(
  JSON.stringify(openApiDocument({ issuer: 'https://id.example.com', operations: OPERATIONS, resources: RESOURCES })),
) as Node
const paths = document.paths as Readonly<Record<string, Node>>
const components = document.components as Readonly<Record<string, Node>>

const operations = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation: operation as Node })),
)

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Every object in it, with where it stands. */
function* nodesIn(value: unknown, where = '#'): Generator<readonly [where: string, node: Node]> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* nodesIn(item, `${where}/${index}`)
  if (!isNode(value)) return
  yield [where, value]
  for (const [name, inner] of Object.entries(value)) yield* nodesIn(inner, `${where}/${name}`)
}

function resolve(reference: string): unknown {
  const [root, ...names] = reference.split('/')
  assert.equal(root, '#', reference)
  return names.reduce<unknown>((node, name) => (isNode(node) ? node[name] : undefined), document)
}

/** JSON Schema 2020-12, as far as these schemas go: known keywords, each of its kind, and nothing that contradicts itself. */
const KEYWORDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  $ref: value => typeof value === 'string' && isNode(resolve(value)),
  type: value => ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'].includes(String(value)),
  properties: isNode,
  patternProperties: value => isNode(value) && Object.keys(value).every(pattern => new RegExp(pattern, 'u')),
  required: value =>
    Array.isArray(value) && value.every(name => typeof name === 'string') && new Set(value).size === value.length,
  additionalProperties: value => typeof value === 'boolean' || isNode(value),
  items: isNode,
  anyOf: value => Array.isArray(value) && value.length > 0 && value.every(isNode),
  enum: value => Array.isArray(value) && value.length > 0 && new Set(value).size === value.length,
  examples: Array.isArray,
  description: value => typeof value === 'string' && value !== '',
  format: value => typeof value === 'string',
  readOnly: value => typeof value === 'boolean',
  writeOnly: value => typeof value === 'boolean',
  contentMediaType: value => typeof value === 'string',
  contentEncoding: value => typeof value === 'string',
}

function checkSchema(schema: Node, where: string): void {
  for (const [keyword, value] of Object.entries(schema)) {
    const isRight = KEYWORDS[keyword]
    assert.ok(isRight !== undefined, `${where}: ${keyword} is no keyword`)
    assert.ok(isRight(value), `${where}/${keyword}: ${JSON.stringify(value)}`)
  }
  const { properties = {}, required = [], type, items, anyOf = [], additionalProperties } = schema
  assert.ok(!('properties' in schema) || type === 'object', `${where}: properties of no object`)
  assert.ok(!('items' in schema) || type === 'array', `${where}: items of no array`)
  for (const name of required as readonly string[])
    assert.ok(Object.hasOwn(properties as Node, name), `${where}: ${name}`)
  for (const [name, inner] of Object.entries(properties as Node)) checkSchema(inner as Node, `${where}/${name}`)
  for (const inner of Object.values((schema.patternProperties ?? {}) as Node))
    checkSchema(inner as Node, `${where}/pattern`)
  if (isNode(items)) checkSchema(items, `${where}/items`)
  if (isNode(additionalProperties)) checkSchema(additionalProperties, `${where}/additionalProperties`)
  for (const [index, inner] of (anyOf as readonly Node[]).entries()) checkSchema(inner, `${where}/anyOf/${index}`)
}

describe('the OpenAPI document', () => {
  it('is one of OpenAPI 3.1, with what that asks for', () => {
    const { openapi, info, servers } = document
    assert.equal(openapi, '3.1.0')
    assert.deepEqual(Object.keys(info as Node).sort(), ['description', 'title', 'version'])
    assert.deepEqual(servers, [{ url: 'https://id.example.com/api/admin/v1' }])
    const known = ['openapi', 'jsonSchemaDialect', 'info', 'servers', 'tags', 'paths', 'components']
    assert.deepEqual(Object.keys(document), known)
  })

  it('is about every operation, once, by its method and path', () => {
    const told = operations.map(({ path, method, operation }) => `${operation.operationId} ${method} ${path}`)
    const wanted = OPERATIONS.map(({ name, method, path }) => `${name} ${method.toLowerCase()} ${path}`)
    assert.deepEqual(told.sort(), wanted.sort())
    assert.ok(operations.every(({ method }) => METHODS.includes(method)))
  })

  it('has a name of its own for each operation, and a tag that is explained', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    assert.equal(new Set(ids).size, ids.length)
    const tags = (document.tags as readonly Node[]).map(({ name }) => name)
    for (const { operation } of operations)
      assert.ok(
        (operation.tags as readonly string[]).every(tag => tags.includes(tag)),
        String(operation.operationId),
      )
  })

  it('has no two paths that differ in the names of their parameters alone', () => {
    const shapes = Object.keys(paths).map(path => path.replace(/\{\w+\}/g, '{}'))
    assert.equal(new Set(shapes).size, shapes.length)
  })

  it('declares each parameter of a path, and no other one, and each parameter once', () => {
    for (const { path, operation } of operations) {
      const parameters = (operation.parameters ?? []) as readonly Node[]
      const inPath = parameters.filter(parameter => parameter.in === 'path')
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      assert.deepEqual(
        inPath.map(({ name }) => name),
        names,
        path,
      )
      assert.ok(
        inPath.every(({ required }) => required === true),
        path,
      )
      const all = parameters.map(parameter => `${parameter.in} ${parameter.name}`)
      assert.equal(new Set(all).size, all.length, path)
    }
  })

  it('refers to nothing that is not there, and has nothing that is referred to nowhere', () => {
    const used = new Set<string>()
    for (const [where, { $ref }] of nodesIn(document)) {
      if (typeof $ref !== 'string') continue
      used.add($ref)
      assert.ok(isNode(resolve($ref)), `${where} refers to ${$ref}`)
    }
    for (const kind of ['schemas', 'responses', 'headers'])
      for (const name of Object.keys(components[kind] ?? {}))
        assert.ok(used.has(`#/components/${kind}/${name}`), `${kind} ${name}`)
  })

  it('has schemas that are JSON Schema (2020-12)', () => {
    for (const [name, schema] of Object.entries(components.schemas ?? {})) checkSchema(schema as Node, name)
    for (const [where, { schema }] of nodesIn(paths)) if (isNode(schema)) checkSchema(schema, where)
  })

  it('has names of components that OpenAPI allows', () => {
    for (const kind of Object.values(components))
      for (const name of Object.keys(kind)) assert.match(name, /^[a-zA-Z0-9._-]+$/)
    // A number behind a name: two things would go by one.
    for (const name of Object.keys(components.schemas ?? {})) assert.doesNotMatch(name, /\d$/)
  })

  it('says for each operation what it answers, and what it needs', () => {
    for (const { operation, path } of operations) {
      const responses = operation.responses as Readonly<Record<string, Node>>
      const done = Object.keys(responses).filter(status => status.startsWith('2'))
      assert.equal(done.length, 1, path)
      for (const status of ['400', '401', '403']) assert.ok(responses[status] !== undefined, `${path} ${status}`)
      const [token] = operation.security as readonly Readonly<Record<string, readonly string[]>>[]
      assert.deepEqual(token?.token, [`admin.${operation['x-role']}`])
      for (const [where, { description }] of nodesIn(responses, path)) {
        if (where.split('/').length === path.split('/').length + 1 && description !== undefined)
          assert.notEqual(description, '', where)
      }
    }
  })

  it('lets everything be left out of a patch, and be taken away by null (RFC 7396 §2)', () => {
    const patches = Object.entries(components.schemas ?? {}).filter(([name]) => name.endsWith('Patch'))
    assert.ok(patches.length > 0)
    for (const [name, schema] of patches) {
      const { required, properties } = schema as Node
      assert.equal(required, undefined, name)
      for (const [field, property] of Object.entries(properties as Readonly<Record<string, Node>>)) {
        const kinds = property.anyOf as readonly Node[]
        assert.ok(
          kinds.some(({ type }) => type === 'null'),
          `${name}.${field}`,
        )
      }
    }
  })

  it('shows no secret: what is never shown is in no answer', () => {
    const secrets = RESOURCES.flatMap(({ singular, fields }) =>
      fields
        .filter(({ name }) => !shown(fields).some(field => field.name === name))
        .map(({ name }) => [singular, name] as const),
    )
    for (const { operation } of operations) {
      const responses = operation.responses as Readonly<Record<string, Node>>
      for (const [where, node] of nodesIn(responses)) {
        const schema = typeof node.$ref === 'string' ? resolve(node.$ref) : node
        if (isNode(schema)) assert.notEqual(schema.writeOnly, true, where)
      }
    }
    for (const [singular, name] of secrets) {
      const thing = components.schemas?.[singular.charAt(0).toUpperCase() + singular.slice(1)]
      const properties = isNode(thing) ? (thing.properties as Node) : {}
      assert.ok(!Object.hasOwn(properties, name), `${singular} shows ${name}`)
    }
  })
})
