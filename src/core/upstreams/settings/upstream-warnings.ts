/** What an administrator should know about an upstream that is set up so: nothing is wrong, but something is given away. */

import { TENANT_PLACE } from '../issuer.ts'
import type { UpstreamProperties } from '../upstream.ts'

/** Sentences; those that give everything away come first, in capitals. */
export function warningsOf(upstream: UpstreamProperties): readonly string[] {
  return [...dangers(upstream), ...weaknesses(upstream), ...leftovers(upstream)]
}

/** For a column of a table: one word each. */
export function warningWords({
  kind,
  disableJwtValidation,
  validateSignatures,
  validateIssuer,
  pkceMethod,
}: Pick<
  UpstreamProperties,
  'kind' | 'disableJwtValidation' | 'validateSignatures' | 'validateIssuer' | 'pkceMethod'
>): readonly string[] {
  if (kind === 'oidc' && disableJwtValidation) return ['NO JWT VALIDATION']
  return [
    ...(kind === 'oidc' && !validateSignatures ? ['no signatures'] : []),
    ...(kind === 'oidc' && !validateIssuer ? ['no issuer'] : []),
    ...(pkceMethod === 'S256' ? [] : [pkceMethod === 'off' ? 'no PKCE' : 'plain PKCE']),
  ]
}

function dangers({ kind, disableJwtValidation }: UpstreamProperties): readonly string[] {
  return kind === 'oidc' && disableJwtValidation
    ? [
        'disable_jwt_validation is on: NOTHING OF THE ID TOKEN IS CHECKED. This is for testing only; never let people sign in like this.',
      ]
    : []
}

function weaknesses(upstream: UpstreamProperties): readonly string[] {
  const { kind, pkceMethod, nonce, validateSignatures, validateIssuer, issuer, disableJwtValidation } = upstream
  const isChecked = kind === 'oidc' && !disableJwtValidation
  const found: readonly (false | string)[] = [
    isChecked &&
      !validateSignatures &&
      'validate_signatures is off: only TLS says that an ID token is from the upstream.',
    isChecked &&
      !validateIssuer &&
      'validate_issuer is off: the ID token of another issuer with the same keys is taken for one of this upstream.',
    issuer?.includes(TENANT_PLACE) === true &&
      `issuer has ${TENANT_PLACE}: people of every tenant can sign in. --discovery with one tenant keeps it to that one.`,
    // RFC 9700 §2.1.1: PKCE or nonce keeps an injected code out.
    pkceMethod === 'off' &&
      (kind === 'oauth2' || !nonce) &&
      'pkce_method is off and there is no nonce: a stolen code can be slipped into a sign-in.',
    pkceMethod === 'plain' && 'pkce_method is plain: whoever sees the request can use the code.',
    upstream.prompt === 'none' &&
      'prompt is none: whoever is not signed in at the upstream already is refused, for it may show no page.',
  ]
  return found.filter(text => text !== false)
}

/** Settings that have no effect: what was set, whether it is without effect, and why. */
function leftovers(upstream: UpstreamProperties): readonly string[] {
  const byCertificate = upstream.clientAuthMethod === 'tls_client_auth'
  const rows: readonly (readonly [setting: string, isSet: boolean, hasEffect: boolean, why: string])[] = [
    ['email_domains', isFilled(upstream.emailDomains), !upstream.linkOnly, 'link_only is on'],
    ['mtls_token_endpoint', isFilled(upstream.mtlsTokenEndpoint), byCertificate, NO_CERTIFICATE],
    ['mtls_userinfo_endpoint', isFilled(upstream.mtlsUserinfoEndpoint), byCertificate, NO_CERTIFICATE],
    ['client_certificate', isFilled(upstream.clientCertificate), byCertificate, NO_CERTIFICATE],
    ['public_key', isFilled(upstream.publicKey), !upstream.useJwksUri, 'use_jwks_uri is on'],
    ['public_key_id', isFilled(upstream.publicKeyId), !upstream.useJwksUri, 'use_jwks_uri is on'],
    ['require_encrypted_id_token', upstream.requireEncryptedIdToken, upstream.kind === 'oidc', 'kind is oauth2'],
    ['userinfo_parameters', isFilled(upstream.userinfoParameters), !upstream.disableUserinfo, NO_USERINFO],
    ['userinfo_headers', isFilled(upstream.userinfoHeaders), !upstream.disableUserinfo, NO_USERINFO],
    ['userinfo_documents', isFilled(upstream.userinfoDocuments), !upstream.disableUserinfo, NO_USERINFO],
    [
      'stored_tokens_readable_by',
      isFilled(upstream.storedTokensReadableBy),
      upstream.storeTokens,
      'store_tokens is off',
    ],
    [
      'logout_uri',
      isFilled(upstream.logoutUri),
      upstream.logoutMode === 'backchannel',
      'logout_mode is not backchannel',
    ],
    [
      'post_logout_redirect_uri',
      isFilled(upstream.postLogoutRedirectUri),
      upstream.logoutMode === 'redirect',
      'logout_mode is not redirect',
    ],
    [
      'frontchannel_logout_frame_ancestors',
      isFilled(upstream.frontchannelLogoutFrameAncestors),
      upstream.frontchannelLogout,
      NO_FRONT_CHANNEL,
    ],
    [
      'frontchannel_logout_redirect_uri',
      isFilled(upstream.frontchannelLogoutRedirectUri),
      upstream.frontchannelLogout,
      NO_FRONT_CHANNEL,
    ],
  ]
  return rows
    .filter(([, isSet, hasEffect]) => isSet && !hasEffect)
    .map(([setting, , , why]) => `${setting} has no effect: ${why}.`)
}

const NO_CERTIFICATE = 'client_auth_method is not tls_client_auth'
const NO_USERINFO = 'disable_userinfo is on'
const NO_FRONT_CHANNEL = 'frontchannel_logout is off'

function isFilled(value: string | object | undefined): boolean {
  return typeof value === 'object' ? Object.keys(value).length > 0 : value !== undefined
}
