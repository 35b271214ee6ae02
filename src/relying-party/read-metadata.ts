/** A discovery document (OIDC Discovery §3, RFC 8414 §2) as it came from outside: what of it can be used. Pure. */

import type { JsonObject } from '../core/clients/client.ts'
import { isIssuerOfUri } from '../core/upstreams/issuer.ts'
import type { DiscoveredMetadata, Upstream } from '../core/upstreams/upstream.ts'
import { type Refusal, refuse } from '../spec/refusal.ts'
import { placeOf, said } from './answer-facts.ts'
import { isObject } from './normalise-answer.ts'

const MAX_LIST = 200

export function readMetadata(json: JsonObject, now: Date): DiscoveredMetadata {
  const aliases = isObject(json.mtls_endpoint_aliases) ? json.mtls_endpoint_aliases : {}
  return {
    fetchedAt: now,
    ...text('issuer', json.issuer),
    ...url('authorizationEndpoint', json.authorization_endpoint),
    ...url('tokenEndpoint', json.token_endpoint),
    ...url('userinfoEndpoint', json.userinfo_endpoint),
    ...url('jwksUri', json.jwks_uri),
    ...url('endSessionEndpoint', json.end_session_endpoint),
    ...url('mtlsTokenEndpoint', aliases.token_endpoint),
    ...url('mtlsUserinfoEndpoint', aliases.userinfo_endpoint),
    ...list('idTokenSigningAlgs', json.id_token_signing_alg_values_supported),
    ...list('tokenEndpointAuthMethods', json.token_endpoint_auth_methods_supported),
    ...list('scopes', json.scopes_supported),
    ...list('promptValues', json.prompt_values_supported),
    ...list('codeChallengeMethods', json.code_challenge_methods_supported),
    // RFC 9207 §3.
    ...(json.authorization_response_iss_parameter_supported === true ? { sendsIssuer: true } : {}),
  }
}

/** OIDC Discovery §4.3: otherwise anybody's document could speak for the upstream. */
export function checkDiscoveredIssuer(
  { issuer: typed, discoveryUri = '', validateIssuer }: Pick<Upstream, 'issuer' | 'discoveryUri' | 'validateIssuer'>,
  discovered: string | undefined,
): Refusal | undefined {
  if (!validateIssuer) return undefined
  if (
    discovered !== undefined &&
    (typed === undefined ? isIssuerOfUri(discovered, discoveryUri) : discovered === typed)
  )
    return undefined
  return refuse(
    'server_error',
    'the discovery document of the upstream names another issuer',
    'OIDC Discovery §4.3 issuer of the upstream',
    {
      document: placeOf(discoveryUri),
      issuer: said(discovered) ?? '',
      ...(typed === undefined ? {} : { typed }),
    },
  )
}

type Member<N extends string, T> = { readonly [K in N]?: T }

function text<N extends string>(name: N, value: unknown): Member<N, string> {
  return (typeof value === 'string' && value !== '' ? { [name]: value } : {}) as Member<N, string>
}

const MAX_URL = 2000

/** What is no URL for a browser or for us (`javascript:`), or cannot stand in a header as it is (RFC 3986 §2), is as if it were not there. */
function url<N extends string>(name: N, value: unknown): Member<N, string> {
  if (typeof value !== 'string' || value.length > MAX_URL || !/^[\x21-\x7E]+$/.test(value)) return {}
  const protocol = URL.parse(value)?.protocol
  return protocol === 'https:' || protocol === 'http:' ? text(name, value) : {}
}

function list<N extends string>(name: N, value: unknown): Member<N, readonly string[]> {
  if (!Array.isArray(value)) return {}
  const texts = value.filter((item): item is string => typeof item === 'string').slice(0, MAX_LIST)
  return { [name]: texts } as unknown as Member<N, readonly string[]>
}
