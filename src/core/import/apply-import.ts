/** What an importer read is planned and made true: everything in one unit, by the machinery of files, owned by nobody. */

import type { Actor } from '../administration/actor.ts'
import type { Acting, AdministrationPorts, Document } from '../administration/ports.ts'
import { isProblem, Problem } from '../administration/problem.ts'
import { commitPlan, isPlanEmpty } from '../declarations/apply-things.ts'
import type { Plan, PlanSettings, WrittenThing } from '../declarations/plan.ts'
import { planThings } from '../declarations/plan-things.ts'
import { plannedLinks } from './planned-links.ts'
import { siftThings } from './sift-things.ts'

export type ImportSettings = Pick<PlanSettings, 'existing' | 'onProgress'>

export interface PlannedImport {
  readonly plan: Plan
  /** What was left out, and why. */
  readonly warnings: readonly string[]
}

export interface AppliedImport extends PlannedImport {
  /** Secrets that were made, by `clients wiki`: for this once. */
  readonly once: Document
}

/** Others may change things in this moment again and again, but not forever. */
const MAX_LOST = 8

/** `from`: `keycloak`. Whoever may open the database may bring anything along. */
export function importActor(from: string): Actor {
  return { kind: 'import', name: `import ${from}`, role: 'administrator', address: 'cli' }
}

export async function planImport(
  things: readonly WrittenThing[],
  settings: ImportSettings,
  acting: Acting,
): Promise<PlannedImport | Problem> {
  const planned = await planOnce(things, settings, acting)
  if (isProblem(planned) || planned.plan.mistakes.length === 0) return planned
  // Somebody may have made the same things while they were looked at: a second look finds them.
  return planOnce(things, settings, acting)
}

async function planOnce(
  things: readonly WrittenThing[],
  settings: ImportSettings,
  acting: Acting,
): Promise<PlannedImport | Problem> {
  const { news, warnings, mistakes } = await siftThings(things, acting)
  const repositories = plannedLinks(acting.repositories)
  const plan = await planThings(news, { ...settings, isOwner: false }, { ...acting, repositories })
  return isProblem(plan) ? plan : { plan: { ...plan, mistakes: [...mistakes, ...plan.mistakes] }, warnings }
}

/** The plan says what was done; where it has mistakes, nothing was. */
export async function applyImport(
  things: readonly WrittenThing[],
  settings: ImportSettings,
  ports: AdministrationPorts,
  actor: Actor,
): Promise<AppliedImport | Problem> {
  for (let tries = 0; tries < MAX_LOST; tries++) {
    const acting: Acting = { ...ports, actor, now: ports.clock.now() }
    const planned = await planImport(things, settings, acting)
    if (isProblem(planned)) return planned
    const { plan, warnings } = planned
    if (plan.mistakes.length > 0 || isPlanEmpty(plan)) return { plan, once: {}, warnings }
    if ((await commitPlan(plan, acting)) === 'lost') continue
    const afterwards = await plan.change.afterwards?.()
    return { plan, once: plan.change.once ?? {}, warnings: [...warnings, ...(afterwards?.warnings ?? [])] }
  }
  const detail = `others changed the same things ${MAX_LOST} times while they were imported; run it again`
  return new Problem('changed-meanwhile', detail)
}
