/** What an attribute of another system is called here: in small letters, and nothing that already means something else. */

import { createHash } from 'node:crypto'
import { checkDefinition } from '../attributes/definition-rules.ts'

/** Room for an ending. */
const LONGEST = 50

/** `employeeNumber` → `employee_number`; `role` → `role_attribute` */
export function attributeName(theirs: string): string {
  const name = theirs
    .slice(0, LONGEST)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[^a-z]+|_+$/g, '')
  if (name === '') return `attribute_${createHash('sha256').update(theirs).digest('hex').slice(0, 8)}`
  return mayBeRead(name, name) ? name : `${name}_attribute`
}

/** Whether an attribute may have this name, and apps may read it as this claim. */
export function mayBeRead(name: string, claim: string): boolean {
  const definition = { name, claim, type: 'text', isList: false, choices: [], scopes: [] } as const
  return checkDefinition({ ...definition, createdAt: NEVER, updatedAt: NEVER }, []).length === 0
}

const NEVER = new Date(0)
