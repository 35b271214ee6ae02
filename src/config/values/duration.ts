/** Durations as people write them: `30s`, `5m`, `12h`, `14d`, or a number of seconds. */

import { z } from 'zod'

const SECONDS_PER_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, y: 365 * 86_400 }
const DURATION = /^(\d+)([smhdy]?)$/
const RULE = 'must be a duration such as 30s, 5m, 12h or 14d, or a number of seconds'

/** Seconds, or nothing when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = DURATION.exec(text.trim()) ?? []
  if (amount === undefined) return undefined
  const seconds = Number(amount) * (SECONDS_PER_UNIT[unit === '' || unit === undefined ? 's' : unit] ?? 1)
  return Number.isSafeInteger(seconds) ? seconds : undefined
}

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
