/** Fields of an account that stand within its attributes. */

import type { JsonObject } from '../clients/client.ts'

/** `attributes.name` → `{ attributes: { name } }` */
export function withAttributes(fields: JsonObject): JsonObject {
  const isAttribute = ([name]: readonly [string, unknown]) => name.startsWith('attributes.')
  const entries = Object.entries(fields)
  const attributes = entries
    .filter(isAttribute)
    .map(([name, value]) => [name.slice('attributes.'.length), value] as const)
  const rest = Object.fromEntries(entries.filter(entry => !isAttribute(entry)))
  return attributes.length === 0 ? rest : { ...rest, attributes: Object.fromEntries(attributes) }
}
