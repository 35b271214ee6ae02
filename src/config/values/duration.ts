/** A setting that is a duration. */

import { z } from 'zod'
import { DURATION, parseDuration } from '../../lib/duration-text.ts'

const RULE = 'must be a duration such as 30s, 5m, 12h or 14d, or a number of seconds'

export interface DurationLimits {
  readonly standard: string
  readonly atLeast: string
  readonly atMost: string
}

/** A setting that is a duration; its value is in seconds. */
export function duration({ standard, atLeast, atMost }: DurationLimits) {
  const least = parseDuration(atLeast) ?? 0
  const most = parseDuration(atMost) ?? Number.MAX_SAFE_INTEGER
  return z
    .union([z.string().regex(DURATION, RULE), z.int().nonnegative()], { error: RULE })
    .transform((value, context) => {
      const seconds = typeof value === 'number' ? value : parseDuration(value)
      if (seconds !== undefined && seconds >= least && seconds <= most) return seconds
      context.addIssue(seconds === undefined ? RULE : `must be between ${atLeast} and ${atMost}`)
      return z.NEVER
    })
    .prefault(standard)
}
