/** What several settings of an upstream must be together. */

import type { SettingsMistake } from '../../../settings-mistake.ts'
import type { Mapping } from '../../mapping/mapping.ts'
import type { UpstreamProperties } from '../../upstream.ts'
import { checkCredentials, type WithSecrets } from './credential-rules.ts'

type Mistakes = readonly SettingsMistake[]

export interface WholeUpstream extends WithSecrets {
  /** Every mapping that was written could be read. */
  readonly hasAllMappings: boolean
}

export function checkTogether(whole: WholeUpstream): Mistakes {
  const { properties } = whole
  return [
    ...checkPlaces(properties),
    ...checkCredentials(whole),
    ...checkScopes(properties),
    ...(whole.hasAllMappings ? checkSubject(properties) : []),
    ...checkClaims(properties),
    ...checkLogout(whole),
  ]
}

/** Without discovery, what a sign-in cannot do without. */
function checkPlaces(upstream: UpstreamProperties): Mistakes {
  const { kind, discoveryUri, validateSignatures, useJwksUri, disableJwtValidation, validateIssuer } = upstream
  const isChecked = kind === 'oidc' && !disableJwtValidation
  const needed: readonly (readonly [string, string | undefined, boolean])[] = [
    ['authorization_endpoint', upstream.authorizationEndpoint, true],
    ['token_endpoint', upstream.tokenEndpoint, true],
    ['issuer', upstream.issuer, isChecked && validateIssuer],
    ['jwks_uri', upstream.jwksUri, isChecked && validateSignatures && useJwksUri && !isSymmetric(upstream)],
  ]
  const missing =
    discoveryUri === undefined ? needed.filter(([, value, isNeeded]) => isNeeded && value === undefined) : []
  const lacksKey = validateSignatures && !useJwksUri && upstream.publicKey === undefined && !isSymmetric(upstream)
  return [
    ...missingPlaces(
      missing.map(([member]) => member),
      needed.every(([, value]) => value === undefined),
    ),
    ...(kind === 'oidc' && lacksKey
      ? [
          {
            member: 'public_key',
            rule: 'use_jwks_uri',
            message: 'is missing: with use_jwks_uri off it is the only key',
          },
        ]
      : []),
  ]
}

/** Whoever said nothing at all of where it is, is told the short way first. */
function missingPlaces(members: readonly string[], isNothingSaid: boolean): Mistakes {
  const rule = 'discovery_uri or endpoints'
  if (members.length === 0) return []
  return isNothingSaid
    ? [
        {
          member: 'discovery_uri',
          rule,
          message: `is missing: say where it is (--discovery), or ${members.join(', ')}`,
        },
      ]
    : members.map(member => ({ member, rule, message: 'is missing: say it, or discovery_uri (--discovery)' }))
}

/** Its ID tokens are signed with the secret that we share, so it has no keys to publish. */
function isSymmetric({ idTokenSigningAlgs }: UpstreamProperties): boolean {
  return idTokenSigningAlgs.length > 0 && idTokenSigningAlgs.every(alg => alg.startsWith('HS'))
}

/** OIDC Core §3.1.2.1: without openid it is no OpenID request, and there is no ID token. */
function checkScopes({ kind, scopes }: UpstreamProperties): Mistakes {
  return kind === 'oauth2' || scopes.includes('openid')
    ? []
    : [
        {
          member: 'scopes',
          rule: 'OIDC Core §3.1.2.1 openid scope',
          message: 'must have openid: the kind is oidc (oauth2 has no ID token)',
        },
      ]
}

/** Somebody has to say who signs in. */
function checkSubject(upstream: UpstreamProperties): Mistakes {
  const { kind, mappings, disableUserinfo, userinfoEndpoint, discoveryUri, standardMappings } = upstream
  const hasSubject = standardMappings || mappings.some(isSubject)
  if (!hasSubject) {
    return [
      { member: 'mappings', rule: 'ssoid is mapped', message: 'must have one for ssoid: standard_mappings is off' },
    ]
  }
  const asksUserinfo = !disableUserinfo && (userinfoEndpoint !== undefined || discoveryUri !== undefined)
  const isInTokens = mappings.some(mapping => isSubject(mapping) && saysWithoutUserinfo(mapping))
  return kind === 'oidc' || asksUserinfo || isInTokens
    ? []
    : [
        {
          member: 'userinfo_endpoint',
          rule: 'oauth2 says who somebody is',
          message: 'is missing: say it, or map ssoid with the source token_response or access_token',
        },
      ]
}

function isSubject(mapping: Mapping): boolean {
  return (mapping.kind === 'attribute' || mapping.kind === 'template') && mapping.attribute === 'ssoid'
}

function saysWithoutUserinfo({ source }: Mapping): boolean {
  return source === 'token_response' || source === 'access_token'
}

function checkClaims({
  essentialClaim,
  essentialClaimValue,
  linkExisting,
  linkProofs,
  createAccounts,
}: UpstreamProperties): Mistakes {
  const rule = 'essential_claim with essential_claim_value'
  const found: (false | SettingsMistake)[] = [
    essentialClaim !== undefined &&
      essentialClaimValue === undefined && {
        member: 'essential_claim_value',
        rule,
        message: 'is missing: essential_claim needs it (.+ for any value)',
      },
    essentialClaim === undefined &&
      essentialClaimValue !== undefined && {
        member: 'essential_claim',
        rule,
        message: 'is missing: essential_claim_value is the value of which claim?',
      },
    linkExisting &&
      linkProofs.length === 0 && {
        member: 'link_proofs',
        rule: 'linking needs a proof',
        message: `must have mail or sign_in${createAccounts ? ', or link_existing must be false' : ''}`,
      },
  ]
  return found.filter(mistake => mistake !== false)
}

function checkLogout({ properties, hasSecret }: WholeUpstream): Mistakes {
  const { logoutMode, logoutAuthorization, logoutTokenMethod, logoutTokenParameter, logoutParameters } = properties
  const { postLogoutRedirectParameter: returnParameter, logoutUri, endSessionEndpoint, discoveryUri } = properties
  if (Object.hasOwn(logoutParameters, returnParameter)) {
    const message = 'has the name under which post_logout_redirect_uri is sent'
    return [{ member: `logout_parameters.${returnParameter}`, rule: 'post_logout_redirect_parameter', message }]
  }
  if (logoutMode !== 'backchannel') return []
  const isKnownWhere = [logoutUri, endSessionEndpoint, discoveryUri].some(place => place !== undefined)
  const found: (false | SettingsMistake)[] = [
    !isKnownWhere && {
      member: 'logout_uri',
      rule: 'logout_mode backchannel',
      message: 'is missing: say it, end_session_endpoint or discovery_uri, or logout_mode must not be backchannel',
    },
    logoutAuthorization === 'basic' &&
      !hasSecret && { member: 'client_secret', rule: 'logout_authorization', message: 'is missing: basic needs it' },
    logoutTokenMethod !== 'none' &&
      Object.hasOwn(logoutParameters, logoutTokenParameter) && {
        member: `logout_parameters.${logoutTokenParameter}`,
        rule: 'logout_token_parameter',
        message: 'has the name under which the token is sent',
      },
  ]
  return found.filter(mistake => mistake !== false)
}
