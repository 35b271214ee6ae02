/** Plans and their mistakes in words: for logs, and for people at the command line. */

import type { PlanMistake, PlannedAction, PlannedThing } from './plan.ts'

/** `sallyport.yaml:12  clients wiki: redirect_uris must be …` */
export function mistakeText({ source, resource, key, member, message }: PlanMistake): string {
  return `${source}  ${resource} ${key}: ${member === '' ? '' : `${member} `}${message}`
}

const DONE: Readonly<Record<Exclude<PlannedAction, 'keep'>, string>> = {
  create: 'made',
  change: 'changed',
  delete: 'deleted',
  release: 'released',
}

/** `2 made, 1 changed`; empty when there is nothing to tell. */
export function countsText(things: readonly PlannedThing[]): string {
  const taken = things.filter(({ action, isAdopted }) => action === 'keep' && isAdopted === true).length
  const counts = (['create', 'change', 'delete', 'release'] as const).map(
    action => [things.filter(thing => thing.action === action).length, DONE[action]] as const,
  )
  return [...counts, [taken, 'taken over'] as const]
    .filter(([count]) => count > 0)
    .map(([count, done]) => `${count} ${done}`)
    .join(', ')
}
