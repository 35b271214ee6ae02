/** How long a fetched document counts (RFC 9111 §5.2.2), within the house's own limits (CIMD §5.2). */

/** Below this every sign-in would cost a request. */
const AT_LEAST_SECONDS = 60

export function freshSeconds(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  atMostSeconds: number,
): number {
  const directives = String(headers['cache-control'] ?? '')
    .toLowerCase()
    .split(',')
    .map(text => text.trim())
  if (directives.some(text => text === 'no-store' || text === 'no-cache')) return AT_LEAST_SECONDS
  const said = directives.flatMap(text => /^max-age="?(\d{1,9})"?$/.exec(text)?.[1] ?? [])[0]
  return said === undefined ? atMostSeconds : Math.min(Math.max(Number(said), AT_LEAST_SECONDS), atMostSeconds)
}
