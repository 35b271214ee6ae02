/** A secret that a file says is changed there: another one would last until the file is applied again. Documents show no secrets, so this is looked at beside them. */

import { declarationOf } from '../../ownership.ts'
import type { Acting } from '../../ports.ts'
import { conflict, type Problem } from '../../problem.ts'
import { GIVEN_SECRET } from './client-fields.ts'

export async function checkSecretNotDeclared(clientId: string, acting: Acting): Promise<Problem | undefined> {
  if (acting.actor.kind === 'file') return undefined
  const declaration = await declarationOf('clients', clientId, acting)
  if (declaration === undefined) return undefined
  const name = GIVEN_SECRET.find(field => Object.hasOwn(declaration.document, field.name))?.name
  return name === undefined
    ? undefined
    : conflict(`${name}: declared in ${declaration.source}; change it there and run sallyport apply`)
}
