/** How members become columns and back: what is absent is NULL, times are milliseconds. */

export function timeOf(date: Date | undefined): number | null {
  return date === undefined ? null : date.getTime()
}

export function orNull<T>(value: T | undefined): T | null {
  return value === undefined ? null : value
}

/** JSON that this store wrote itself. */
export function parseJson<T>(text: string): T {
  return JSON.parse(text) as T
}

/** One text for one value, whatever the order its members were written in, so that texts may be compared. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_member, inner: unknown) =>
    typeof inner !== 'object' || inner === null || Array.isArray(inner)
      ? inner
      : Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))),
  )
}
