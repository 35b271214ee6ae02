/** `attributes` of a Keycloak client: settings that came later. All values are texts. */

import { ENCRYPTION_ALGORITHMS, ENCRYPTION_ENCS } from '../../../spec/jwe.ts'
import { SIGNING_ALGORITHMS } from '../../../spec/jws.ts'
import type { JsonObject } from '../../clients/client.ts'
import type { SourceRow, Taken } from '../source-rows.ts'
import { isObject, isTrue, listOf, textOf } from '../values.ts'
import { resolved } from './client-rows.ts'

const EMPTY: Taken = { outcome: 'ignored', why: 'empty' }
const none = (setting: string, why: string): SourceRow => ({ setting, outcome: 'no-equivalent', why })
const boolean = (setting: string, field: string): SourceRow => ({
  setting,
  outcome: 'mapped',
  field,
  take: value => ({ fields: { [field]: isTrue(value) } }),
})
const text = (setting: string, field: string): SourceRow => ({
  setting,
  outcome: 'mapped',
  field,
  take: value => (textOf(value) === undefined ? EMPTY : { fields: { [field]: value } }),
})
const seconds = (setting: string, field: string, why?: string): SourceRow => ({
  setting,
  outcome: why === undefined ? 'mapped' : 'approximated',
  field,
  ...(why === undefined ? {} : { why }),
  take: value => (Number(value) > 0 ? { fields: { [field]: Number(value) } } : EMPTY),
})
const oneOf = (setting: string, field: string, values: readonly string[]): SourceRow => ({
  setting,
  outcome: 'mapped',
  field,
  take: value => {
    const said = textOf(value)
    if (said === undefined || said === 'any') return EMPTY
    return values.includes(said)
      ? { fields: { [field]: said } }
      : { outcome: 'no-equivalent', why: `${said} is not spoken here` }
  },
})

const answer = (theirs: string, ours: string): readonly SourceRow[] => [
  oneOf(`${theirs}.encrypted.response.alg`, `${ours}_encrypted_response_alg`, ENCRYPTION_ALGORITHMS),
  oneOf(`${theirs}.encrypted.response.enc`, `${ours}_encrypted_response_enc`, ENCRYPTION_ENCS),
]

const SIGN_OUT = 'Apps are not told about sign-outs: they learn of them when they next ask.'

