/** What a single value of a client may be, by member. What several values must be together is in the files beside this one. */

import { didYouMean } from '../../../lib/nearest-name.ts'
import { parseDistinguishedName } from '../../../spec/distinguished-name.ts'
import { ENCRYPTION_ALGORITHMS, ENCRYPTION_ENCS, type EncryptionAlgorithm } from '../../../spec/jwe.ts'
import { isEmailAddress } from '../../email-address.ts'
import type { SettingsMistake } from '../../settings-mistake.ts'
import { checkLine, checkLink, checkOneOf, checkSeconds, checkSomeOf } from '../check-members.ts'
import type { ClientSettings, SupportedByServer } from '../client-settings.ts'
import type { MetadataRow } from '../metadata-row.ts'
import { METADATA } from '../metadata-table.ts'
import { checkRedirectUris } from '../redirect-uri-rules.ts'
import { checkResponseTypes } from '../response-types.ts'
import { checkKeySet } from './key-set-rules.ts'
import { checkAudience, checkHttps, checkRequestUri } from './uri-rules.ts'

type Mistakes = readonly SettingsMistake[]
type Check<Value> = (name: string, value: Value, supported: SupportedByServer) => Mistakes
type ValueRules = { readonly [Member in MetadataRow['member']]: Check<NonNullable<ClientSettings[Member]>> }

const DAY = 86_400
const REGISTRATION = 'OIDC Registration §2'

