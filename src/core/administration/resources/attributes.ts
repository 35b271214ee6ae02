/** Custom attributes: what accounts of this house have besides the standard claims, and how apps read it. */

import type { AttributeDefinition } from '../../attributes/attribute-definition.ts'
import { checkDefinition } from '../../attributes/definition-rules.ts'
import { documentMistakes } from '../document-mistakes.ts'
import { pageOf } from '../page-of.ts'
import type { Acting, Document } from '../ports.ts'
import { conflict, invalid, isProblem } from '../problem.ts'
import type { Resource } from '../resource.ts'
import { checkScopesUnused, checkStoredValues, warnOfUse } from './attributes/attribute-effects.ts'
import { ATTRIBUTE_FIELDS } from './attributes/attribute-fields.ts'
import { definitionIn, documentIn, type Made } from './attributes/definition-in.ts'
import { madeAndChanged, ownedBy } from './made-and-changed.ts'

export const attributes: Resource<AttributeDefinition> = {
  name: 'attributes',
  singular: 'attribute',
  key: 'name',
  hasChosenNames: true,
  about:
    'What accounts have besides the standard claims of OpenID Connect: their names, their types, and how apps read them.',
  fields: ATTRIBUTE_FIELDS,
  roles: { read: 'viewer', change: 'administrator' },
  isDeclarable: true,

  async list(query, acting) {
    const all = await acting.repositories.attributeDefinitions.list()
    const rows = await Promise.all(all.map(async thing => ({ thing, document: await documentOf(thing, acting) })))
    return pageOf(rows, query, { key: 'name', fields: ATTRIBUTE_FIELDS })
  },
  find: (key, { repositories }) => repositories.attributeDefinitions.find(key),
  documentOf,
  confirm: (seen, { repositories }) => repositories.attributeDefinitions.replace(seen, seen),

  async create(document, acting) {
    const { repositories, now, actor } = acting
    const name = typeof document.name === 'string' ? document.name : ''
    const read = await readDefinition(document, { name, createdAt: now, updatedAt: now, createdBy: actor.name }, acting)
    if (isProblem(read)) return read
    if ((await repositories.attributeDefinitions.find(name)) !== undefined)
      return conflict(`an attribute ${name} exists already`)
    // Values may be left from one of this name that was deleted.
    const unfit = await checkStoredValues(read, acting)
    if (unfit !== undefined) return unfit
    return {
      writes: [repositories.attributeDefinitions.insert(read)],
      events: [{ type: 'attribute.created', detail: { attribute: name } }],
      after: await documentOf(read, acting),
    }
  },

  async replace(before, document, acting) {
    const { repositories, now, actor } = acting
    const { name, createdAt, createdBy } = before
    const made = { name, createdAt, ...(createdBy === undefined ? {} : { createdBy }) }
    const read = await readDefinition(document, { ...made, updatedAt: now, updatedBy: actor.name }, acting, before)
    if (isProblem(read)) return read
    const refused =
      (isSameKind(before, read) ? undefined : await checkStoredValues(read, acting)) ??
      (await checkScopesUnused(before, read, acting))
    if (refused !== undefined) return refused
    return {
      writes: [repositories.attributeDefinitions.replace(read, before)],
      events: [{ type: 'attribute.changed', detail: { attribute: name } }],
      after: await documentOf(read, acting),
    }
  },

  async remove(definition, acting) {
    const refused = await checkScopesUnused(definition, undefined, acting)
    if (refused !== undefined) return refused
    const { name } = definition
    return {
      writes: [acting.repositories.attributeDefinitions.delete(name)],
      events: [{ type: 'attribute.deleted', detail: { attribute: name } }],
      warnings: await warnOfUse(name, acting),
    }
  },
}

async function readDefinition(document: Document, made: Made, acting: Acting, before?: AttributeDefinition) {
  const misshapen = documentMistakes(document, ATTRIBUTE_FIELDS, before === undefined ? 'making' : 'changing')
  if (misshapen.length > 0) return invalid(misshapen)
  const definition = definitionIn(document, made)
  const mistakes = checkDefinition(definition, await acting.repositories.attributeDefinitions.list())
  return mistakes.length > 0 ? invalid(mistakes) : definition
}

function isSameKind(before: AttributeDefinition, after: AttributeDefinition): boolean {
  const isWider = after.choices.length === 0 || before.choices.every(choice => after.choices.includes(choice))
  const wasLimited = before.choices.length > 0 || after.choices.length === 0
  return before.type === after.type && before.isList === after.isList && isWider && wasLimited
}

async function documentOf(definition: AttributeDefinition, acting: Acting): Promise<Document> {
  return {
    ...documentIn(definition),
    ...madeAndChanged(definition),
    ...(await ownedBy('attributes', definition.name, acting)),
  }
}
