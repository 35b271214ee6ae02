/** Every operation: API, command line and the typed client are made of this list. */

import { operationsOf } from './crud-operations.ts'
import { readExplanation } from './explanations.ts'
import type { Operation } from './operation.ts'
import { RESOURCES } from './resources.ts'
import { runLint } from './run-lint.ts'

export const OPERATIONS: readonly Operation[] = [
  ...RESOURCES.flatMap(resource => operationsOf(resource)),
  readExplanation,
  runLint,
]

const BY_NAME: ReadonlyMap<string, Operation> = new Map(OPERATIONS.map(operation => [operation.name, operation]))

export function operationOf(name: string): Operation | undefined {
  return BY_NAME.get(name)
}
