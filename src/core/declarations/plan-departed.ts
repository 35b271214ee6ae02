/** The plan for what files said and say no more: it stays and is owned by nobody, or is deleted when that was asked for. */

import type { Document } from '../administration/ports.ts'
import { isProblem } from '../administration/problem.ts'
import { resourceOf } from '../administration/resources.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import type { Declaration } from './declaration.ts'
import type { WrittenThing } from './plan.ts'
import type { PlanContext } from './plan-context.ts'
import { mistakeAt, mistakesOf } from './plan-mistakes.ts'
import type { Decision, PlannedStep } from './plan-one.ts'

export async function planDeparted(
  declaration: Declaration,
  written: readonly WrittenThing[],
  { settings, acting }: PlanContext,
): Promise<Decision> {
  const { kind, key, source } = declaration
  const resource = resourceOf(kind)
  const thing = await resource?.find(key, acting)
  const writes = [acting.repositories.declarations.delete(declaration)]
  const released = (warnings: readonly string[]): PlannedStep => ({
    planned: { resource: kind, key, source, action: 'release', fields: [], warnings },
    writes,
    event: { type: 'declaration.released', detail: { resource: kind, key, source } },
  })
  if (resource === undefined || thing === undefined) return released(['it is gone already'])
  if (settings.prunes !== true || resource.remove === undefined) return released([])
  const needed = stillNamed(declaration, written)
  if (needed !== undefined) return [mistakeAt(writtenAs(declaration), needed)]
  const change = await resource.remove(thing, acting)
  if (isProblem(change)) return mistakesOf(writtenAs(declaration), change)
  return {
    planned: { resource: kind, key, source, action: 'delete', fields: [], warnings: change.warnings ?? [] },
    change,
    before: await resource.documentOf(thing, acting),
    writes,
  }
}

/** Where a file says that somebody has it, it would be there again the next time, or be refused. The rules of the things do not ask for it. */
function stillNamed({ kind, key }: Declaration, written: readonly WrittenThing[]): SettingsMistake | undefined {
  const names = NAMES[kind]
  const user = names === undefined ? undefined : written.find(thing => names(thing, key))
  if (user === undefined) return undefined
  const message = `is named by ${user.resource} ${user.key} in ${user.source}: take it out there too`
  return { member: '', rule: 'in use', message }
}

const NAMES: Readonly<Record<string, (thing: WrittenThing, key: string) => boolean>> = {
  groups: ({ resource, document: { groups } }, key) =>
    resource === 'accounts' && Array.isArray(groups) && groups.includes(key),
  attributes: ({ resource, document: { attributes, mappings } }, key) =>
    (resource === 'accounts' && isObject(attributes) && Object.hasOwn(attributes, key)) ||
    (resource === 'upstreams' &&
      Array.isArray(mappings) &&
      mappings.some(mapping => isObject(mapping) && mapping.attribute === key)),
}

function isObject(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function writtenAs({ kind, key, source, document }: Declaration): WrittenThing {
  return { resource: kind, key, source, document }
}
