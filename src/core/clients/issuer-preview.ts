/** What a change of the issuer breaks, and where somebody has to do something about it: looked up before it is made. */

import { ownAddresses } from '../upstreams/own-addresses.ts'
import type { Upstream } from '../upstreams/upstream.ts'
import type { Client } from './client.ts'
import { urisOf } from './uris-of-client.ts'

export interface Breakage {
  /** Which metadata, or what about the app. */
  readonly member: string
  readonly value?: string
  /** A sentence that says what to do. */
  readonly what: string
}

export interface UpstreamChange {
  readonly alias: string
  /** What is registered there, and what has to be. */
  readonly what: string
  readonly before: string
  readonly after: string
}

/** What is ours, and moves: an address of a client there is an address of this server or of an app beside it. */
export function clientBreakages(client: Client, issuer: string, next: string): readonly Breakage[] {
  return [
    ...addressesThere(client, issuer),
    ...ownResources(client, issuer, next),
    ...pairwise(client, issuer),
    ...proofs(client, issuer, next),
    ...(client.registrationGeneration === undefined
      ? []
      : [
          {
            member: 'registration_client_uri',
            what: `it manages its own registration below ${issuer}/register: give it the new address`,
          },
        ]),
    ...(client.accessTokenFormat === 'jwt'
      ? [
          {
            member: 'access_token_format',
            value: 'jwt',
            what: `APIs that read its access tokens hold iss against ${issuer}: change it to ${next} there`,
          },
        ]
      : []),
  ]
}

function addressesThere(client: Client, issuer: string): readonly Breakage[] {
  const { host } = new URL(issuer)
  const there = urisOf(client)
    .filter(({ member, uri }) => member !== 'resources' && URL.parse(uri)?.host === host)
    .map(({ member, uri }) => ({
      member,
      value: uri,
      what: 'stands at the old host: change it if the app moves as well',
    }))
  const isUrlThere = URL.parse(client.clientId)?.host === host
  if (!isUrlThere) return there
  return [
    {
      member: 'client_id',
      value: client.clientId,
      what: 'is the URL of a document at the old host: the app becomes another one',
    },
    ...there,
  ]
}

function ownResources({ resources = [] }: Client, issuer: string, next: string): readonly Breakage[] {
  return resources
    .filter(uri => uri === issuer || uri.startsWith(`${issuer}/`))
    .map(uri => ({
      member: 'resources',
      value: uri,
      what: `is an API of this server: it becomes ${next}${uri.slice(issuer.length)}`,
    }))
}

/** OIDC Core §8.1: what was worked out when the client was made is kept, so nobody becomes somebody else by the move. */
function pairwise({ subjectType, sectorIdentifier }: Client, issuer: string): readonly Breakage[] {
  if (subjectType !== 'pairwise' || sectorIdentifier !== new URL(issuer).hostname) return []
  return [
    {
      member: 'subject_type',
      value: 'pairwise',
      what: `its sector is ${sectorIdentifier}: it is kept, and people keep their sub, as long as the client is edited and not made anew`,
    },
  ]
}

/** RFC 7523 §3, RFC 9101 §4: what the app signs is for us, by name. */
function proofs(client: Client, issuer: string, next: string): readonly Breakage[] {
  const signs = client.tokenEndpointAuthMethods.filter(method => /_jwt$|^attest/.test(method))
  const what = `it signs for aud ${issuer}: it has to say ${next}`
  return [
    ...signs.map(method => ({ member: 'token_endpoint_auth_methods', value: method, what })),
    ...(client.requireSignedRequestObject === true || client.requestObjectSigningAlg !== undefined
      ? [{ member: 'request_object_signing_alg', what }]
      : []),
  ]
}

const REGISTERED = [
  ['redirectUri', 'redirect URI'],
  ['postLogoutRedirectUri', 'post-logout redirect URI'],
  ['backchannelLogoutUri', 'back-channel logout URI'],
  ['frontchannelLogoutUri', 'front-channel logout URI'],
  ['jwksUri', 'JWKS URI, where the provider verifies what we sign'],
] as const

/** What is registered at an upstream about us; addresses that settings fixed by hand do not move. */
export function upstreamChanges(upstream: Upstream, issuer: string, next: string): readonly UpstreamChange[] {
  const [old, after] = [ownAddresses(issuer, upstream), ownAddresses(next, upstream)]
  return REGISTERED.filter(([member]) => old[member] !== after[member]).map(([member, what]) => ({
    alias: upstream.alias,
    what,
    before: old[member],
    after: after[member],
  }))
}

/** What holds for everybody. Sentences. */
export function generalBreakages(issuer: string, next: string): readonly string[] {
  const [old, moved] = [new URL(issuer), new URL(next)]
  const isOtherPlace = old.host !== moved.host || old.pathname !== moved.pathname
  return [
    `Every app reads the settings of this server at ${next}/.well-known/openid-configuration from then on, and has to expect iss ${next} in ID tokens.`,
    'Access and ID tokens that are JWTs name the old issuer until they expire; APIs that hold iss against the new one refuse them.',
    ...(isOtherPlace
      ? [
          'The cookies of browsers are for the old address: everybody signs in once more. Refresh tokens go on counting.',
        ]
      : ['Cookies are named by whether the issuer is https: when that changes, everybody signs in once more.']),
    'Links in mail that was sent before, and sign-ins that are under way, lead to the old address: keep it as a redirect for a while.',
    ...(old.protocol === 'https:' && moved.protocol === 'http:'
      ? ['Over plain http, passwords and tokens can be read by everybody on the way.']
      : []),
  ]
}
