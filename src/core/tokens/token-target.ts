/** What an access token is for (RFC 8707 §2.2), and what follows from that: its scopes, format, key and lifetime. Pure. */

import { isDeepStrictEqual } from 'node:util'
import { type AuthorizationDetail, parseAuthorizationDetails } from '../../spec/authorization-details.ts'
import { type AsymmetricSigningAlgorithm, isAsymmetric } from '../../spec/jws.ts'
import type { Params } from '../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { parseResources } from '../../spec/resource.ts'
import type { AccessTokenFormat, Client } from '../clients/client.ts'
import type { Grant } from '../grants/grant.ts'
import { findResources, type ResourceServer, type ResourceServers, scopesKnownTo } from './resource-servers.ts'

export interface TokenTarget {
  /** Absent: only our own endpoints and the client. */
  readonly audience?: readonly string[]
  readonly scopes: readonly string[]
  readonly format: AccessTokenFormat
  readonly signingAlg: AsymmetricSigningAlgorithm
  /** How long the token is good for. */
  readonly seconds: number
  readonly encryption?: NonNullable<ResourceServer['encryption']>
}

/**
 * The APIs that token requests of a grant may name; absent: any. An operator's app may name them later than at the authorization endpoint
 * (RFC 8707 §2.2). An app that registered itself has only those that the person was shown, and without any none.
 */
export function grantedResources(
  { resources }: Pick<Grant, 'resources'>,
  { origin = 'operator' }: Pick<Client, 'origin'>,
): readonly string[] | undefined {
  return resources ?? (origin === 'operator' ? undefined : [])
}

/**
 * The resources of a token request, or nothing when neither it nor the grant names any. RFC 8707 §2.2: those of the authorization request
 * are the most that a token request can ask for; it may ask for fewer.
 */
export function requestedResources(
  params: Params,
  granted: readonly string[] | undefined,
  client: Client,
  servers: ResourceServers,
): readonly string[] | undefined | Refusal {
  const asked = parseResources(params.getAll('resource'))
  if (isRefusal(asked)) return asked
  const uris = asked ?? (granted?.length === 0 ? undefined : granted)
  if (uris === undefined) return undefined
  const found = findResources(uris, client, servers)
  if (isRefusal(found)) return found
  // Our own UserInfo endpoint is not among what was asked for at the authorization endpoint: openid is how it is asked for.
  const extra = found.find(({ uri }) => isConfigured(uri, servers) && granted !== undefined && !granted.includes(uri))
  if (extra !== undefined) {
    return refuse('invalid_target', 'resource was not granted', 'RFC 8707 §2.2 resource is not wider than granted', {
      resource: extra.uri,
      granted: granted ?? [],
    })
  }
  return checkAgree(found, servers) ?? uris
}

function isConfigured(uri: string, { list }: ResourceServers): boolean {
  return list.some(server => server.uri === uri)
}

/** One token has one form. RFC 8707 §2: a server may refuse a combination that it cannot serve with one token. */
export function checkAgree(found: readonly ResourceServer[], servers: ResourceServers): Refusal | undefined {
  // Our own endpoint takes every form but one: what is encrypted for an API can be read by the API alone.
  // RFC 8707 §3: what is shown to an API could be used by it elsewhere, and nothing else may ever manage this server.
  const isShared =
    found.length > 1 &&
    found.some(({ encryption, isAdministration }) => encryption !== undefined || isAdministration === true)
  const forms = new Set(
    found
      .filter(({ uri }) => isConfigured(uri, servers))
      .map(({ accessTokenFormat, signingAlg }) => `${accessTokenFormat} ${signingAlg}`),
  )
  return forms.size < 2 && !isShared
    ? undefined
    : refuse(
        'invalid_target',
        'these resources take different tokens: ask for one at a time',
        'RFC 8707 §2.2 one token serves all resources that were asked for',
        { resources: found.map(({ uri }) => uri) },
      )
}

/** `uris`: as they were checked when they were asked for; what was taken off the list since knows no scope. */
export function targetOf(
  uris: readonly string[] | undefined,
  scopes: readonly string[],
  client: Client,
  servers: ResourceServers,
  accessTokenSeconds: number,
): TokenTarget {
  const found = (uris ?? []).map((uri): ResourceServer => servers.find(uri) ?? { uri, name: uri, scopes: [] })
  const lifetimes = found.flatMap(server => server.accessTokenSeconds ?? [])
  const encryption = found.find(server => server.encryption !== undefined)?.encryption
  // RFC 9068 §2.1: RS256 is what every API can verify.
  const alg =
    found.find(({ signingAlg }) => signingAlg !== undefined)?.signingAlg ?? client.accessTokenSigningAlg ?? 'RS256'
  return {
    ...(uris === undefined ? {} : { audience: uris }),
    scopes: uris === undefined ? scopes : scopesKnownTo(found, scopes),
    format:
      found.find(server => server.accessTokenFormat !== undefined)?.accessTokenFormat ??
      client.accessTokenFormat ??
      'opaque',
    // RFC 9068 §4: APIs verify with a published key, so a MAC with the client's secret is no way to sign for them.
    signingAlg: isAsymmetric(alg) ? alg : 'RS256',
    seconds: Math.min(client.accessTokenSeconds ?? accessTokenSeconds, ...lifetimes),
    ...(encryption === undefined ? {} : { encryption }),
  }
}

/** RFC 9396 §2.2 `locations`: a detail that names where it counts says nothing to anybody else. */
export function detailsFor(
  audience: readonly string[] | undefined,
  details: readonly AuthorizationDetail[] | undefined,
): readonly AuthorizationDetail[] | undefined {
  if (audience === undefined || details === undefined) return details
  const told = details.filter(
    ({ locations }) => !Array.isArray(locations) || locations.some(location => audience.includes(location as string)),
  )
  return told.length === 0 ? undefined : told
}

/** RFC 9396 §6: a token request may name some of the granted details, each as it was granted. */
export function requestedDetails(
  text: string | undefined,
  granted: readonly AuthorizationDetail[] | undefined,
): readonly AuthorizationDetail[] | undefined | Refusal {
  const types = (granted ?? []).map(({ type }) => type)
  const details = parseAuthorizationDetails(text, types)
  if (details === undefined || isRefusal(details)) return details
  const extra = details.find(detail => !granted?.some(one => isDeepStrictEqual(one, detail)))
  // As they were granted: what is named twice is no second one.
  return extra === undefined
    ? granted?.filter(one => details.some(detail => isDeepStrictEqual(one, detail)))
    : refuse(
        'invalid_authorization_details',
        'an authorization detail was not granted',
        'RFC 9396 §6 authorization_details are not wider than granted',
        { type: extra.type },
      )
}
