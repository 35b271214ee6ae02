/** What a file declares is changed in the file: a change elsewhere would last until the file is applied again. */

import type { Declaration } from '../declarations/declaration.ts'
import type { Write } from '../unit-of-work.ts'
import type { Field } from './field.ts'
import { type Acting, type Document, isDocument } from './ports.ts'
import { conflict, type Problem } from './problem.ts'
import type { Resource } from './resource.ts'
import { canonical, changedFields } from './versions.ts'

/** `owned_by` of a document. */
export async function declarationOf(
  resource: string,
  key: string,
  { repositories: { declarations } }: Acting,
): Promise<Declaration | undefined> {
  return declarations.find(resource, key)
}

/** What of a resource it hangs on. */
type Owned = Partial<Pick<Resource, 'fields' | 'key'>>

/** Fields that the file is silent about are anybody's, and so are members of an object. `after` absent: it would be deleted. */
export function checkNotOwned(
  declaration: Declaration | undefined,
  before: Document,
  after: Document | undefined,
  { actor }: Acting,
  { fields = [], key }: Owned = {},
): Problem | undefined {
  if (declaration === undefined || actor.kind === 'file') return undefined
  const { source, document } = declaration
  if (after === undefined) return conflict(`it is declared in ${source}: take it out there`)
  const touched = changedFields(before, after).filter(
    // The name it stands under: with another one, the file would make it a second time.
    name => name === key || (Object.hasOwn(document, name) && isTouched(name, document[name], before, after, fields)),
  )
  return touched.length === 0 ? undefined : declaredIn(source, touched)
}

/** Secrets are in no document: whether one would be changed is read off what was sent. */
export function checkSecretsNotOwned(
  declaration: Declaration | undefined,
  before: Document,
  sent: Document | undefined,
  { actor }: Acting,
  { fields = [] }: Owned = {},
): Problem | undefined {
  if (declaration === undefined || sent === undefined || actor.kind === 'file') return undefined
  const { source, document } = declaration
  const touched = fields
    .filter(({ access }) => access === 'secret')
    .map(({ name }) => name)
    .filter(name => saysSecret(document, name) && Object.hasOwn(sent, name) && sent[name] !== before[name])
  return touched.length === 0 ? undefined : declaredIn(source, touched)
}

/** For actions that change one field: a new secret, a new password, another name. */
export async function checkOwnedField(
  resource: string,
  key: string,
  field: string,
  acting: Acting,
): Promise<Problem | undefined> {
  if (acting.actor.kind === 'file') return undefined
  const declaration = await declarationOf(resource, key, acting)
  if (declaration === undefined || !saysSecret(declaration.document, field)) return undefined
  return declaredIn(declaration.source, [field])
}

/** A secret may be said as it is or by its digest: `password`, `password_hash`. */
function saysSecret(document: Document, name: string): boolean {
  const secret = name.replace(/_hash$/, '')
  return Object.hasOwn(document, secret) || Object.hasOwn(document, `${secret}_hash`)
}

/** For actions that change the thing itself: renaming it, deleting it. */
export async function checkNotDeclared(resource: string, key: string, acting: Acting): Promise<Problem | undefined> {
  if (acting.actor.kind === 'file') return undefined
  const declaration = await declarationOf(resource, key, acting)
  return declaration === undefined ? undefined : conflict(`it is declared in ${declaration.source}: change it there`)
}

/** Whoever makes it by hand would have it until the file is applied again: it was deleted past the file, or is about to be made. */
export function checkMayMake(declaration: Declaration | undefined, { actor }: Acting): Problem | undefined {
  if (declaration === undefined || actor.kind === 'file') return undefined
  const { key, source } = declaration
  return conflict(`${key} is declared in ${source}, and sallyport apply makes it: take it out there first`)
}

/** What was read of who owns it, for the unit that hangs on it: a file that takes it over at this moment is not overlooked. */
export async function ownershipGuard(resource: string, key: string, acting: Acting): Promise<Write> {
  const declaration = await declarationOf(resource, key, acting)
  return acting.repositories.declarations.asSeen(resource, key, declaration)
}

function declaredIn(source: string, names: readonly string[]): Problem {
  return conflict(`${names.join(', ')}: declared in ${source}; change it there and run sallyport apply`)
}

function isTouched(
  name: string,
  declared: unknown,
  before: Document,
  after: Document,
  fields: readonly Field[],
): boolean {
  const kind = fields.find(field => field.name === name)?.kind
  if (kind !== 'object' || !isDocument(declared)) return true
  const [was, is] = [membersOf(before[name]), membersOf(after[name])]
  return Object.keys(declared).some(member => canonical(was[member] ?? null) !== canonical(is[member] ?? null))
}

function membersOf(value: unknown): Document {
  return isDocument(value) ? value : {}
}
