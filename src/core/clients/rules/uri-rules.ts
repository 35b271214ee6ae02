/** URIs of a client that this server or a browser calls, other than redirect URIs. */

import { isLoopbackHost } from '../../../lib/loopback-host.ts'
import type { SettingsMistake } from '../../settings-mistake.ts'

type Mistakes = readonly SettingsMistake[]

/** https; plain http only where nothing leaves the machine. */
export function checkHttps(member: string, uri: string): Mistakes {
  const problem = httpsProblem(uri)
  return problem === undefined ? [] : [{ member, rule: 'https URL', message: `"${uri}" ${problem}` }]
}

/** OIDC Core §6.2: at most 512 ASCII characters; a fragment stands for the contents, and is not sent. */
export function checkRequestUri(member: string, uri: string): Mistakes {
  if (uri.length > 512) {
    return [{ member, rule: 'OIDC Core §6.2 request_uri', message: 'has a URI of more than 512 characters' }]
  }
  const [address = ''] = uri.split('#', 1)
  const problem = httpsProblem(address)
  return problem === undefined ? [] : [{ member, rule: 'OIDC Core §6.2 request_uri', message: `"${uri}" ${problem}` }]
}

/** RFC 8707 §2: an absolute URI without a fragment. */
export function checkAudience(member: string, uri: string): Mistakes {
  const isAbsolute = /^[\x21-\x7e]{1,1000}$/.test(uri) && URL.canParse(uri) && !uri.includes('#')
  return isAbsolute
    ? []
    : [{ member, rule: 'RFC 8707 §2 resource', message: `"${uri}" is not an absolute URI without a fragment` }]
}

function httpsProblem(uri: string): string | undefined {
  if (!/^https?:\/\/[^/\s][\x21-\x7e]*$/i.test(uri) || !URL.canParse(uri) || uri.length > 2000) {
    return 'is not a URL such as https://app.example.com/path'
  }
  const url = new URL(uri)
  if (uri.includes('#')) return 'must not have a fragment (#)'
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password'
  return url.protocol === 'https:' || isLoopbackHost(url.hostname) ? undefined : 'must be https'
}
