/** Durations as people write them: `30s`, `5m`, `12h`, `14d`, or a number of seconds. */

const SECONDS_PER_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, y: 365 * 86_400 }
export const DURATION = /^(\d+)([smhdy]?)$/

/** Seconds, or nothing when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = DURATION.exec(text.trim()) ?? []
  if (amount === undefined) return undefined
  const seconds = Number(amount) * (SECONDS_PER_UNIT[unit === '' || unit === undefined ? 's' : unit] ?? 1)
  return Number.isSafeInteger(seconds) ? seconds : undefined
}
