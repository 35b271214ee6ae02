/** The operations that every resource has: list, read, create, replace, patch, delete. */

import { didYouMean } from '../../lib/nearest-name.ts'
import { shown, writable } from './field.ts'
import { listParameters, parseListQuery } from './list-query.ts'
import { mergedDocument } from './merge-patch.ts'
import type { Operation, Outcome } from './operation.ts'
import { performChange } from './perform-change.ts'
import type { Acting, Document } from './ports.ts'
import { isProblem, notFound, type Problem } from './problem.ts'
import { listedBy, type Resource } from './resource.ts'
import { versionOf } from './versions.ts'

export function operationsOf<Thing>(resource: Resource<Thing>): readonly Operation[] {
  const { create, replace, remove, actions = [] } = resource
  return [
    listOperation(resource),
    readOperation(resource),
    ...(create === undefined ? [] : [createOperation(resource)]),
    ...(replace === undefined ? [] : [replaceOperation(resource), patchOperation(resource)]),
    ...(remove === undefined ? [] : [deleteOperation(resource)]),
    ...actions,
  ]
}

function listOperation<Thing>(resource: Resource<Thing>): Operation {
  const { name, key, fields, roles } = resource
  const sortable = resource.standardSort ?? fields.find(({ finds }) => finds?.includes('sort'))?.name ?? key
  return {
    name: `${name}.list`,
    method: 'GET',
    path: `/${name}`,
    role: roles.read,
    summary: `List ${name}`,
    query: listParameters(listedBy(resource)),
    answer: { kind: 'page', fields: shown(fields) },
    async perform({ query }, acting) {
      const parsed = parseListQuery(query, listedBy(resource), sortable)
      if (isProblem(parsed)) return parsed
      const page = await resource.list(parsed, acting)
      if (isProblem(page)) return page
      const items = await Promise.all(page.items.map(thing => resource.documentOf(thing, acting)))
      const { next, warnings } = page
      return {
        document: { items, ...(next === undefined ? {} : { next }) },
        ...(warnings === undefined ? {} : { warnings }),
      }
    },
  }
}

function readOperation<Thing>(resource: Resource<Thing>): Operation {
  return {
    ...ofOne(resource, 'read', 'GET'),
    role: resource.roles.read,
    summary: `Read a ${resource.singular}`,
    answer: { kind: 'document', fields: shown(resource.fields) },
    perform: ({ path }, acting) => withOne(resource, path, acting, async (_, document) => read(document)),
  }
}

function read(document: Document): Outcome {
  return { document, version: versionOf(document) }
}

function createOperation<Thing>(resource: Resource<Thing>): Operation {
  const { name, singular, key, fields, roles, besides = {} } = resource
  return {
    name: `${name}.create`,
    method: 'POST',
    path: `/${name}`,
    role: roles.change,
    summary: `Make a ${singular}`,
    body: [...writable(fields, 'making'), ...(besides.making ?? [])],
    answer: { kind: 'document', fields: shown(fields) },
    async perform({ body = {} }, acting) {
      const said = body[key]
      // Not looked at yet: what is no text may be anything.
      const about = { resource, key: typeof said === 'string' ? said : '' }
      const decide = async () => (await resource.create?.(body, acting)) ?? notFound('way to make a', singular)
      const outcome = await performChange(about, decide, acting)
      if (isProblem(outcome)) return outcome
      return { ...outcome, location: `/${name}/${encodeURIComponent(`${outcome.document?.[key]}`)}` }
    },
  }
}

function replaceOperation<Thing>(resource: Resource<Thing>): Operation {
  return {
    ...ofOne(resource, 'replace', 'PUT'),
    role: resource.roles.change,
    summary: `Replace a ${resource.singular}`,
    about: 'What is left out has its standard again; secrets that are left out stay.',
    body: [...writable(resource.fields, 'changing'), ...(resource.besides?.changing ?? [])],
    answer: { kind: 'document', fields: shown(resource.fields) },
    ifMatch: 'required',
    perform: ({ path, body = {}, ifMatch }, acting) =>
      withOne(resource, path, acting, (thing, before, key) =>
        performChange(
          { resource, key, before, sent: body, ifMatch },
          () => replaced(resource, thing, body, acting),
          acting,
        ),
      ),
  }
}

