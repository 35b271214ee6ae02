/** Hosts as settings name them: one host, or `*.example.com` for every host below it, but not for itself. */

/** `host` as `URL.hostname` has it: lower case, IPv6 in brackets. Empty for URIs without a host, which nothing matches. */
export function matchesHost(host: string, patterns: readonly string[]): boolean {
  const name = host.replace(/^\[|\]$/g, '')
  if (name === '') return false
  return patterns.some(pattern => {
    const wanted = pattern.toLowerCase()
    return wanted.startsWith('*.') ? name.endsWith(wanted.slice(1)) && name.length > wanted.length - 1 : name === wanted
  })
}
