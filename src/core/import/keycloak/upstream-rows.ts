/** The settings of an identity provider in a Keycloak realm (26), by the names that the reference of upstreams has for them. */

import type { SourceRow, Taken } from '../source-rows.ts'
import { isTrue, ownValue, textOf } from '../values.ts'
import { aliasHere } from './alias-here.ts'

const EMPTY: Taken = { outcome: 'ignored', why: 'empty' }
const none = (setting: string, why: string): SourceRow => ({ setting, outcome: 'no-equivalent', why })
const text = (setting: string, field: string): SourceRow => ({
  setting,
  outcome: 'mapped',
  field,
  take: value => (textOf(value) === undefined ? EMPTY : { fields: { [field]: textOf(value) } }),
})
const boolean = (setting: string, field: string): SourceRow => ({
  setting,
  outcome: 'mapped',
  field,
  take: value => ({ fields: { [field]: isTrue(value) } }),
})
const opposite = (setting: string, field: string): SourceRow => ({
  setting,
  outcome: 'mapped',
  field,
  why: 'The other way round.',
  take: value => ({ fields: { [field]: !isTrue(value) } }),
})
const number = (setting: string, field: string): SourceRow => ({
  setting,
  outcome: 'mapped',
  field,
  take: value =>
    textOf(value) !== undefined && Number.isSafeInteger(Number(value)) ? { fields: { [field]: Number(value) } } : EMPTY,
})

const CLIENT_ASSERTIONS =
  'Assertions that prove an app, not a person: the keys of the app (jwks_uri) say who signs them.'
const GRANT = 'A system whose signed word about a person is taken is one of assertion_issuers in sallyport.yaml.'

/** Beside `config`. */
export const PROVIDER_ROWS: readonly SourceRow[] = [
  {
    setting: 'alias',
    outcome: 'mapped',
    field: 'alias',
    take: value =>
      textOf(value) === aliasHere(textOf(value) ?? '')
        ? {}
        : {
            outcome: 'approximated',
            why: 'In small letters here, and part of the redirect URI: the provider has to know that one, too (sallyport upstream show).',
          },
  },
  { setting: 'providerId', outcome: 'mapped', field: 'kind', take: () => ({}) },
  text('displayName', 'display_name'),
  boolean('enabled', 'enabled'),
  boolean('trustEmail', 'trust_email'),
  boolean('storeToken', 'store_tokens'),
  boolean('linkOnly', 'link_only'),
  boolean('hideOnLogin', 'hide_on_login'),
  {
    setting: 'addReadTokenRoleOnCreate',
    outcome: 'approximated',
    why: 'stored_tokens_readable_by names the apps that may read them.',
  },
  none('authenticateByDefault', 'broker.default in sallyport.yaml names the one upstream where people go at once.'),
  {
    setting: 'firstBrokerLoginFlowAlias',
    outcome: 'approximated',
    why: 'See the steps of the flow: create_accounts, link_existing, link_proofs, review_profile.',
  },
  none(
    'postBrokerLoginFlowAlias',
    'People prove nothing more here after they came through it: post_login: password asks for their password, authorization_policy: two_factor of an app for a second factor.',
  ),
  none('organizationId', 'There are no organizations: email_domains leads people to their upstream.'),
  {
    setting: 'updateProfileFirstLoginMode',
    older: ['updateProfileFirstLogin'],
    outcome: 'mapped',
    field: 'review_profile',
    take: value => review(value),
  },
  { setting: 'config', outcome: 'mapped', why: 'See each of them.' },
  { setting: 'internalId', outcome: 'ignored', why: 'Keycloak’s own.' },
  { setting: 'types', outcome: 'ignored', why: 'Keycloak’s own.' },
]

const REVIEW: Readonly<Record<string, string>> = {
  on: 'always',
  true: 'always',
  missing: 'missing',
  off: 'never',
  false: 'never',
}

export function review(value: unknown): Taken {
  const mode = ownValue(REVIEW, `${value}`.toLowerCase())
  return mode === undefined ? EMPTY : { fields: { review_profile: mode } }
}

