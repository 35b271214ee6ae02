/** Redirect URIs and what kind of app it is (OIDC Registration §2 `application_type`), and who shares its pairwise subjects. */

import { isLoopbackHost } from '../../../lib/loopback-host.ts'
import { CIBA, DEVICE_CODE, IMPLICIT } from '../../../spec/grant-types.ts'
import type { SettingsMistake } from '../../settings-mistake.ts'
import type { ClientSettings } from '../client-settings.ts'
import type { ClientProperties } from '../profiles/profile-rule.ts'
import { webHostOf } from '../web-host.ts'

type Mistakes = readonly SettingsMistake[]

export function checkApplicationType({ applicationType, grantTypes, redirectUris }: ClientProperties): Mistakes {
  const rule = 'OIDC Registration §2 application_type'
  const uris = redirectUris.filter(uri => URL.canParse(uri))
  if (applicationType === 'native') {
    // Plain http only on the own machine; RFC 8252 §7.2 allows https that the system hands to the app.
    return uris
      .filter(uri => uri.startsWith('http:') && !isLoopbackHost(new URL(uri).hostname))
      .map(uri => ({
        member: 'redirect_uris',
        rule,
        message: `${uri} is plain http: a native app has it on loopback only`,
      }))
  }
  if (!grantTypes.includes(IMPLICIT)) return []
  // Web clients with the implicit grant MUST only register https, and MUST NOT use localhost: the tokens are in the URI.
  return uris
    .filter(uri => !uri.startsWith('https:') || new URL(uri).hostname === 'localhost')
    .map(uri => ({
      member: 'redirect_uris',
      rule,
      message: `${uri} must be https and not localhost for a web app with the grant type implicit (application_type native may)`,
    }))
}

/**
 * OIDC Core §8.1: who is in a sector is proved by where people return to, so it takes one host that somebody owns, or a
 * sector_identifier_uri. Otherwise an app could call itself part of another one's sector, and learn who its people are there.
 */
export function checkSector(client: ClientProperties): Mistakes {
  if (client.subjectType !== 'pairwise') return []
  const proof = checkSectorProof(client)
  if (proof.length > 0 || client.sectorIdentifierUri !== undefined) return proof
  const hosts = ownedHosts(client)
  const unowned = client.redirectUris.filter(uri => ownedHost(uri) === undefined)
  if (unowned.length === 0 && hosts.length === 1) return []
  const message =
    hosts.length > 1
      ? `must be there: there are several hosts (${hosts.join(', ')})`
      : `must be there: ${unowned[0] ?? 'no redirect URI'} says nothing about whose app it is`
  return [{ member: 'sector_identifier_uri', rule: 'OIDC Core §8.1 sector identifier', message }]
}

/** CIBA Core §4: where nobody is redirected, an app proves its sector with the keys at its jwks_uri; the device grant is like that. */
function checkSectorProof({ grantTypes, jwksUri, tokenEndpointAuthMethods }: ClientProperties): Mistakes {
  if (!needsSectorProof({ grantTypes })) return []
  const provesKeys = tokenEndpointAuthMethods.every(
    method => method === 'private_key_jwt' || method === 'self_signed_tls_client_auth',
  )
  if (jwksUri !== undefined && provesKeys) return []
  const message =
    'must be there, and private_key_jwt or self_signed_tls_client_auth alone, for pairwise subjects without a redirect'
  return [{ member: 'jwks_uri', rule: 'CIBA Core §4 pairwise subjects', message }]
}

/** Tokens come to the client without a redirect, which would prove whose app it is. */
export function needsSectorProof({ grantTypes }: Pick<ClientProperties, 'grantTypes'>): boolean {
  return grantTypes.includes(CIBA) || grantTypes.includes(DEVICE_CODE)
}

/** The host that pairwise subjects are made for: that of the sector_identifier_uri, else of the redirect URIs, else of the keys. */
export function sectorIdentifierOf(
  settings: Pick<ClientSettings, 'sectorIdentifierUri' | 'redirectUris' | 'jwksUri' | 'grantTypes'>,
): string | undefined {
  const { sectorIdentifierUri } = settings
  return sectorIdentifierUri === undefined ? ownedHosts(settings)[0] : webHostOf(sectorIdentifierUri)
}

function ownedHosts({
  redirectUris = [],
  jwksUri,
  grantTypes = [],
}: Pick<ClientSettings, 'redirectUris' | 'jwksUri' | 'grantTypes'>): readonly string[] {
  const uris = needsSectorProof({ grantTypes }) && jwksUri !== undefined ? [...redirectUris, jwksUri] : redirectUris
  return [...new Set(uris.flatMap(uri => ownedHost(uri) ?? []))]
}

/** Nothing for private schemes and loopback, which every app may use. */
function ownedHost(uri: string): string | undefined {
  const host = webHostOf(uri)
  return host === undefined || isLoopbackHost(host) ? undefined : host
}
