/** The groups that a mapping names itself, whatever an upstream says. */

import type { Mapping } from './mapping.ts'

export function groupsIn(mapping: Mapping): readonly string[] {
  if ('group' in mapping) return [mapping.group]
  const isGrant = mapping.kind === 'hardcoded' && mapping.attribute === 'roles.grant'
  return isGrant ? mapping.value.split(',').map(group => group.trim()) : []
}
