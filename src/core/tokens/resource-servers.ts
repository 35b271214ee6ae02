/**
 * Resource servers: the APIs that access tokens are for (RFC 8707 §2). Operators list them (`resources`); our own UserInfo endpoint is
 * one, too, so that an app can ask for a token that works there beside or instead of an API; and so is our admin API.
 */

import type { EncryptionAlgorithm, EncryptionEnc } from '../../spec/jwe.ts'
import type { SigningAlgorithm } from '../../spec/jws.ts'
import { type Refusal, refuse } from '../../spec/refusal.ts'
import { SCOPES } from '../../spec/scope.ts'
import { ADMIN_SCOPES, adminResource, isAdminScope } from '../administration/admin-scopes.ts'
import type { AccessTokenFormat, Client, JsonObject } from '../clients/client.ts'

export interface ResourceServer {
  /** What apps send as `resource`, and what stands in `aud`. */
  readonly uri: string
  readonly name: string
  /** Scopes that mean something to it; absent: all but those about people. */
  readonly scopes?: readonly string[]
  /** The clients as which it calls us: they may introspect and exchange what is for it. */
  readonly clientIds?: readonly string[]
  /** Absent: as the client has it. */
  readonly accessTokenFormat?: AccessTokenFormat
  readonly signingAlg?: SigningAlgorithm
  /** At most; the app's own setting may be shorter. */
  readonly accessTokenSeconds?: number
  /** RFC 9068 §6: only this API can read its JWTs. */
  readonly encryption?: {
    readonly alg: EncryptionAlgorithm
    readonly enc: EncryptionEnc
    /** A public key (RFC 7517 §4). */
    readonly jwk: JsonObject
  }
  /** What opens it opens nothing else, and no exchange makes it of what did not: it manages this server. */
  readonly isAdministration?: true
}

export interface ResourceServers {
  find(uri: string): ResourceServer | undefined
  /** Those that apps have to name, and may be denied: as configured, and the admin API; without UserInfo. */
  readonly list: readonly ResourceServer[]
}

/** OIDC Core §5.3: the resource that our UserInfo endpoint is. */
export function userinfoResource(issuer: string): string {
  return `${issuer}/userinfo`
}

export function createResourceServers(list: readonly ResourceServer[], issuer: string): ResourceServers {
  const own: ResourceServer = { uri: userinfoResource(issuer), name: 'UserInfo', scopes: SCOPES }
  const uri = adminResource(issuer)
  const admin: ResourceServer = { uri, name: 'Administration', scopes: ADMIN_SCOPES, isAdministration: true }
  // Nothing in the settings takes its place, or an API of theirs could introspect and exchange what opens it.
  const all = [...list.filter(server => server.uri !== uri), admin]
  const byUri = new Map([own, ...all].map(server => [server.uri, server]))
  return { find: uri => byUri.get(uri), list: all }
}

/** RFC 8707 §2: the servers behind the URIs, as far as this client may ask for them. */
export function findResources(
  uris: readonly string[],
  client: Pick<Client, 'resources' | 'clientId'>,
  servers: ResourceServers,
): readonly ResourceServer[] | Refusal {
  const found: ResourceServer[] = []
  for (const uri of uris) {
    const server = servers.find(uri)
    if (server === undefined) {
      return refuse('invalid_target', 'resource is unknown', 'RFC 8707 §2 resource is configured (resources)', {
        resource: uri.slice(0, 200),
      })
    }
    const isConfigured = servers.list.includes(server)
    if (isConfigured && client.resources !== undefined && !client.resources.includes(uri)) {
      return refuse(
        'invalid_target',
        'resource is not allowed for this client',
        'RFC 8707 §2 resources of the client',
        {
          resource: uri,
          allowed: client.resources,
        },
      )
    }
    if (!found.includes(server)) found.push(server)
  }
  return found
}

const ABOUT_PEOPLE: readonly string[] = SCOPES

/** RFC 8707 §2.2: of the scopes only those that one of the servers knows, so that a token says nothing beyond its audience. */
export function scopesKnownTo(servers: readonly ResourceServer[], scopes: readonly string[]): readonly string[] {
  const isKnown = (scope: string): boolean =>
    servers.some(server => server.scopes?.includes(scope) ?? !(ABOUT_PEOPLE.includes(scope) || isAdminScope(scope)))
  return scopes.filter(isKnown)
}

/** Whether this client is the API behind a URI of an audience: as the operator says, whatever the client calls itself. */
export function isServerOf({ clientId }: Pick<Client, 'clientId'>, uri: string, servers: ResourceServers): boolean {
  return servers.find(uri)?.clientIds?.includes(clientId) ?? false
}