function patchOperation<Thing>(resource: Resource<Thing>): Operation {
  return {
    ...ofOne(resource, 'patch', 'PATCH'),
    role: resource.roles.change,
    summary: `Change a ${resource.singular}`,
    about: 'A JSON merge patch (RFC 7396): what is sent takes the place of what is there, null takes it away.',
    body: [...writable(resource.fields, 'changing'), ...(resource.besides?.changing ?? [])],
    isPatch: true,
    answer: { kind: 'document', fields: shown(resource.fields) },
    ifMatch: 'optional',
    perform: ({ path, body = {}, ifMatch }, acting) =>
      withOne(resource, path, acting, (thing, before, key) => {
        const patch = resource.completePatch?.(thing, body) ?? body
        const document = mergedDocument(writtenPart(resource, before), patch)
        return performChange(
          { resource, key, before, sent: body, ifMatch },
          () => replaced(resource, thing, document, acting),
          acting,
        )
      }),
  }
}

function deleteOperation<Thing>(resource: Resource<Thing>): Operation {
  return {
    ...ofOne(resource, 'delete', 'DELETE'),
    role: resource.roles.change,
    summary: `Delete a ${resource.singular}`,
    ifMatch: 'optional',
    perform: ({ path, ifMatch }, acting) =>
      withOne(resource, path, acting, (thing, before, key) => {
        const decide = async () => (await resource.remove?.(thing, acting)) ?? notFound(resource.singular, key)
        return performChange({ resource, key, before, ifMatch }, decide, acting)
      }),
  }
}

async function replaced<Thing>(resource: Resource<Thing>, thing: Thing, document: Document, acting: Acting) {
  return (await resource.replace?.(thing, document, acting)) ?? notFound('way to change a', resource.singular)
}

/** What of a document could be written: what it is patched upon. */
export function writtenPart({ fields }: Pick<Resource, 'fields'>, document: Document): Document {
  const names = writable(fields, 'changing').map(({ name }) => name)
  return Object.fromEntries(Object.entries(document).filter(([name]) => names.includes(name.replace(/#.*$/, ''))))
}

function ofOne({ name, key }: Pick<Resource, 'name' | 'key'>, act: string, method: Operation['method']) {
  return { name: `${name}.${act}`, method, path: `/${name}/{${key}}` }
}

/** Most of what has names that people choose fits into one page. */
const LOOKED_AT = 200

/** ` (did you mean staff?)`, where names are chosen by people: of the first page, and nothing where there is none. */
async function meant<Thing>(asked: string, resource: Resource<Thing>, acting: Acting): Promise<string> {
  if (resource.hasChosenNames !== true) return ''
  const query = parseListQuery({ limit: `${LOOKED_AT}` }, listedBy(resource), resource.key)
  const page = isProblem(query) ? query : await resource.list(query, acting)
  if (isProblem(page)) return ''
  const documents = await Promise.all(page.items.map(thing => resource.documentOf(thing, acting)))
  return didYouMean(
    asked,
    documents.map(document => `${document[resource.key]}`),
  )
}

/** Looks one up by the key in the path; for actions as well. */
export async function withOne<Thing>(
  resource: Resource<Thing>,
  path: Readonly<Record<string, string>>,
  acting: Acting,
  act: (thing: Thing, document: Document, key: string) => Promise<Outcome | Problem>,
): Promise<Outcome | Problem> {
  const asked = path[resource.key] ?? ''
  const thing = await resource.find(asked, acting)
  if (thing === undefined) return notFound(resource.singular, `${asked}${await meant(asked, resource, acting)}`)
  const document = await resource.documentOf(thing, acting)
  // Some are found by other names as well; files own them by their key.
  return act(thing, document, `${document[resource.key] ?? asked}`)
}
