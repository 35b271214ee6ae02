/** Client settings → the properties of a client, with the defaults filled in; or all mistakes. The same rules for a new and a changed client. */

import type { SigningAlgorithm } from '../../spec/jws.ts'
import { responseTypeOf } from '../../spec/response-types.ts'
import { isEmailAddress } from '../email-address.ts'
import type { Decided, SettingsMistake } from '../settings-mistake.ts'
import { checkLine, checkLink, checkOneOf, checkSeconds, checkSomeOf, isOneOf } from './check-members.ts'
import type { Client, ClientType, ConsentMode, TokenEndpointAuthMethod } from './client.ts'
import type { ClientSettings, SupportedByServer } from './client-settings.ts'
import { checkRedirectUris } from './redirect-uri-rules.ts'
import { checkResponseTypes } from './response-types.ts'

/** What of a client is decided by settings alone. */
export type ClientProperties = Omit<Client, 'uid' | 'secrets' | 'createdAt' | 'updatedAt' | 'disabledAt'>

export const CLIENT_TYPES: readonly ClientType[] = ['public', 'confidential']
export const CONSENT_MODES: readonly ConsentMode[] = ['always', 'remember', 'never']
export const SECRET_METHODS: readonly TokenEndpointAuthMethod[] = ['client_secret_basic', 'client_secret_post']
const DEFAULT_GRANT_TYPES = ['authorization_code', 'refresh_token']
const DEFAULT_ALGORITHM = 'RS256'

export function parseClient(
  settings: ClientSettings,
  supported: SupportedByServer,
): Decided<{ readonly properties: ClientProperties }> {
  const uris = checkRedirectUris('redirect_uris', settings.redirectUris ?? [])
  const postLogoutUris = checkRedirectUris('post_logout_redirect_uris', settings.postLogoutRedirectUris ?? [])
  const mistakes = [
    ...checkClientId(settings.clientId),
    ...checkOneOf('client_type', settings.type, CLIENT_TYPES, 'RFC 6749 §2.1 client type'),
    ...uris.mistakes,
    ...postLogoutUris.mistakes,
    ...checkResponseTypes(settings.responseTypes ?? [], supported.responseTypes),
    ...checkSomeOf('grant_types', settings.grantTypes ?? [], supported.grantTypes, 'RFC 7591 §2 grant_types'),
    ...checkSomeOf('scopes', settings.scopes ?? [], supported.scopes, 'RFC 6749 §3.3 scope'),
    ...checkAlgorithm(settings.idTokenSignedResponseAlg, supported.idTokenAlgorithms),
    ...checkOneOf('consent_mode', settings.consentMode ?? 'remember', CONSENT_MODES, 'consent_mode'),
    ...checkFitsType(settings),
    ...checkTexts(settings),
  ]
  if (mistakes.length > 0) return { mistakes }
  const properties = withDefaults(settings, supported)
  return { properties, warnings: [...uris.warnings, ...postLogoutUris.warnings, ...warnUnusable(properties)] }
}

function checkClientId(clientId: string): readonly SettingsMistake[] {
  // RFC 6749 appendix A.1: VSCHAR; ours leaves out the blank, which nobody sees.
  return /^[\x21-\x7e]{1,255}$/.test(clientId)
    ? []
    : [
        {
          member: 'client_id',
          rule: 'RFC 6749 appendix A.1 client_id syntax',
          message: clientId === '' ? 'is empty' : 'must be 1 to 255 visible ASCII characters without blanks',
        },
      ]
}

function checkAlgorithm(algorithm: string | undefined, supported: readonly string[]): readonly SettingsMistake[] {
  return checkOneOf('id_token_signed_response_alg', algorithm ?? DEFAULT_ALGORITHM, supported, 'OIDC Registration §2')
}

