/** Which URIs a client may register to be sent back to. They are kept and compared verbatim, so a URI is refused rather than repaired. */

import { isLoopbackHost } from '../../lib/loopback-host.ts'
import type { SettingsMistake } from '../settings-mistake.ts'

export interface UriFindings {
  readonly mistakes: readonly SettingsMistake[]
  readonly warnings: readonly string[]
}

/** Schemes that run or show what the URI itself contains: sending a browser there would run an attacker's code. */
const DANGEROUS_SCHEMES = new Set([
  'javascript:',
  'data:',
  'vbscript:',
  'blob:',
  'file:',
  'about:',
  'view-source:',
  'filesystem:',
])

/** `member`: `redirect_uris` or `post_logout_redirect_uris`. */
export function checkRedirectUris(member: string, uris: readonly string[]): UriFindings {
  const mistakes: SettingsMistake[] = []
  const warnings: string[] = []
  for (const uri of uris) {
    const broken = brokenUriRule(uri)
    if (broken !== undefined) {
      mistakes.push({ member, rule: broken.rule, message: `${uri === '' ? 'an empty URI' : uri} ${broken.problem}` })
    } else if (isPlainHttpElsewhere(uri)) {
      warnings.push(
        `${uri} is plain http: whoever is on the network between can read what it carries. Use https where you can.`,
      )
    }
  }
  return { mistakes, warnings }
}

interface BrokenRule {
  readonly rule: string
  readonly problem: string
}

function brokenUriRule(uri: string): BrokenRule | undefined {
  // RFC 6749 §3.1.2: an absolute URI. Blanks and controls, which URL parsers drop in silence, are none.
  if (!/^[\x21-\x7e]+$/.test(uri) || !URL.canParse(uri)) {
    return {
      rule: 'RFC 6749 §3.1.2 absolute URI',
      problem: 'is not an absolute URI such as https://app.example.com/callback',
    }
  }
  // RFC 6749 §3.1.2: the endpoint URI MUST NOT include a fragment component.
  if (uri.includes('#')) return { rule: 'RFC 6749 §3.1.2 no fragment', problem: 'must not have a fragment (#)' }
  // RFC 8252 §7.1: `localhost:3000/cb` parses as a URI of the scheme `localhost`, which no app ever answers to.
  if (looksLikeHostAndPort(uri)) {
    return { rule: 'RFC 8252 §7.1 private-use scheme', problem: `has no scheme: did you mean http://${uri}?` }
  }
  const url = new URL(uri)
  if (DANGEROUS_SCHEMES.has(url.protocol)) {
    return { rule: 'RFC 9700 §4.1 safe scheme', problem: `must not begin with ${url.protocol}` }
  }
  // RFC 9700 §2.1: exact string matching; a wildcard would be a promise that is never kept.
  if (uri.includes('*'))
    return { rule: 'RFC 9700 §2.1 no wildcard', problem: 'must not contain a wildcard (*): list every URI' }
  if (url.username !== '' || url.password !== '') {
    return { rule: 'RFC 3986 §3.2.1 no user information', problem: 'must not contain a user name or password' }
  }
  if (isWebScheme(url.protocol) && !/^https?:\/\/[^/]/i.test(uri)) {
    return { rule: 'RFC 9110 §4.2 host', problem: 'must have a host, as in https://app.example.com/callback' }
  }
  return undefined
}

function looksLikeHostAndPort(uri: string): boolean {
  return /^localhost:/i.test(uri) || /^[a-z][a-z0-9.-]*:\d+(?:[/?]|$)/i.test(uri)
}

function isWebScheme(scheme: string): boolean {
  return scheme === 'https:' || scheme === 'http:'
}

// Home networks run apps without TLS; RFC 8252 §7.3 asks for plain http on loopback, where nothing leaves the machine.
function isPlainHttpElsewhere(uri: string): boolean {
  const url = new URL(uri)
  return url.protocol === 'http:' && !isLoopbackHost(url.hostname)
}