/** `config.*`: all values are texts. */
export const CONFIG_ROWS: readonly SourceRow[] = [
  number('guiOrder', 'order'),
  boolean('hideOnLoginPage', 'hide_on_login'),
  {
    setting: 'showInAccountConsole',
    outcome: 'mapped',
    field: 'show_in_account',
    take: value => ({ fields: { show_in_account: `${value}`.toLowerCase() } }),
  },
  text('authorizationUrl', 'authorization_endpoint'),
  text('tokenUrl', 'token_endpoint'),
  text('userInfoUrl', 'userinfo_endpoint'),
  text('logoutUrl', 'end_session_endpoint'),
  text('jwksUrl', 'jwks_uri'),
  text('issuer', 'issuer'),
  text('mtlsTokenUrl', 'mtls_token_endpoint'),
  text('mtlsUserInfoUrl', 'mtls_userinfo_endpoint'),
  none('tokenIntrospectionUrl', 'Tokens of an upstream are not exchanged for ours.'),
  none('mtlsTokenIntrospectionUrl', 'Tokens of an upstream are not exchanged for ours.'),
  none('metadataDescriptorUrl', 'SAML is another protocol.'),
  text('clientId', 'client_id'),
  { setting: 'clientSecret', outcome: 'mapped', field: 'client_secret', take: secretOf },
  text('clientAuthMethod', 'client_auth_method'),
  text('clientAssertionSigningAlg', 'client_assertion_alg'),
  text('clientAssertionAudience', 'client_assertion_audience'),
  none('clientCertKeyProviderId', 'Give the certificate and its key: client_certificate, client_certificate_key.'),
  none('jwtX509HeadersEnabled', 'Our assertions name their key by kid.'),
  text('defaultScope', 'scopes'),
  text('prompt', 'prompt'),
  boolean('acceptsPromptNoneForwardFromClient', 'accepts_prompt_none'),
  boolean('loginHint', 'pass_login_hint'),
  boolean('passMaxAge', 'pass_max_age'),
  boolean('uiLocales', 'pass_ui_locales'),
  { setting: 'forwardParameters', outcome: 'mapped', field: 'forward_parameters', take: forwarded },
  {
    setting: 'pkceEnabled',
    outcome: 'mapped',
    field: 'pkce_method',
    take: (_, config) => ({ fields: { pkce_method: pkce(config) } }),
  },
  {
    setting: 'pkceMethod',
    outcome: 'mapped',
    field: 'pkce_method',
    take: (_, config) => ({ fields: { pkce_method: pkce(config) } }),
  },
  opposite('disableNonce', 'nonce'),
  opposite('disableTypeClaimCheck', 'check_token_type'),
  boolean('validateSignature', 'validate_signatures'),
  boolean('useJwksUrl', 'use_jwks_uri'),
  text('publicKeySignatureVerifier', 'public_key'),
  text('publicKeySignatureVerifierKeyId', 'public_key_id'),
  number('allowedClockSkew', 'clock_skew'),
  boolean('isAccessTokenJWT', 'access_token_is_jwt'),
  boolean('disableUserInfo', 'disable_userinfo'),
  { setting: 'syncMode', outcome: 'mapped', field: 'sync_mode', take: syncMode },
  boolean('caseSensitiveOriginalUsername', 'case_sensitive_username'),
  { setting: 'filteredByClaim', outcome: 'mapped', field: 'essential_claim', take: (_, config) => essential(config) },
  { setting: 'claimFilterName', outcome: 'mapped', field: 'essential_claim', take: (_, config) => essential(config) },
  {
    setting: 'claimFilterValue',
    outcome: 'mapped',
    field: 'essential_claim_value',
    take: (_, config) => essential(config),
  },
  number('minValidityToken', 'min_token_validity'),
  {
    setting: 'backchannelSupported',
    outcome: 'mapped',
    field: 'logout_mode',
    why: 'true: a call of ours to the logout URL, with the refresh token, as Keycloak wants it.',
    take: (value, { logoutUrl }) => {
      if (textOf(logoutUrl) === undefined) return EMPTY
      return isTrue(value)
        ? {
            fields: { logout_mode: 'backchannel', logout_uri: logoutUrl, logout_token_parameter: 'refresh_token' },
            outcome: 'approximated',
          }
        : { fields: { logout_mode: 'redirect' } }
    },
  },
  boolean('sendIdTokenOnLogout', 'send_id_token_hint'),
  boolean('sendClientIdOnLogout', 'send_client_id_on_logout'),
  none('storeTokenInSession', 'What signing out needs is kept sealed with the session in any case.'),
  none('doNotStoreUsers', 'Whoever signs in has an account.'),
  { setting: 'requiresShortStateParameter', outcome: 'ignored', why: 'Our state always has 66 characters.' },
  none('supportsClientAssertions', CLIENT_ASSERTIONS),
  none('supportsClientAssertionReuse', CLIENT_ASSERTIONS),
  none('fedClientAssertionMaxExp', CLIENT_ASSERTIONS),
  none('allowClientIdAsAudience', CLIENT_ASSERTIONS),
  none('jwtAuthorizationGrantEnabled', GRANT),
  none('jwtAuthorizationGrantMaxAllowedAssertionExpiration', GRANT),
  none('jwtAuthorizationGrantAssertionReuseAllowed', GRANT),
  none('jwtAuthorizationGrantAllowedSignatureAlg', GRANT),
  ...['userIDClaim', 'userNameClaim', 'emailClaim', 'fullNameClaim', 'givenNameClaim', 'familyNameClaim'].map(
    setting => ({
      setting,
      outcome: 'mapped' as const,
      field: 'mappings',
      why: 'A mapping of the upstream.',
      take: () => ({}),
    }),
  ),
]

