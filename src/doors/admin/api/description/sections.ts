/** The operations in the order of the reference: those of each resource, then those that are about none. */

import type { Operation } from '../../../../core/administration/operation.ts'
import type { Resource } from '../../../../core/administration/resource.ts'
import { partsOf } from './schemas-of-operation.ts'

export interface Section {
  /** `clients`, and the first part of the names of its operations. */
  readonly name: string
  readonly about: string
  readonly resource?: Resource
  readonly operations: readonly Operation[]
}

export function sectionsOf(operations: readonly Operation[], resources: readonly Resource[]): readonly Section[] {
  const byName = Map.groupBy(operations, operation => partsOf(operation).resource)
  const ofResources = resources.map(resource => {
    const { name, about } = resource
    return { name, about, resource, operations: byName.get(name) ?? [] }
  })
  const others = [...byName].filter(([name]) => !resources.some(resource => resource.name === name))
  return [
    ...ofResources,
    ...others.map(([name, own]) => ({
      name,
      about: own.map(({ summary }) => `${summary}.`).join(' '),
      operations: own,
    })),
  ]
}
