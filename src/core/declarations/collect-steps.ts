/** Steps become one unit: their writes and their audit events, in the order in which they were decided. */

import type { ChangeEvent } from '../administration/resource.ts'
import { beforeAndAfter, canonical } from '../administration/versions.ts'
import type { Write } from '../unit-of-work.ts'
import type { Plan, PlanMistake } from './plan.ts'
import type { PlannedStep } from './plan-one.ts'

/** A step that hangs on another was decided behind it, and finds in the unit what it saw. */
export function collectSteps(steps: readonly PlannedStep[], mistakes: readonly PlanMistake[]): Plan {
  return { things: steps.map(({ planned }) => planned), mistakes, change: changeOf(steps) }
}

function changeOf(steps: readonly PlannedStep[]): Plan['change'] {
  const writes: Write[] = steps.flatMap(step => [...(step.change?.writes ?? []), ...step.writes])
  const once = steps.flatMap(({ planned, change }) =>
    change?.once === undefined ? [] : [[`${planned.resource} ${planned.key}`, change.once] as const],
  )
  const afterwards = steps.flatMap(({ change }) => (change?.afterwards === undefined ? [] : [change.afterwards]))
  return {
    writes,
    events: withoutTwins(steps.flatMap(eventsOf)),
    ...(once.length === 0 ? {} : { once: Object.fromEntries(once) }),
    ...(afterwards.length === 0 ? {} : { afterwards: () => allOf(afterwards) }),
  }
}

function eventsOf({ change, before, event: ownership }: PlannedStep): readonly ChangeEvent[] {
  const events = (change?.events ?? []).map((event, index) =>
    index === 0 ? { ...event, detail: { ...event.detail, ...beforeAndAfter(before, change?.after) } } : event,
  )
  return ownership === undefined ? events : [...events, ownership]
}

/** Two accounts that need the same new group both tell that it was made. */
function withoutTwins(events: readonly ChangeEvent[]): readonly ChangeEvent[] {
  const made = new Set<string>()
  return events.filter(event => {
    if (event.type !== 'group.created') return true
    const group = canonical(event.detail?.group)
    const isFirst = !made.has(group)
    made.add(group)
    return isFirst
  })
}

type Afterwards = NonNullable<Plan['change']['afterwards']>

async function allOf(afterwards: readonly Afterwards[]): ReturnType<Afterwards> {
  const warnings: string[] = []
  for (const act of afterwards) warnings.push(...(await act()).warnings)
  return { after: {}, warnings }
}