export const CLIENT_ATTRIBUTE_ROWS: readonly SourceRow[] = [
  {
    setting: 'pkce.code.challenge.method',
    outcome: 'mapped',
    field: 'require_pkce',
    take: value =>
      textOf(value) === undefined
        ? EMPTY
        : { fields: { require_pkce: true, ...(value === 'plain' ? { allow_plain_pkce: true } : {}) } },
  },
  {
    setting: 'post.logout.redirect.uris',
    outcome: 'mapped',
    field: 'post_logout_redirect_uris',
    why: '`+`, and nothing, stand for the redirect URIs; `-` for none; wildcards are left out.',
    take: value =>
      (textOf(value) ?? '').includes('*')
        ? { outcome: 'approximated', why: 'Without its wildcards: URIs are exact.' }
        : {},
  },
  seconds('access.token.lifespan', 'access_token_lifetime'),
  seconds('client.session.idle.timeout', 'refresh_token_lifetime', 'How long an unused refresh token counts.'),
  seconds(
    'client.session.max.lifespan',
    'refresh_token_max_lifetime',
    'How long refresh tokens count after the sign-in.',
  ),
  none('client.offline.session.idle.timeout', 'One lifetime of refresh tokens per client: refresh_token_lifetime.'),
  none('client.offline.session.max.lifespan', 'One lifetime of refresh tokens per client: refresh_token_max_lifetime.'),
  oneOf('id.token.signed.response.alg', 'id_token_signed_response_alg', SIGNING_ALGORITHMS),
  ...answer('id.token', 'id_token'),
  oneOf('user.info.response.signature.alg', 'userinfo_signed_response_alg', SIGNING_ALGORITHMS),
  ...answer('user.info', 'userinfo'),
  oneOf('authorization.signed.response.alg', 'authorization_signed_response_alg', SIGNING_ALGORITHMS),
  ...answer('authorization', 'authorization'),
  {
    setting: 'access.token.signed.response.alg',
    outcome: 'mapped',
    field: 'access_token_signing_alg',
    take: value =>
      (SIGNING_ALGORITHMS as readonly unknown[]).includes(value)
        ? { fields: { access_token_signing_alg: value } }
        : EMPTY,
  },
  {
    ...none('access.token.header.type.rfc9068', 'JWT access tokens always have the type at+jwt (RFC 9068 §2.1).'),
    countsWhenOff: true,
  },
  oneOf('request.object.signature.alg', 'request_object_signing_alg', ['none', ...SIGNING_ALGORITHMS]),
  oneOf('request.object.encryption.alg', 'request_object_encryption_alg', ENCRYPTION_ALGORITHMS),
  oneOf('request.object.encryption.enc', 'request_object_encryption_enc', ENCRYPTION_ENCS),
  {
    setting: 'request.object.required',
    outcome: 'mapped',
    field: 'require_signed_request_object',
    take: value =>
      value === 'not required' || textOf(value) === undefined
        ? EMPTY
        : { fields: { require_signed_request_object: true } },
  },
  {
    setting: 'request.uris',
    outcome: 'mapped',
    field: 'request_uris',
    take: value =>
      textOf(value) === undefined ? EMPTY : { fields: { request_uris: (textOf(value) ?? '').split('##') } },
  },
  oneOf('token.endpoint.auth.signing.alg', 'token_endpoint_auth_signing_alg', SIGNING_ALGORITHMS),
  {
    setting: 'jwks.url',
    outcome: 'mapped',
    field: 'jwks_uri',
    take: (value, { 'use.jwks.url': use }) =>
      isTrue(use) && textOf(value) !== undefined ? { fields: { jwks_uri: value } } : EMPTY,
  },
  {
    setting: 'jwks.string',
    outcome: 'mapped',
    field: 'jwks',
    take: (value, { 'use.jwks.string': use }) => (isTrue(use) ? keySet(value) : EMPTY),
  },
  { setting: 'use.jwks.url', outcome: 'mapped', why: 'jwks_uri counts.' },
  { setting: 'use.jwks.string', outcome: 'mapped', why: 'jwks counts.' },
  text('x509.subjectdn', 'tls_client_auth_subject_dn'),
  none('x509.allow.regex.pattern.comparison', 'A subject is compared as a whole.'),
  boolean('tls.client.certificate.bound.access.tokens', 'tls_client_certificate_bound_access_tokens'),
  boolean('dpop.bound.access.tokens', 'dpop_bound_access_tokens'),
  boolean('require.pushed.authorization.requests', 'require_pushed_authorization_requests'),
  text('logoUri', 'logo_uri'),
  text('policyUri', 'policy_uri'),
  text('tosUri', 'tos_uri'),
  {
    setting: 'default.acr.values',
    outcome: 'mapped',
    field: 'default_acr_values',
    take: value =>
      textOf(value) === undefined ? EMPTY : { fields: { default_acr_values: (textOf(value) ?? '').split('##') } },
  },
  none('acr.loa.map', 'authentication.acr_values in sallyport.yaml says what each value demands.'),
  none('minimum.acr.value', 'authorization_policy says what people have to prove.'),
  {
    setting: 'oauth2.device.authorization.grant.enabled',
    outcome: 'mapped',
    field: 'grant_types',
    why: 'The grant device_code.',
    take: () => ({}),
  },
  {
    setting: 'oidc.ciba.grant.enabled',
    outcome: 'mapped',
    field: 'grant_types',
    why: 'The grant ciba.',
    take: () => ({}),
  },
  text('ciba.backchannel.token.delivery.mode', 'backchannel_token_delivery_mode'),
  text('ciba.backchannel.client.notification.endpoint', 'backchannel_client_notification_endpoint'),
  text('ciba.backchannel.auth.request.signing.alg', 'backchannel_authentication_request_signing_alg'),
  {
    setting: 'use.refresh.tokens',
    outcome: 'mapped',
    field: 'grant_types',
    why: 'The grant refresh_token.',
    take: () => ({}),
  },
  none('client_credentials.use_refresh_token', 'Tokens of an app itself are asked for anew (RFC 6749 §4.4.3).'),
  none('use.lower-case.in.token.response', 'The type is written as RFC 6749 writes it; its case means nothing (§5.1).'),
  none('backchannel.logout.url', SIGN_OUT),
  none('backchannel.logout.session.required', SIGN_OUT),
  none('backchannel.logout.revoke.offline.tokens', SIGN_OUT),
  none('frontchannel.logout.url', SIGN_OUT),
  none('frontchannel.logout.session.required', SIGN_OUT),
  none('display.on.consent.screen', 'The name is always there.'),
  {
    setting: 'consent.screen.text',
    outcome: 'approximated',
    field: 'description',
    why: 'People read it on the consent page.',
    take: value => (textOf(value) === undefined ? EMPTY : { fields: { description: value } }),
  },
  none('login_theme', 'branding in sallyport.yaml is for the whole server.'),
  none('exclude.session.state.from.auth.response', 'session_state is not sent.'),
  none('exclude.issuer.from.auth.response', 'iss is always sent (RFC 9207).'),
  none('standard.token.exchange.enabled', 'token_exchange_subjects names whose tokens it may exchange.'),
  none('standard.token.exchange.enableRefreshRequestedTokenType', 'An exchange gives access tokens.'),
  none('oauth2.jwt.authorization.grant.enabled', 'assertion_issuers in sallyport.yaml.'),
  {
    setting: 'client.secret.creation.time',
    outcome: 'ignored',
    why: 'created_at of the secret says when it came here.',
  },
  { setting: 'realm_client', outcome: 'ignored', why: 'Keycloak’s own.' },
  none('client.use.lightweight.access.token.enabled', 'Access tokens carry no claims about the person.'),
]

function keySet(value: unknown): Taken {
  try {
    const parsed: unknown = JSON.parse(textOf(value) ?? '')
    if (isObject(parsed) && Array.isArray(parsed.keys)) return { fields: { jwks: { keys: listOf(parsed.keys) } } }
  } catch {
    // Reported below.
  }
  return { outcome: 'no-equivalent', why: 'is no JWK set' }
}

/** SAML has left its settings at clients of OpenID Connect, too. */
export function samlRows(attributes: JsonObject): readonly SourceRow[] {
  return Object.keys(attributes)
    .filter(name => name.startsWith('saml'))
    .map(setting => ({ setting, outcome: 'ignored', why: 'SAML is another protocol', take: () => ({}) }))
}

/** `a##b`, paths below rootUrl; `+`, and nothing: the redirect URIs; `-`: none. */
export function postLogoutUris(
  attributes: JsonObject,
  redirectUris: readonly string[],
  root: string | undefined,
): readonly string[] {
  const said = textOf(attributes['post.logout.redirect.uris']) ?? '+'
  const all = said.split('##').filter(uri => uri !== '-' && uri !== '' && !uri.includes('*'))
  return [...new Set(all.flatMap(uri => (uri === '+' ? redirectUris : [resolved(uri, root)])))]
}
