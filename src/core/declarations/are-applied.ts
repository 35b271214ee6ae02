/** Whether the files say what they said when they were last applied: one look at the database, and most starts need no more. */

import type { Acting } from '../administration/ports.ts'
import { resourceOf } from '../administration/resources.ts'
import { isSame } from './merge.ts'
import type { WrittenThing } from './plan.ts'
import { placeOf, sealerFor } from './plan-context.ts'
import { resolveSecrets, withDigests } from './secret-values.ts'

export async function areApplied(things: readonly WrittenThing[], acting: Acting): Promise<boolean> {
  const declarations = await acting.repositories.declarations.list()
  if (declarations.length !== things.length) return false
  const sealer = await sealerFor(things, acting)
  const last = new Map(declarations.map(found => [placeOf(found.kind, found.key), found]))
  return things.every(thing => {
    const { fields } = resourceOf(thing.resource) ?? { fields: [] }
    const declaration = last.get(placeOf(thing.resource, thing.key))
    if (declaration?.source !== thing.source) return false
    const { document, mistakes } = resolveSecrets(thing.document, fields, acting)
    return mistakes.length === 0 && isSame(withDigests(thing, document, fields, sealer), declaration.document)
  })
}
