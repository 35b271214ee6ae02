/** Plans as people read them: what is made, changed, let go and deleted, field by field. */

import type { Plan, PlannedAction, PlannedField, PlannedThing } from '../core/declarations/plan.ts'
import { mistakeText } from '../core/declarations/plan-text.ts'
import { CommandFailure, EXIT } from './exit-codes.ts'
import { jsonText, printable } from './output.ts'

const SIGNS: Readonly<Record<PlannedAction, string>> = {
  create: '+',
  change: '~',
  delete: '-',
  release: '<',
  keep: '=',
}

/** What a person wants to see: what stays as it is and belongs to the file already is left out. */
export function toldThings(things: readonly PlannedThing[]): readonly PlannedThing[] {
  return things.filter(({ action, isAdopted }) => action !== 'keep' || isAdopted === true)
}

export function planText(things: readonly PlannedThing[]): string {
  return toldThings(things).flatMap(thingLines).join('\n')
}

function thingLines(thing: PlannedThing): readonly string[] {
  const { resource, key, source, action, fields, warnings } = thing
  const width = Math.max(0, ...fields.map(({ name }) => name.length)) + 2
  const head = `${SIGNS[action]} ${resource} ${key}  (${source})${noteOf(thing)}`
  return [
    printable(head),
    ...fields.map(field => `    ${printable(field.name.padEnd(width))}${fieldText(field, action)}`),
    ...warnings.map(warning => `    ! ${printable(warning)}`),
  ]
}

function noteOf({ action, isAdopted }: PlannedThing): string {
  const notes = [
    ...(isAdopted === true ? ['made by hand, belongs to the file from now on'] : []),
    ...(action === 'release' ? ['left the file: stays, and belongs to nobody'] : []),
    ...(action === 'delete' ? ['left the file: is deleted'] : []),
  ]
  return notes.length === 0 ? '' : `: ${notes.join('; ')}`
}

function fieldText({ before, after, isDrift }: PlannedField, action: PlannedAction): string {
  const drift = isDrift === true ? '  (changed elsewhere)' : ''
  const now = after === undefined ? 'nothing' : valueText(after)
  if (action === 'create') return now
  return `${before === undefined ? 'nothing' : valueText(before)} → ${now}${drift}`
}

const MAX_TEXT = 200

function valueText(value: unknown): string {
  const isList = Array.isArray(value) && value.every(item => typeof item === 'string')
  const text = typeof value === 'string' ? value : isList ? value.join(', ') || 'none' : JSON.stringify(value)
  return printable(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text)
}

/** What is there to do: `2 to make, 1 to change`; empty when there is nothing. */
export function countsToDo(things: readonly PlannedThing[]): string {
  const words = [
    ['create', 'to make'],
    ['change', 'to change'],
    ['delete', 'to delete'],
    ['release', 'to release'],
  ] as const
  const counts = words.map(([action, word]) => [things.filter(thing => thing.action === action).length, word] as const)
  const adopted = things.filter(({ action, isAdopted }) => action === 'keep' && isAdopted === true).length
  return [...counts, [adopted, 'to take over'] as const]
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ')
}

export function planJson({ things, mistakes }: Plan): string {
  const told = toldThings(things)
  return jsonText({ things: told, kept: things.length - told.length, mistakes })
}

/** Exit code 78: the files are wrong. `advice`: what was not done. */
export function failWithPlanMistakes(mistakes: Plan['mistakes'], advice: string): never {
  const count = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`
  const lines = mistakes.map(mistake => `  ${printable(mistakeText(mistake))}`)
  throw new CommandFailure(EXIT.configuration, [`${count} in what the files declare; ${advice}`, ...lines].join('\n'))
}
