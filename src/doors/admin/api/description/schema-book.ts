/** The named schemas of the OpenAPI document: what is the same stands there once, under the name that came first. */

import type { JsonSchema } from '../../../../core/administration/json-schema.ts'
import { canonical } from '../../../../core/administration/versions.ts'

export interface SchemaBook {
  /** A reference to it. A name that something else has already gets a number. */
  refer(name: string, schema: JsonSchema): JsonSchema
  readonly schemas: Readonly<Record<string, JsonSchema>>
}

export function createSchemaBook(): SchemaBook {
  const schemas: Record<string, JsonSchema> = {}
  const names = new Map<string, string>()
  return {
    schemas,
    refer(wanted, schema) {
      const text = canonical(schema)
      let name = names.get(text)
      if (name === undefined) {
        name = wanted
        for (let number = 2; Object.hasOwn(schemas, name); number++) name = `${wanted}${number}`
        names.set(text, name)
        schemas[name] = schema
      }
      return { $ref: `#/components/schemas/${name}` }
    },
  }
}
