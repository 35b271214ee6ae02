/** Mistakes of a plan: what is wrong with a thing, and where it is written. */

import type { Problem } from '../administration/problem.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import type { PlanMistake, WrittenThing } from './plan.ts'

export function mistakeAt({ resource, key, source }: WrittenThing, mistake: SettingsMistake): PlanMistake {
  return { ...mistake, resource, key, source }
}

export function mistakesOf(thing: WrittenThing, { kind, detail, mistakes }: Problem): readonly PlanMistake[] {
  if (mistakes.length === 0) return [mistakeAt(thing, { member: '', rule: kind, message: detail })]
  return mistakes.map(mistake => mistakeAt(thing, mistake))
}
