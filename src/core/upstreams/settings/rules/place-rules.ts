/** URIs and origins of an upstream: where we, or a browser, go. */

import { isLoopbackHost } from '../../../../lib/loopback-host.ts'
import type { SettingsMistake } from '../../../settings-mistake.ts'
import { TENANT_PLACE } from '../../issuer.ts'

type Mistakes = readonly SettingsMistake[]

export interface PlaceRules {
  /** Our own issuer is http: nobody can look on, as on one's own machine, so upstreams need no certificate either. */
  readonly allowHttp: boolean
}

const MAX_LENGTH = 2_000

export function checkUri(member: string, uri: string, rules: PlaceRules): Mistakes {
  const problem = uriProblem(uri, rules)
  return problem === undefined ? [] : [{ member, rule: 'https URL', message: `"${uri}" ${problem}` }]
}

export function checkIssuer(member: string, issuer: string, rules: PlaceRules): Mistakes {
  const [before = '', ...after] = issuer.split(TENANT_PLACE)
  const rule = 'OIDC Discovery §3 issuer'
  if (after.length > 1) return [{ member, rule, message: `has ${TENANT_PLACE} more than once` }]
  // A tenant in the place of the host would be anybody's host.
  const isInPath = after.length === 0 || /^https?:\/\/[^/]+\//.test(before)
  if (!isInPath) return [{ member, rule, message: `may have ${TENANT_PLACE} in its path only` }]
  const filled = issuer.replace(TENANT_PLACE, 'tenant')
  // OIDC Discovery §3: scheme, host, port and path, but no query or fragment.
  const problem = uriProblem(filled, rules) ?? (filled.includes('?') ? 'must not have a query (?)' : undefined)
  return problem === undefined ? [] : [{ member, rule, message: `"${issuer}" ${problem}` }]
}

/** RFC 6454 §7: what stands in `frame-ancestors` is an origin, and no more of a policy can be slipped in. */
export function checkOrigin(member: string, origin: string, { allowHttp }: PlaceRules): Mistakes {
  const url = URL.parse(origin)
  const isWeb = url?.protocol === 'https:' || (url?.protocol === 'http:' && (allowHttp || isLoopbackHost(url.hostname)))
  return isWeb && url?.origin === origin
    ? []
    : [{ member, rule: 'RFC 6454 §7 origin', message: `"${origin}" is not an origin such as https://app.example.com` }]
}

export function checkDomain(member: string, domain: string): Mistakes {
  const isDomain =
    domain.length <= 253 && /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u.test(domain)
  return isDomain
    ? []
    : [{ member, rule: 'domain', message: `"${domain}" is not a domain such as example.com, without an @ before it` }]
}

function uriProblem(uri: string, { allowHttp }: PlaceRules): string | undefined {
  if (!/^https?:\/\/[^/\s][\x21-\x7e]*$/i.test(uri) || !URL.canParse(uri) || uri.length > MAX_LENGTH) {
    return 'is not a URL such as https://login.example.com/path'
  }
  const url = new URL(uri)
  if (uri.includes('#')) return 'must not have a fragment (#)'
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password'
  return url.protocol === 'https:' || allowHttp
    ? undefined
    : 'must be https: plain http counts only where this server is http itself'
}
