/** A written document, whose shape has been looked at, as a definition. */

import type { AttributeDefinition, AttributeType } from '../../../attributes/attribute-definition.ts'
import type { Document } from '../../ports.ts'

/** What the house keeps about it. */
export type Made = Pick<AttributeDefinition, 'name' | 'createdAt' | 'updatedAt' | 'createdBy' | 'updatedBy'>

/** An empty text says nothing. */
export function definitionIn(document: Document, made: Made): AttributeDefinition {
  const text = (name: string): string | undefined => {
    const value = document[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const list = (name: string): readonly string[] => {
    const value = document[name]
    return Array.isArray(value) ? [...new Set(value.filter(item => typeof item === 'string'))] : []
  }
  const [title, description, claim] = ['title', 'description', 'claim'].map(text)
  return {
    ...made,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    type: (text('type') ?? 'text') as AttributeType,
    isList: document.list === true,
    choices: list('choices'),
    ...(claim === undefined || claim === made.name ? {} : { claim }),
    scopes: list('scopes').toSorted(),
  }
}

/** The other way round. */
export function documentIn({ name, title, description, type, isList, choices, claim, scopes }: AttributeDefinition) {
  return {
    name,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    type,
    list: isList,
    choices,
    ...(claim === undefined ? {} : { claim }),
    scopes,
  }
}

/** What will be there when what is planned is done: values of accounts are held to it. What a file is silent about stays. */
export function plannedDefinitions(
  existing: readonly AttributeDefinition[],
  written: ReadonlyArray<{ readonly key: string; readonly document: Document }>,
  now: Date,
): readonly AttributeDefinition[] {
  if (written.length === 0) return existing
  const before = new Map(existing.map(definition => [definition.name, definition]))
  const planned = written.map(({ key, document }) => {
    const there = before.get(key)
    const said = Object.entries(document).filter(([, value]) => value !== null && value !== undefined)
    const made = there ?? { name: key, createdAt: now, updatedAt: now }
    return definitionIn({ ...(there && documentIn(there)), ...Object.fromEntries(said) }, madeBy(made))
  })
  return [...existing.filter(({ name }) => !planned.some(definition => definition.name === name)), ...planned]
}

function madeBy({ name, createdAt, updatedAt, createdBy, updatedBy }: Made): Made {
  return {
    name,
    createdAt,
    updatedAt,
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(updatedBy === undefined ? {} : { updatedBy }),
  }
}
