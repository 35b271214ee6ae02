/** Checks that several profiles share. */

import { isLoopbackHost } from '../../../lib/loopback-host.ts'
import { yieldsAccessToken } from '../../../spec/response-types.ts'
import type { Broken, ClientProperties, RequestObjectFacts } from './profile-rule.ts'

/** RFC 8705 §2 and OIDC Core §9 `private_key_jwt`: methods where no secret is sent. */
export const KEY_METHODS: readonly string[] = ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth']

/** Members that name a signature, by their registered names. */
const SIGNATURES = {
  id_token_signed_response_alg: 'idTokenSignedResponseAlg',
  userinfo_signed_response_alg: 'userinfoSignedResponseAlg',
  introspection_signed_response_alg: 'introspectionSignedResponseAlg',
  authorization_signed_response_alg: 'authorizationSignedResponseAlg',
  access_token_signing_alg: 'accessTokenSigningAlg',
  token_endpoint_auth_signing_alg: 'tokenEndpointAuthSigningAlg',
  request_object_signing_alg: 'requestObjectSigningAlg',
  backchannel_authentication_request_signing_alg: 'backchannelAuthenticationRequestSigningAlg',
} as const satisfies Readonly<Record<string, keyof ClientProperties>>

export function brokenUnless(holds: boolean, member: string, message: string): readonly Broken[] {
  return holds ? [] : [{ member, message }]
}

export function brokenSignatures(client: ClientProperties, allowed: readonly string[]): readonly Broken[] {
  return Object.entries(SIGNATURES).flatMap(([member, name]) => {
    const alg = client[name]
    return brokenUnless(alg === undefined || allowed.includes(alg), member, `must be one of ${allowed.join(', ')}`)
  })
}

export function brokenMethods({ tokenEndpointAuthMethods }: ClientProperties): readonly Broken[] {
  return brokenUnless(
    tokenEndpointAuthMethods.every(method => KEY_METHODS.includes(method)),
    'token_endpoint_auth_methods',
    `may only be ${KEY_METHODS.join(', ')}`,
  )
}

export function brokenConfidential({ type }: ClientProperties): readonly Broken[] {
  return brokenUnless(type === 'confidential', 'client_type', 'must be confidential')
}

/** Neither the grant type nor a response type that sends access tokens through the browser. */
export function brokenImplicit({ responseTypes }: ClientProperties): readonly Broken[] {
  return brokenUnless(
    !responseTypes.some(yieldsAccessToken),
    'response_types',
    'must not send access tokens through the browser',
  )
}

/** RFC 8252 §7.3: plain http stays on the machine only with a loopback address of a native app. */
export function isEncryptedRedirect(uri: string, isNative: boolean): boolean {
  if (!uri.startsWith('http:')) return true
  return isNative && isLoopbackHost(new URL(uri).hostname)
}

/** `mayBeNative`: the profile lets native apps have plain http on loopback. */
export function brokenRedirects(
  { redirectUris, applicationType }: ClientProperties,
  mayBeNative: boolean,
): readonly Broken[] {
  return redirectUris
    .filter(uri => URL.canParse(uri) && !isEncryptedRedirect(uri, mayBeNative && applicationType === 'native'))
    .map(uri => ({ member: 'redirect_uris', message: `${uri} is plain http` }))
}

const HOUR_SECONDS = 3600

/** `nbf` at most an hour ago, `exp` at most an hour behind it; whether it is over is checked for every request object. */
export function isShortLived({ exp, nbf, now }: RequestObjectFacts): boolean {
  if (exp === undefined || nbf === undefined) return false
  return exp - nbf <= HOUR_SECONDS && now.getTime() / 1000 - nbf <= HOUR_SECONDS
}

export function isForIssuer({ aud, issuer }: RequestObjectFacts): boolean {
  return aud === issuer || (Array.isArray(aud) && aud.includes(issuer))
}
