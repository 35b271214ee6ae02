/** What apps that register themselves may have (`registration` in the settings). RFC 7591 §3.2.2: the rest is refused, and said so. */

import { isLoopbackHost } from '../../lib/loopback-host.ts'
import type { Client, ConsentMode, JsonObject, ProfileName } from '../clients/client.ts'
import { webHostOf } from '../clients/web-host.ts'
import type { SettingsMistake } from '../settings-mistake.ts'
import { matchesHost } from './host-pattern.ts'

export interface RegistrationPolicy {
  readonly mode: 'off' | 'open' | 'initial_access_token'
  /** Empty: all that the server knows; the same for `authMethods` and `redirectHosts`. */
  readonly scopes: readonly string[]
  readonly grantTypes: readonly string[]
  readonly responseTypes: readonly string[]
  readonly authMethods: readonly string[]
  readonly redirectHosts: readonly string[]
  readonly consent: ConsentMode
  readonly profile: ProfileName
  /** 0: for good. */
  readonly secretSeconds: number
  readonly fixedMetadata: JsonObject
  readonly softwareStatement: 'off' | 'accept' | 'require'
}

/** `fixed`: what the operator decided for this app, which the lists say nothing about. */
export function checkPolicy(client: Client, policy: RegistrationPolicy, fixed: JsonObject): readonly SettingsMistake[] {
  const isFree = (...names: readonly string[]): boolean => names.every(name => !(name in fixed))
  return [
    ...(isFree('scope') ? checkAmong('scope', client.scopes, policy.scopes, 'scopes') : []),
    ...(isFree('grant_types') ? checkAmong('grant_types', client.grantTypes, policy.grantTypes, 'grant_types') : []),
    ...(isFree('response_types')
      ? checkAmong('response_types', client.responseTypes, policy.responseTypes, 'response_types')
      : []),
    ...(isFree('token_endpoint_auth_method', 'token_endpoint_auth_methods')
      ? checkAmong('token_endpoint_auth_method', client.tokenEndpointAuthMethods, policy.authMethods, 'auth_methods')
      : []),
    ...(isFree('redirect_uris') ? checkRedirectUris(client, policy.redirectHosts) : []),
    ...(isFree('post_logout_redirect_uris')
      ? checkHosts('post_logout_redirect_uris', client.postLogoutRedirectUris, policy.redirectHosts)
      : []),
  ]
}

function checkAmong(
  member: string,
  values: readonly string[],
  allowed: readonly string[],
  setting: keyof typeof SETTINGS,
): readonly SettingsMistake[] {
  if (allowed.length === 0) return []
  return values
    .filter(value => !allowed.includes(value))
    .map(value => ({
      member,
      rule: SETTINGS[setting],
      message: `${value} is not allowed for apps that register themselves; allowed: ${allowed.join(', ')}`,
    }))
}

const SETTINGS = {
  scopes: 'registration.scopes',
  grant_types: 'registration.grant_types',
  response_types: 'registration.response_types',
  auth_methods: 'registration.auth_methods',
} as const

const WITH_REDIRECTS = ['authorization_code', 'implicit']

function checkRedirectUris(client: Client, hosts: readonly string[]): readonly SettingsMistake[] {
  const member = 'redirect_uris'
  // RFC 7591 §5: clients with redirect-based grant types MUST register their redirection URIs.
  if (client.redirectUris.length === 0 && client.grantTypes.some(type => WITH_REDIRECTS.includes(type)))
    return [{ member, rule: 'RFC 7591 §5 redirect_uris are registered', message: 'are missing' }]
  return checkHosts(member, client.redirectUris, hosts)
}

/** Wherever people are sent, after signing in or after signing out. */
function checkHosts(member: string, uris: readonly string[], hosts: readonly string[]): readonly SettingsMistake[] {
  return uris.flatMap(uri => {
    const { protocol, hostname } = new URL(uri)
    // RFC 7591 §5: https, http on the machine of the person, or a scheme of the app's own.
    if (protocol === 'http:' && !isLoopbackHost(hostname)) {
      return [{ member, rule: 'RFC 7591 §5 protected by TLS', message: `${uri} is plain http: only https counts here` }]
    }
    if (hosts.length === 0 || matchesHost(webHostOf(uri) ?? '', hosts)) return []
    const message = `${uri} is at no host that is allowed; allowed: ${hosts.join(', ')}`
    return [{ member, rule: 'registration.redirect_hosts', message }]
  })
}
