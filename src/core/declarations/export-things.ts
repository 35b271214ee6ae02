/** What is in the database as documents that files may hold: applied to an empty one, they make the same. */

import { type Field, fieldNamed, writable } from '../administration/field.ts'
import { MAX_LIMIT, openCursor } from '../administration/list-query.ts'
import type { Acting, Document } from '../administration/ports.ts'
import { isProblem } from '../administration/problem.ts'
import type { Resource } from '../administration/resource.ts'
import { RESOURCES } from '../administration/resources.ts'
import type { Found } from './plan-one.ts'
import { withoutStandards } from './without-standards.ts'

export interface ExportedSection {
  readonly resource: string
  readonly things: readonly ExportedThing[]
}

export interface ExportedThing {
  readonly key: string
  readonly document: Document
  /** Fields of it that are references, to be written as they are. */
  readonly references: readonly string[]
  /** Secrets that it has and nobody can read: by field. */
  readonly unreadable: readonly string[]
}

export interface ExportSettings {
  /** Resources; all when there is none. */
  readonly kinds: readonly string[]
  /** Only these, whoever owns them. */
  readonly keys: readonly string[]
  /** Also what files own, and apps that registered themselves. */
  readonly isAll: boolean
}

export function declarableResources(): readonly Resource[] {
  return RESOURCES.filter(({ isDeclarable }) => isDeclarable === true)
}

export async function exportThings(settings: ExportSettings, acting: Acting): Promise<readonly ExportedSection[]> {
  const declared = new Set(
    (await acting.repositories.declarations.list()).map(({ kind, key }) => JSON.stringify([kind, key])),
  )
  const { kinds, keys, isAll } = settings
  const sections: ExportedSection[] = []
  for (const resource of declarableResources()) {
    if (kinds.length > 0 && !kinds.includes(resource.name)) continue
    const things: ExportedThing[] = []
    for await (const { thing, document } of documentsOf(resource, acting)) {
      const key = `${document[resource.key]}`
      const isOwned = declared.has(JSON.stringify([resource.name, key]))
      const isWanted = keys.length > 0 ? keys.includes(key) : isAll || (!isOwned && isMadeByHand(document))
      if (isWanted && !isKeptByItself(document)) things.push(await exported(resource, thing, document, acting))
    }
    if (things.length > 0) sections.push({ resource: resource.name, things })
  }
  return sections
}

/** An app that registered itself is looked after by itself. */
function isMadeByHand({ origin }: Document): boolean {
  return origin === undefined || origin === 'operator'
}

/** What a document of its own describes (CIMD) is read again when it is needed. */
function isKeptByItself({ origin }: Document): boolean {
  return origin === 'metadata-document'
}

async function* documentsOf(resource: Resource, acting: Acting): AsyncGenerator<Found, void> {
  for (let cursor: string | undefined; ; ) {
    const after = cursor === undefined ? undefined : openCursor(cursor)
    const query = { search: [], filters: {}, sort: { field: resource.key, descending: false }, limit: MAX_LIMIT }
    const page = await resource.list({ ...query, ...(after === undefined ? {} : { after }) }, acting)
    if (isProblem(page)) throw new Error(page.detail)
    for (const thing of page.items) yield { thing, document: await resource.documentOf(thing, acting) }
    if (page.next === undefined) return
    cursor = page.next
  }
}

async function exported(
  resource: Resource,
  thing: unknown,
  document: Document,
  acting: Acting,
): Promise<ExportedThing> {
  const { fields, key: keyField } = resource
  const taken = writable(fields, 'making').filter(({ name }) => name !== keyField)
  const order = new Map(taken.map(({ name }, index) => [name, index]))
  const place = (name: string): number => order.get(fieldNamed(name, taken)?.name ?? '') ?? 0
  const made = Object.fromEntries(
    taken.flatMap(({ name, access }) => (access === 'made' ? [[name, document[name]]] : [])),
  )
  const said = Object.entries({ ...made, ...(await withoutStandards(resource, thing, document, acting)) })
    .filter(([name, value]) => fieldNamed(name, taken) !== undefined && value !== undefined && value !== null)
    .sort(([a], [b]) => place(a) - place(b))
  return {
    key: `${document[keyField]}`,
    document: Object.fromEntries(said),
    references: taken.filter(({ showsReference }) => showsReference === true).map(({ name }) => name),
    unreadable: taken.filter(field => hasUnreadable(field, document)).map(({ name }) => name),
  }
}

/** Documents tell that there is a secret by `has_…`, or list what is known of secrets. */
function hasUnreadable({ name, access }: Field, document: Document): boolean {
  if (access !== 'secret' || document[name] !== undefined) return false
  const { secrets } = document
  return document[`has_${name}`] === true || (name === 'client_secret' && Array.isArray(secrets) && secrets.length > 0)
}
