/** What a file declares is changed in the file: a change elsewhere would last until the file is applied again. */

import type { Declaration } from '../declarations/declaration.ts'
import type { Acting, Document } from './ports.ts'
import { conflict, type Problem } from './problem.ts'
import { changedFields } from './versions.ts'

/** `owned_by` of a document. */
export async function declarationOf(
  resource: string,
  key: string,
  { repositories: { declarations } }: Acting,
): Promise<Declaration | undefined> {
  return declarations.find(resource, key)
}

/** Fields that the file is silent about are anybody's. `after` absent: it would be deleted. */
export function checkNotOwned(
  declaration: Declaration | undefined,
  before: Document,
  after: Document | undefined,
  { actor }: Acting,
): Problem | undefined {
  if (declaration === undefined || actor.kind === 'file') return undefined
  const { source, document } = declaration
  if (after === undefined) return conflict(`it is declared in ${source}: take it out there`)
  const touched = changedFields(before, after).filter(name => Object.hasOwn(document, name))
  return touched.length === 0
    ? undefined
    : conflict(`${touched.join(', ')}: declared in ${source}; change it there and run sallyport apply`)
}