const RULES: ValueRules = {
  name: line(100),
  type: oneOf(['public', 'confidential'], 'RFC 6749 §2.1 client type'),
  applicationType: oneOf(['web', 'native'], REGISTRATION),
  profile: oneOf(['default', 'oauth2.1', 'fapi1-advanced', 'fapi2'], 'profile'),
  description: line(500),
  websiteUrl: checkLink,
  logoUrl: checkLink,
  termsUrl: checkLink,
  policyUrl: checkLink,
  contacts: each(20, line(200)),
  contactEmail: (member, text) =>
    isEmailAddress(text) ? [] : [{ member, rule: 'e-mail address', message: `"${text}" is not an e-mail address` }],
  owner: line(255),
  authorizationPolicy: line(255),
  softwareId: line(255),
  softwareVersion: line(100),

  jwks: checkKeySet,
  // RFC 7591 §5: what is fetched over plain http could be anybody's keys.
  jwksUri: checkHttps,
  tokenEndpointAuthMethods: () => [],
  tokenEndpointAuthSigningAlg: signature('OIDC Registration §2, never none'),
  tlsClientAuthSubjectDn: checkDistinguishedName,
  tlsClientAuthSanDns: line(255),
  tlsClientAuthSanUri: line(1000),
  tlsClientAuthSanIp: matching(/^[0-9A-Fa-f.:]{2,45}$/, 'RFC 8705 §2.1.2 IP address', 'must be an IP address'),
  tlsClientAuthSanEmail: line(255),
  tlsClientCertificateBoundAccessTokens: () => [],
  dpopBoundAccessTokens: () => [],

  // Their warnings are gathered where the client is parsed.
  redirectUris: (name, uris) => [...checkRedirectUris(name, uris).mistakes, ...atMost(100)(name, uris)],
  postLogoutRedirectUris: (name, uris) => [...checkRedirectUris(name, uris).mistakes, ...atMost(100)(name, uris)],
  responseTypes: (_, types, { responseTypes }) => checkResponseTypes(types, responseTypes),
  responseModes: (name, modes, { responseModes }) => checkSomeOf(name, modes, responseModes, 'JARM §2.3 response_mode'),
  grantTypes: (name, types, { grantTypes }) => checkSomeOf(name, types, grantTypes, 'RFC 7591 §2 grant_types'),
  scopes: checkScopes,
  resources: (name, uris, { resources }) =>
    resources === undefined
      ? uris.flatMap(uri => checkAudience(name, uri))
      : uris.filter(uri => !resources.includes(uri)).map(uri => unknownResource(name, uri, resources)),
  authorizationDetailsTypes: (name, types, { authorizationDetailsTypes }) =>
    authorizationDetailsTypes === undefined
      ? each(50, line(200))(name, types, undefined)
      : checkSomeOf(name, types, authorizationDetailsTypes, 'RFC 9396 §2 type is known'),
  tokenExchangeSubjects: each(
    100,
    matching(/^[\x21-\x7e]{1,255}$/, 'RFC 6749 appendix A.1', 'must be a client_id, or * for all'),
  ),
  consentMode: oneOf(['always', 'remember', 'never'], 'consent_mode'),
  consentTtlSeconds: checkSeconds,
  subjectType: oneOf(['public', 'pairwise'], 'OIDC Core §8 subject_type'),
  // OIDC Registration §5: this URL MUST use the https scheme.
  sectorIdentifierUri: checkHttps,

  requirePkce: () => [],
  allowPlainPkce: () => [],
  requirePushedAuthorizationRequests: () => [],
  requireSignedRequestObject: () => [],
  requestObjectSigningAlg: (member, alg, { idTokenAlgorithms }) =>
    checkOneOf(member, alg, [...idTokenAlgorithms, 'none'], REGISTRATION),
  requestObjectEncryptionAlg: encryptionAlg(REGISTRATION),
  requestObjectEncryptionEnc: oneOf(ENCRYPTION_ENCS, REGISTRATION),
  requestUris: each(20, checkRequestUri),
  defaultMaxAgeSeconds: checkSeconds,
  requireAuthTime: () => [],
  defaultAcrValues: each(
    20,
    // OIDC Core §3.1.2.1: in acr_values they are separated by blanks.
    matching(/^[\x21-\x7e]{1,255}$/, 'OIDC Core §3.1.2.1 acr_values', 'must be visible ASCII without blanks'),
  ),
  // OIDC Registration §2: a URI using the https scheme; OIDC Core §4: it begins a sign-in without a person's doing.
  initiateLoginUri: checkHttps,
  backchannelTokenDeliveryMode: oneOf(['poll', 'ping', 'push'], 'CIBA Core §4'),
  // CIBA Core §4: it MUST be an HTTPS URL.
  backchannelClientNotificationEndpoint: checkHttps,
  backchannelAuthenticationRequestSigningAlg: signature('CIBA Core §4, asymmetric', isAsymmetric),
  // CIBA Core §4: only with backchannel_user_code_parameter_supported, and people here have no user code.
  backchannelUserCodeParameter: (member, isOn) =>
    isOn ? [{ member, rule: 'CIBA Core §4 user_code', message: 'must be false: this server takes no user_code' }] : [],

  idTokenSignedResponseAlg: signature(REGISTRATION),
  idTokenEncryptedResponseAlg: encryptionAlg(REGISTRATION),
  idTokenEncryptedResponseEnc: oneOf(ENCRYPTION_ENCS, REGISTRATION),
  userinfoSignedResponseAlg: signature(REGISTRATION),
  userinfoEncryptedResponseAlg: encryptionAlg(REGISTRATION),
  userinfoEncryptedResponseEnc: oneOf(ENCRYPTION_ENCS, REGISTRATION),
  introspectionSignedResponseAlg: signature('RFC 9701 §6'),
  introspectionEncryptedResponseAlg: encryptionAlg('RFC 9701 §6'),
  introspectionEncryptedResponseEnc: oneOf(ENCRYPTION_ENCS, 'RFC 9701 §6'),
  authorizationSignedResponseAlg: signature('JARM §3, never none'),
  authorizationEncryptedResponseAlg: encryptionAlg('JARM §3'),
  authorizationEncryptedResponseEnc: oneOf(ENCRYPTION_ENCS, 'JARM §3'),
  accessTokenFormat: oneOf(['opaque', 'jwt'], 'access_token_format'),
  // RFC 9068 §2.1: APIs verify it with our published keys.
  accessTokenSigningAlg: signature('RFC 9068 §2.1, asymmetric', isAsymmetric),
  // RFC 6749 §4.1.2: a maximum authorization code lifetime of 10 minutes is RECOMMENDED.
  authorizationCodeSeconds: lifetime(600),
  accessTokenSeconds: lifetime(30 * DAY),
  idTokenSeconds: lifetime(30 * DAY),
  refreshTokenSeconds: lifetime(3650 * DAY),
  refreshTokenMaxSeconds: lifetime(3650 * DAY),
  claimsInIdToken: () => [],
  groupsShape: oneOf(['list', 'string'], 'groups_shape'),
  scpShape: oneOf(['list', 'string', 'none'], 'scp_shape'),
  withRequestedAt: () => [],
}

