/** What an administrator should know about an upstream that is set up so: nothing is wrong, but something is given away. */

import { TENANT_PLACE } from './rules/place-rules.ts'
import type { UpstreamProperties } from './upstream.ts'

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
}: UpstreamProperties): readonly string[] {
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
  ]
  return found.filter(text => text !== false)
}

/** Settings that have no effect. */
function leftovers(upstream: UpstreamProperties): readonly string[] {
  const found: readonly (false | string)[] = [
    !upstream.storeTokens &&
      upstream.storedTokensReadableBy.length > 0 &&
      'stored_tokens_readable_by has no effect: store_tokens is off.',
    !upstream.frontchannelLogout &&
      upstream.frontchannelLogoutFrameAncestors.length > 0 &&
      'frontchannel_logout_frame_ancestors has no effect: frontchannel_logout is off.',
    upstream.logoutMode !== 'backchannel' &&
      upstream.logoutUri !== undefined &&
      'logout_uri has no effect: logout_mode is not backchannel.',
    upstream.clientAuthMethod !== 'tls_client_auth' &&
      upstream.clientCertificate !== undefined &&
      'client_certificate has no effect: client_auth_method is not tls_client_auth.',
    upstream.useJwksUri && upstream.publicKey !== undefined && 'public_key has no effect: use_jwks_uri is on.',
  ]
  return found.filter(text => text !== false)
}
