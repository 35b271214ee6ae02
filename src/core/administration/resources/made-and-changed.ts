/** The fields that the house keeps about everything: when and by whom it was made and changed, and which file owns it. */

import type { Field } from '../field.ts'
import { declarationOf } from '../ownership.ts'
import type { Acting, Document } from '../ports.ts'

export const MADE_AND_CHANGED: readonly Field[] = [
  { name: 'created_at', kind: 'time', access: 'shown', about: 'When it was made.', finds: ['sort'] },
  { name: 'created_by', kind: 'text', access: 'shown', about: 'Who made it.' },
  { name: 'updated_at', kind: 'time', access: 'shown', about: 'When it was changed last.', finds: ['sort'] },
  { name: 'updated_by', kind: 'text', access: 'shown', about: 'Who changed it last.' },
  {
    name: 'owned_by',
    kind: 'text',
    access: 'shown',
    about: 'The place in a file where it is declared: what stands there is changed there.',
  },
]

interface Made {
  readonly createdAt: Date
  readonly updatedAt?: Date
  readonly createdBy?: string
  readonly updatedBy?: string
}

export function madeAndChanged({ createdAt, updatedAt, createdBy, updatedBy }: Made): Document {
  return {
    created_at: createdAt.toISOString(),
    ...(createdBy === undefined ? {} : { created_by: createdBy }),
    updated_at: (updatedAt ?? createdAt).toISOString(),
    ...(updatedBy === undefined ? {} : { updated_by: updatedBy }),
  }
}

export async function ownedBy(resource: string, key: string, acting: Acting): Promise<Document> {
  const declaration = await declarationOf(resource, key, acting)
  return declaration === undefined ? {} : { owned_by: declaration.source }
}
