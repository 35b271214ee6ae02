/** A plan is made true: everything in one commit with its audit events. Whoever loses the race to somebody else plans again. */

import type { Actor } from '../administration/actor.ts'
import { recordEvents } from '../administration/perform-change.ts'
import type { Acting, AdministrationPorts, Document } from '../administration/ports.ts'
import { isProblem, Problem } from '../administration/problem.ts'
import { findingLine } from '../lint/lint.ts'
import { lintThings } from '../lint/lint-things.ts'
import type { CommitOutcome } from '../unit-of-work.ts'
import { isSame } from './merge.ts'
import type { Plan, PlanMistake, PlannedThing, PlanSettings, WrittenThing } from './plan.ts'
import { planThings } from './plan-things.ts'

export interface Applied {
  /** What was done; what was kept as it was is not among them. */
  readonly things: readonly PlannedThing[]
  /** Secrets that were made, by `clients wiki`: for this once. */
  readonly once: Document
  readonly warnings: readonly string[]
  /** What stood in the way: then nothing was changed at all. */
  readonly mistakes: readonly PlanMistake[]
}

/** Others may change things in this moment again and again, but not forever. */
const MAX_LOST = 8

export function isPlanEmpty({ change }: Plan): boolean {
  return change.writes.length === 0
}

/** One unit, or nothing. */
export async function commitPlan(plan: Plan, acting: Acting): Promise<'committed' | 'lost'> {
  return (await commitUnit(plan, acting)).committed ? 'committed' : 'lost'
}

function commitUnit({ change }: Plan, acting: Acting): Promise<CommitOutcome> {
  return acting.journal.commit([...change.writes, ...recordEvents(change.events, acting)])
}

export async function applyThings(
  things: readonly WrittenThing[],
  settings: PlanSettings,
  ports: AdministrationPorts,
  actor: Actor,
): Promise<Applied | Problem> {
  let before: readonly PlanMistake[] = []
  let last = ''
  for (let lost = 0; lost < MAX_LOST; ) {
    const acting: Acting = { ...ports, actor, now: ports.clock.now() }
    const plan = await planThings(things, settings, acting)
    if (isProblem(plan)) return plan
    if (plan.mistakes.length > 0) {
      // Somebody else may have made the same while this was planned: a real mistake is there a second time.
      if (isSame(plan.mistakes, before)) return { ...NOTHING, mistakes: plan.mistakes }
      before = plan.mistakes
      lost += 1
      continue
    }
    if (isPlanEmpty(plan)) return withFindings(NOTHING, things, acting)
    const outcome = await commitUnit(plan, acting)
    if (outcome.committed) return withFindings(await committed(plan, settings), things, acting)
    last = outcome.lost
    lost += 1
  }
  const detail = `${MAX_LOST} times something stood in the way (${last}): others change the same things at this moment, or two of the things want the same; run it again`
  return new Problem('changed-meanwhile', detail)
}

const NOTHING: Applied = { things: [], once: {}, warnings: [], mistakes: [] }

async function committed({ things, change }: Plan, { onAfterwards }: PlanSettings): Promise<Applied> {
  const { afterwards, once = {} } = change
  const act = async (): Promise<readonly string[]> => (await afterwards?.())?.warnings ?? []
  if (onAfterwards !== undefined) onAfterwards(act)
  const warnings = onAfterwards === undefined ? await act() : []
  return { things: things.filter(isDone), once, warnings, mistakes: [] }
}

/** What lint says about what was made or changed: it is allowed, and whoever wrote it is told. */
async function withFindings(done: Applied, written: readonly WrittenThing[], acting: Acting): Promise<Applied> {
  const touched = new Set(done.things.map(({ resource, key }) => `${resource}/${key}`))
  const meant = written.filter(({ resource, key }) => touched.has(`${resource}/${key}`))
  const findings = await lintThings(meant, acting)
  return { ...done, warnings: [...done.warnings, ...findings.map(findingLine)] }
}

function isDone({ action, isAdopted }: PlannedThing): boolean {
  return action !== 'keep' || isAdopted === true
}
