/** A document without what counts anyway: the rules themselves are asked what a thing becomes when less is said. */

import { writtenPart } from '../administration/crud-operations.ts'
import { type Field, fieldNamed } from '../administration/field.ts'
import type { Acting, Document } from '../administration/ports.ts'
import { isProblem, type Problem } from '../administration/problem.ts'
import type { Change, Resource } from '../administration/resource.ts'
import { isSame } from './merge.ts'

/** A standard may hang on another field (a public app needs PKCE), so what was left out by mistake comes back until all is as it was. */
const MAX_ROUNDS = 5

export async function withoutStandards(
  resource: Resource,
  thing: unknown,
  document: Document,
  acting: Acting,
): Promise<Document> {
  const full = writtenPart(resource, document)
  const needed = fieldsOf(full, resource, ({ required }) => required === true)
  // Where it is and what it is called often has to be said.
  const named = fieldsOf(full, resource, ({ kind, choices }) => kind === 'uri' || (kind === 'text' && !choices))
  for (const start of [needed, [...new Set([...needed, ...named])]]) {
    const found = await lessThan(full, start, document => resource.replace?.(thing, document, acting), resource)
    if (found !== undefined) return found
  }
  return full
}

type Decide = (document: Document) => Promise<Change | Problem> | undefined

async function lessThan(
  full: Document,
  start: readonly string[],
  decide: Decide,
  resource: Resource,
): Promise<Document | undefined> {
  let names = start
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const change = await decide(pick(full, names))
    if (change === undefined || isProblem(change) || change.after === undefined) return undefined
    const after = writtenPart(resource, change.after)
    const missing = Object.keys(full).filter(name => !names.includes(name) && !isSame(full[name], after[name]))
    if (missing.length === 0) return isSame(after, full) ? pick(full, names) : undefined
    names = [...names, ...missing]
  }
  return undefined
}

function fieldsOf(document: Document, { fields }: Resource, isWanted: (field: Field) => boolean): readonly string[] {
  return Object.keys(document).filter(name => {
    const field = fieldNamed(name, fields)
    return field !== undefined && isWanted(field)
  })
}

function pick(document: Document, names: readonly string[]): Document {
  return Object.fromEntries(names.map(name => [name, document[name]]))
}
