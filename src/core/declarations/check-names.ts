/** Under which names things are written: not twice, not under another's, and never with what was settled when they were made. */

import type { Field } from '../administration/field.ts'
import type { Document } from '../administration/ports.ts'
import type { Resource } from '../administration/resource.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import { isSame } from './merge.ts'
import type { WrittenThing } from './plan.ts'

/** `found`: what is there under that name, as it is shown. */
export function checkNames(
  thing: WrittenThing,
  resource: Resource,
  found: Document | undefined,
): readonly SettingsMistake[] {
  const mistakes: SettingsMistake[] = []
  if (Object.hasOwn(thing.document, resource.key)) {
    const message = `is the name that the document stands under (${thing.key}); leave it out`
    mistakes.push({ member: resource.key, rule: 'key', message })
  }
  const name = found?.[resource.key]
  if (found !== undefined && name !== thing.key) {
    const message = `is ${name}: write it under that name`
    mistakes.push({ member: resource.key, rule: 'key', message })
  }
  if (found === undefined) return mistakes
  const changed = madeFields(resource).filter(
    field => thing.document[field] !== undefined && !isSame(thing.document[field], found[field]),
  )
  return [
    ...mistakes,
    ...changed.map(member => ({
      member,
      rule: 'made once',
      message: `never changes once it is made: it is ${found[member]}`,
    })),
  ]
}

export function withoutMade(written: Document, resource: Resource): Document {
  const made = madeFields(resource)
  return Object.fromEntries(Object.entries(written).filter(([name]) => !made.includes(name)))
}

function madeFields({ fields, key }: Resource): readonly string[] {
  return fields.filter(({ access, name }: Field) => access === 'made' && name !== key).map(({ name }) => name)
}