/** What a public client cannot have, and what belongs together. */
function checkFitsType({
  type,
  grantTypes = [],
  tokenEndpointAuthMethods,
  requirePkce,
}: ClientSettings): readonly SettingsMistake[] {
  const mistakes: SettingsMistake[] = []
  const isPublic = type === 'public'
  if (isPublic && grantTypes.includes('client_credentials')) {
    // RFC 6749 §4.4: the client credentials grant type MUST only be used by confidential clients.
    mistakes.push({
      member: 'grant_types',
      rule: 'RFC 6749 §4.4',
      message: 'client_credentials is for confidential clients only',
    })
  }
  if (isPublic && requirePkce === false) {
    // RFC 9700 §2.1.1: public clients MUST use PKCE.
    mistakes.push({
      member: 'require_pkce',
      rule: 'RFC 9700 §2.1.1',
      message: 'cannot be switched off for a public client',
    })
  }
  if (grantTypes.includes('refresh_token') && !grantTypes.includes('authorization_code')) {
    mistakes.push({
      member: 'grant_types',
      rule: 'RFC 6749 §6',
      message: 'refresh_token needs authorization_code beside it',
    })
  }
  const allowed: readonly string[] = isPublic ? ['none'] : SECRET_METHODS
  mistakes.push(
    ...checkSomeOf(
      'token_endpoint_auth_methods',
      tokenEndpointAuthMethods ?? [],
      allowed,
      `OIDC Core §9, for ${type} clients`,
    ),
  )
  return mistakes
}

function checkTexts(settings: ClientSettings): readonly SettingsMistake[] {
  const { contactEmail } = settings
  return [
    ...checkLine('name', settings.name, 100),
    ...checkLine('description', settings.description, 500),
    ...checkLine('owner', settings.owner, 255),
    ...checkLink('website_url', settings.websiteUrl),
    ...checkLink('terms_url', settings.termsUrl),
    ...checkLink('policy_url', settings.policyUrl),
    ...checkLink('logo_url', settings.logoUrl),
    ...checkSeconds('consent_ttl', settings.consentTtlSeconds),
    ...checkSeconds('default_max_age', settings.defaultMaxAgeSeconds),
    ...(contactEmail === undefined || isEmailAddress(contactEmail)
      ? []
      : [{ member: 'contact_email', rule: 'e-mail address', message: `"${contactEmail}" is not an e-mail address` }]),
  ]
}

function withDefaults(settings: ClientSettings, supported: SupportedByServer): ClientProperties {
  const type: ClientType = settings.type === 'public' ? 'public' : 'confidential'
  const { consentMode = 'remember', idTokenSignedResponseAlg = DEFAULT_ALGORITHM } = settings
  return {
    clientId: settings.clientId,
    name: settings.name === undefined || settings.name === '' ? settings.clientId : settings.name,
    type,
    tokenEndpointAuthMethods: authMethods(type, settings.tokenEndpointAuthMethods),
    redirectUris: distinct(settings.redirectUris ?? []),
    postLogoutRedirectUris: distinct(settings.postLogoutRedirectUris ?? []),
    responseTypes: [...new Set((settings.responseTypes ?? ['code']).map(text => responseTypeOf(text) ?? 'code'))],
    grantTypes: distinct(settings.grantTypes ?? DEFAULT_GRANT_TYPES),
    scopes: distinct(settings.scopes ?? supported.scopes),
    idTokenSignedResponseAlg: idTokenSignedResponseAlg as SigningAlgorithm,
    requirePkce: settings.requirePkce ?? type === 'public',
    allowPlainPkce: settings.allowPlainPkce ?? false,
    consentMode: isOneOf(consentMode, CONSENT_MODES) ? consentMode : 'remember',
    ...present('consentTtlSeconds', settings.consentTtlSeconds),
    ...present('defaultMaxAgeSeconds', settings.defaultMaxAgeSeconds),
    ...present('description', settings.description),
    ...present('websiteUrl', settings.websiteUrl),
    ...present('termsUrl', settings.termsUrl),
    ...present('policyUrl', settings.policyUrl),
    ...present('logoUrl', settings.logoUrl),
    ...present('contactEmail', settings.contactEmail),
    ...present('owner', settings.owner),
  }
}

function authMethods(type: ClientType, asked: readonly string[] | undefined): readonly TokenEndpointAuthMethod[] {
  if (type === 'public') return ['none']
  const chosen = SECRET_METHODS.filter(method => asked?.includes(method))
  return chosen.length === 0 ? SECRET_METHODS : chosen
}

function warnUnusable({ clientId, grantTypes, redirectUris }: ClientProperties): readonly string[] {
  return grantTypes.includes('authorization_code') && redirectUris.length === 0
    ? [`${clientId} has no redirect URI: nobody can sign in through it until it has one.`]
    : []
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)]
}

function present<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [K in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [K in Name]?: Value })
}