/** A secret of a file that somebody else wrote never names a place of ours, but for the vault, whose names are meant for that. */
function secretOf(value: unknown): Taken {
  const secret = textOf(value)
  if (secret === undefined) return EMPTY
  if (/^\*+$/.test(secret)) {
    return { outcome: 'no-equivalent', why: 'is hidden in this export: give it with --upstream-secret ALIAS=SECRET' }
  }
  if (/^\$\{vault\.[\w.-]+\}$/.test(secret)) {
    return {
      fields: { client_secret: secret },
      why: 'read from secrets.vault in sallyport.yaml: put it there under this name',
    }
  }
  return secret.includes('${')
    ? { outcome: 'no-equivalent', why: 'names another place: give it with --upstream-secret ALIAS=SECRET' }
    : { fields: { client_secret: secret } }
}

function forwarded(value: unknown): Taken {
  const names = (textOf(value) ?? '')
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
  if (names.length === 0) return EMPTY
  const others = names.filter(name => name !== 'acr_values')
  return {
    fields: {
      ...(others.length === 0 ? {} : { forward_parameters: others }),
      ...(others.length === names.length ? {} : { pass_acr_values: true }),
    },
  }
}

function pkce({ pkceEnabled, pkceMethod }: Readonly<Record<string, unknown>>): string {
  if (!isTrue(pkceEnabled)) return 'off'
  return pkceMethod === 'plain' ? 'plain' : 'S256'
}

function syncMode(value: unknown): Taken {
  if (value === 'FORCE') return { fields: { sync_mode: 'force' } }
  if (value === 'IMPORT') return { fields: { sync_mode: 'import' } }
  return {
    fields: { sync_mode: 'import' },
    outcome: 'approximated',
    why: 'LEGACY: each mapper behaves in its own way; import for all of them',
  }
}

function essential(config: Readonly<Record<string, unknown>>): Taken {
  const { filteredByClaim, claimFilterName, claimFilterValue } = config
  if (!isTrue(filteredByClaim) || textOf(claimFilterName) === undefined) return EMPTY
  return { fields: { essential_claim: claimFilterName, essential_claim_value: textOf(claimFilterValue) ?? '.+' } }
}
