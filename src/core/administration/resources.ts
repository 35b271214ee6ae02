/** Every resource, in the order of the reference; things that others name come first, so that files are applied in this order. */

import type { Resource } from './resource.ts'
import { groups } from './resources/groups.ts'

export const RESOURCES: readonly Resource[] = [groups]

export function resourceOf(name: string): Resource | undefined {
  return RESOURCES.find(resource => resource.name === name)
}
