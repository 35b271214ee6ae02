/** What planning knows before it looks at any single thing: what was applied last, what will be there, and what opens secrets. */

import type { Acting } from '../administration/ports.ts'
import { plannedDefinitions } from '../administration/resources/attributes/definition-in.ts'
import { RESOURCES } from '../administration/resources.ts'
import type { KeySealer } from '../keys/key-sealer.ts'
import type { Declaration } from './declaration.ts'
import type { PlanSettings, WrittenThing } from './plan.ts'
import { plannedRepositories } from './planned-repositories.ts'
import { holdsSecret } from './secret-values.ts'

export interface PlanContext {
  readonly settings: PlanSettings
  /** Knows what is planned, and reads what was applied last from memory. */
  readonly acting: Acting
  readonly last: ReadonlyMap<string, Declaration>
  /** Absent where nothing written holds a secret: the master key may be elsewhere. */
  readonly sealer: KeySealer | undefined
  /** Of `PlannedRepositories`: after each thing. */
  readonly settle: (isPlanned: boolean) => void
}

export function placeOf(resource: string, key: string): string {
  return `${resource}\0${key}`
}

export async function planContext(
  things: readonly WrittenThing[],
  settings: PlanSettings,
  acting: Acting,
): Promise<PlanContext> {
  const last = new Map(
    (await acting.repositories.declarations.list()).map(found => [placeOf(found.kind, found.key), found]),
  )
  const planned = new Map<string, Set<string>>()
  for (const { resource, key } of things) planned.set(resource, (planned.get(resource) ?? new Set()).add(key))
  const { repositories, settle } = plannedRepositories(acting.repositories)
  const attributes = things.filter(({ resource }) => resource === 'attributes')
  const leaves = (name: string): boolean =>
    settings.isOwner &&
    settings.prunes === true &&
    last.has(placeOf('attributes', name)) &&
    !planned.get('attributes')?.has(name)
  return {
    settings,
    last,
    settle,
    sealer: await sealerFor(things, acting),
    acting: {
      ...acting,
      planned,
      repositories: {
        ...repositories,
        // Accounts, clients and mappings are held to the attributes as they will be, also where an attribute waits for them.
        attributeDefinitions: {
          ...repositories.attributeDefinitions,
          async list() {
            const there = (await repositories.attributeDefinitions.list()).filter(({ name }) => !leaves(name))
            return plannedDefinitions(there, attributes, acting.now)
          },
        },
        // One list instead of a look for each document that is drawn.
        declarations: { ...repositories.declarations, find: async (kind, key) => last.get(placeOf(kind, key)) },
      },
    },
  }
}

export async function sealerFor(
  things: readonly WrittenThing[],
  { openSealer }: Pick<Acting, 'openSealer'>,
): Promise<KeySealer | undefined> {
  const fieldsOf = new Map(RESOURCES.map(({ name, fields }) => [name, fields]))
  const needed = things.some(({ resource, document }) => holdsSecret(document, fieldsOf.get(resource) ?? []))
  return needed ? openSealer() : undefined
}
