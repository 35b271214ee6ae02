/** Durations as Authelia writes them: a number of seconds, `90m`, `1h30m`, `2 weeks`, `1 hour and 30 minutes`. */

const SECONDS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  second: 1,
  m: 60,
  minute: 60,
  h: 3600,
  hour: 3600,
  d: 86_400,
  day: 86_400,
  w: 604_800,
  week: 604_800,
  M: 2_592_000,
  month: 2_592_000,
  y: 31_536_000,
  year: 31_536_000,
}

/** Whole seconds; nothing when it is no duration. */
export function autheliaSeconds(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? Math.round(value) : undefined
  if (typeof value !== 'string' || value.length > 100) return undefined
  if (/^\d+$/.test(value)) return Number(value)
  const parts = [...value.matchAll(/(\d+)\s*([A-Za-z]+)(?:\s+and)?\s*/g)]
  if (parts.length === 0 || parts.map(([text]) => text).join('') !== value) return undefined
  const seconds = parts.map(
    ([, count, unit = '']) => Number(count) * (SECONDS[unit] ?? SECONDS[singular(unit)] ?? Number.NaN),
  )
  const sum = seconds.reduce((total, part) => total + part, 0)
  return Number.isNaN(sum) ? undefined : Math.round(sum)
}

function singular(unit: string): string {
  return unit.toLowerCase().replace(/s$/, '')
}
