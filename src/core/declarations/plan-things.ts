/** Plans everything at once: each written thing in the order of the resources, then what is written no more, in reverse. Nothing is committed. */

import type { Acting } from '../administration/ports.ts'
import type { Resource } from '../administration/resource.ts'
import { RESOURCES, resourceOf } from '../administration/resources.ts'
import { collectSteps } from './collect-steps.ts'
import { loginsTwice } from './logins-twice.ts'
import type { PlanMistake, PlanSettings, PlanThings, WrittenThing } from './plan.ts'
import { type PlanContext, placeOf, planContext } from './plan-context.ts'
import { planDeparted } from './plan-departed.ts'
import { mistakeAt } from './plan-mistakes.ts'
import { type Decision, type Found, isMistaken, type PlannedStep, planOne } from './plan-one.ts'

/** Reads that wait for the database together. */
const READ_AT_ONCE = 20

export const planThings: PlanThings = async (things, settings, acting) => {
  const { known, mistakes } = sorted(things, settings)
  const context = await planContext(
    known.map(({ thing }) => thing),
    settings,
    acting,
  )
  const { steps, refused } = await planWritten(known, context)
  const departed = settings.isOwner ? departedTasks(things, context) : []
  const rest = await planUntilSettled([...departed, ...refused], context)
  return collectSteps([...steps, ...rest.steps], [...mistakes, ...loginsTwice(things), ...rest.mistakes])
}

/** Something to be decided, now or when the rest is as it will be. */
type Task = () => Promise<Decision>

interface Planned {
  readonly steps: readonly PlannedStep[]
  readonly mistakes: readonly PlanMistake[]
}

/** What stands in the way of one may be what another one changes: whatever is refused is decided again until nothing moves any more. */
async function planUntilSettled(tasks: readonly Task[], context: PlanContext): Promise<Planned> {
  const steps: PlannedStep[] = []
  for (let left = tasks; ; ) {
    const refused: Task[] = []
    const mistakes: PlanMistake[] = []
    for (const task of left) {
      const decision = await decided(task, context)
      if (isMistaken(decision)) {
        refused.push(task)
        mistakes.push(...decision)
      } else steps.push(decision)
    }
    if (refused.length === 0 || refused.length === left.length) return { steps, mistakes }
    left = refused
  }
}

async function decided(task: Task, context: PlanContext): Promise<Decision> {
  const decision = await task()
  context.settle(!isMistaken(decision) && decision.change !== undefined)
  return decision
}

interface KnownThing {
  readonly thing: WrittenThing
  readonly resource: Resource
}

/** In the order of the resources, as each file says them. What is no resource of files, or stands there twice, is a mistake. */
function sorted(
  things: readonly WrittenThing[],
  { isOwner }: PlanSettings,
): {
  readonly known: readonly KnownThing[]
  readonly mistakes: readonly PlanMistake[]
} {
  const seen = new Map<string, string>()
  const known: KnownThing[] = []
  const mistakes: PlanMistake[] = []
  for (const thing of things) {
    const resource = resourceOf(thing.resource)
    const place = placeOf(thing.resource, thing.key)
    const before = seen.get(place)
    if (resource === undefined || (isOwner && resource.isDeclarable !== true)) {
      mistakes.push(mistakeAt(thing, { member: '', rule: 'resource', message: 'cannot be declared' }))
    } else if (before !== undefined) {
      mistakes.push(mistakeAt(thing, { member: '', rule: 'once', message: `is declared in ${before} as well` }))
    } else known.push({ thing, resource })
    seen.set(place, thing.source)
  }
  const orderOf = new Map(RESOURCES.map(({ name }, index) => [name, index]))
  const order = ({ resource }: KnownThing): number => orderOf.get(resource.name) ?? 0
  return { known: known.sort((a, b) => order(a) - order(b)), mistakes }
}

async function planWritten(
  known: readonly KnownThing[],
  context: PlanContext,
): Promise<{ readonly steps: readonly PlannedStep[]; readonly refused: readonly Task[] }> {
  const steps: PlannedStep[] = []
  const refused: Task[] = []
  for (let start = 0; start < known.length; start += READ_AT_ONCE) {
    const some = known.slice(start, start + READ_AT_ONCE)
    const found = await Promise.all(some.map(one => findNow(one, context.acting)))
    for (const [index, one] of some.entries()) {
      const { thing, resource } = one
      const decision = await decided(() => planOne(thing, resource, found[index], context), context)
      if (isMistaken(decision)) {
        refused.push(async () => planOne(thing, resource, await findNow(one, context.acting), context))
      } else steps.push(decision)
      context.settings.onProgress?.(start + index + 1, known.length)
    }
  }
  return { steps, refused }
}

async function findNow({ thing: { key }, resource }: KnownThing, acting: Acting): Promise<Found | undefined> {
  const thing = await resource.find(key, acting)
  return thing === undefined ? undefined : { thing, document: await resource.documentOf(thing, acting) }
}

/** Things that name others go first. */
function departedTasks(things: readonly WrittenThing[], context: PlanContext): readonly Task[] {
  const written = new Set(things.map(({ resource, key }) => placeOf(resource, key)))
  const orderOf = new Map(RESOURCES.map(({ name }, index) => [name, index]))
  return [...context.last.values()]
    .filter(({ kind, key }) => !written.has(placeOf(kind, key)))
    .sort((a, b) => (orderOf.get(b.kind) ?? 0) - (orderOf.get(a.kind) ?? 0))
    .map(declaration => () => planDeparted(declaration, things, context))
}