/** Every member that has a rule; the compiler asks for one of each that can be set. */
export const RULED_MEMBERS: readonly string[] = Object.keys(RULES)

/** In the order of the reference; texts in other languages obey the rule of the first one. */
export function checkValues(settings: ClientSettings, supported: SupportedByServer): Mistakes {
  const own = METADATA.flatMap(({ name, member }) => {
    const value = settings[member]
    return value === undefined ? [] : (RULES[member] as Check<unknown>)(name, value, supported)
  })
  const localized = Object.entries(settings.localized ?? {}).flatMap(([name, text]) =>
    name.startsWith('client_name#') ? checkLine(name, text, 100) : checkLink(name, text),
  )
  return [...own, ...localized, ...atMost(50)('client_name#…', Object.keys(settings.localized ?? {}))]
}

function line(most: number) {
  return (name: string, text: string): Mistakes => checkLine(name, text, most)
}

function oneOf(allowed: readonly string[], rule: string) {
  return (name: string, value: string): Mistakes => checkOneOf(name, value, allowed, rule)
}

function matching(syntax: RegExp, rule: string, message: string) {
  return (member: string, text: string): Mistakes =>
    syntax.test(text) ? [] : [{ member, rule, message: `"${text}" ${message}` }]
}

function signature(rule: string, isAllowed: (alg: string) => boolean = () => true) {
  return (name: string, alg: string, { idTokenAlgorithms }: SupportedByServer): Mistakes =>
    checkOneOf(name, alg, idTokenAlgorithms.filter(isAllowed), rule)
}

function encryptionAlg(rule: string) {
  return (name: string, alg: string): Mistakes =>
    checkOneOf<EncryptionAlgorithm>(name, alg, ENCRYPTION_ALGORITHMS, rule)
}

function each(most: number, check: (name: string, value: string) => Mistakes) {
  return (name: string, values: readonly string[], _: unknown): Mistakes => [
    ...values.flatMap(value => check(name, value)),
    ...atMost(most)(name, values),
  ]
}

function atMost(most: number) {
  return (member: string, values: readonly unknown[]): Mistakes =>
    values.length <= most
      ? []
      : [{ member, rule: `at most ${most} values`, message: `has ${values.length} values, more than ${most}` }]
}

function unknownResource(member: string, uri: string, known: readonly string[]) {
  const message = `${uri} is no API that this server knows${didYouMean(uri, known)}: name it in the setting resources first`
  return { member, rule: 'RFC 8707 §2 resource is configured', message }
}

function lifetime(most: number) {
  return (member: string, seconds: number): Mistakes =>
    Number.isSafeInteger(seconds) && seconds >= 1 && seconds <= most
      ? []
      : [{ member, rule: 'lifetime', message: `must be a whole number of seconds, 1 to ${most}` }]
}

function checkDistinguishedName(member: string, text: string): Mistakes {
  const message = `"${text}" is not a distinguished name such as CN=app.example.com,O=Example`
  return text.length <= 1000 && parseDistinguishedName(text) !== undefined
    ? []
    : [{ member, rule: 'RFC 4514 §3 distinguished name', message }]
}

function checkScopes(name: string, scopes: readonly string[], supported: SupportedByServer): Mistakes {
  const { resourceScopes = [], attributeScopes = [] } = supported
  const known = [...supported.scopes, ...attributeScopes, ...resourceScopes]
  const unknown = scopes.filter(scope => !known.includes(scope))
  // RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
  const isToken = (scope: string): boolean => /^[\x21\x23-\x5B\x5D-\x7E]{1,255}$/.test(scope)
  const refused = supported.takesAnyScope === true ? unknown.filter(scope => !isToken(scope)) : unknown
  return [...checkSomeOf(name, refused, known, 'RFC 6749 §3.3 scope'), ...atMost(200)(name, scopes)]
}

export function isAsymmetric(alg: string): boolean {
  return !alg.startsWith('HS')
}
