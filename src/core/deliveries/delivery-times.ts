/** When a delivery is tried again, until when, and how long its row tells of it. */

import { addSeconds } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import type { Delivery } from './delivery.ts'

/** A mail server that restarts is back within seconds; one that somebody has to mend, within hours. */
const PAUSES_SECONDS = [10, 60, 300, 1800] as const
const LONGEST_PAUSE_SECONDS = 7200
/** Long enough to find out on Monday why nothing came on Friday. */
const LOG_SECONDS = 7 * 86_400
/** Whoever asks for another attempt gets more than one. */
const RETRIED_USEFUL_SECONDS = 3600

export function expiryOf(usefulSeconds: number, now: Date): Date {
  return addSeconds(now, usefulSeconds + LOG_SECONDS)
}

/** After this nobody needs it any more. */
export function usefulUntil({ expiresAt }: Delivery): Date {
  return addSeconds(expiresAt, -LOG_SECONDS)
}

export function retriedExpiry({ expiresAt }: Delivery, now: Date): Date {
  const atLeast = expiryOf(RETRIED_USEFUL_SECONDS, now)
  return expiresAt > atLeast ? expiresAt : atLeast
}

/** Up to a fifth more or less, so that what failed together does not come back together. */
export function nextAttemptAt(attempts: number, now: Date, random: Random): Date {
  const pause = PAUSES_SECONDS[attempts - 1] ?? LONGEST_PAUSE_SECONDS
  const share = random.bytes(2).readUInt16BE() / 0xffff
  return addSeconds(now, Math.round(pause * (0.8 + 0.4 * share)))
}
