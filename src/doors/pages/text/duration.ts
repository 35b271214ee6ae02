/** Spans of time as a person says them: the largest unit that leaves no fraction worth mentioning. */

import type { MessageValues } from './text.ts'

const UNITS = [
  { unit: 'days', seconds: 86_400 },
  { unit: 'hours', seconds: 3_600 },
  { unit: 'minutes', seconds: 60 },
] as const

/** Values for the messages that take `unit` (`days`, `hours`, `minutes`, `seconds`) and `count`; rounded up. */
export function durationValues(seconds: number): MessageValues {
  const fitting = UNITS.find(candidate => seconds >= 2 * candidate.seconds || seconds === candidate.seconds)
  if (fitting === undefined) return { unit: 'seconds', count: Math.max(1, Math.ceil(seconds)) }
  return { unit: fitting.unit, count: Math.ceil(seconds / fitting.seconds) }
}
