/** What a single setting of an upstream may be, by member. What several must be together is in `together-rules.ts`. */

import { checkOneOf } from '../../../clients/check-members.ts'
import type { SettingsMistake } from '../../../settings-mistake.ts'
import { parseClaimPath } from '../../mapping/claim-path.ts'
import { parseClaimPattern } from '../../mapping/claim-pattern.ts'
import type { Upstream } from '../../upstream.ts'
import type { SaidSettings } from '../read-settings.ts'
import {
  RESERVED_AUTHORIZATION_PARAMETERS,
  RESERVED_LOGOUT_PARAMETERS,
  RESERVED_TOKEN_PARAMETERS,
  RESERVED_USERINFO_PARAMETERS,
} from '../reserved-parameters.ts'
import type { SettingMember } from '../settings-row.ts'
import { SETTINGS } from '../settings-table.ts'
import { checkCertificate, checkPublicKey, checkSigningAlgorithm } from './key-rules.ts'
import { checkDomain, checkIssuer, checkOrigin, checkUri, type PlaceRules } from './place-rules.ts'
import { checkHeaders, checkParameterName, parameterNames, parameters } from './static-rules.ts'
import { each, line, matching, oneOf, parsing, within } from './value-checks.ts'

type Mistakes = readonly SettingsMistake[]
type Check<Value> = (name: string, value: Value, rules: PlaceRules) => Mistakes
type ValueOf<Member extends SettingMember> = Member extends 'clientSecret' | 'clientCertificateKey'
  ? string
  : NonNullable<Upstream[Member & keyof Upstream]>

const DAY = 86_400
/** Choices and booleans are held to their rows. */
const anything = (): Mistakes => []

const RULES: { readonly [Member in SettingMember]: Check<ValueOf<Member>> } = {
  // It stands in URLs and in names of cookies, so nothing in it needs to be encoded, and case cannot tell two apart.
  alias: matching(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    'alias',
    'must be 1 to 63 of a-z, 0-9, ".", "_" and "-", the first a letter or digit',
  ),
  kind: anything,
  preset: matching(/^[a-z0-9-]{1,50}$/, 'preset', 'is no name of a preset: a-z, 0-9 and -'),
  displayName: line(100),
  logoUri: checkUri,
  enabled: anything,
  order: within(-1_000_000, 1_000_000),
  hideOnLogin: anything,
  linkOnly: anything,
  showInAccount: anything,
  emailDomains: each(200, checkDomain),

  discoveryUri: checkUri,
  issuer: checkIssuer,
  authorizationEndpoint: (name, uri, rules) => [...checkUri(name, uri, rules), ...checkQuery(name, uri)],
  tokenEndpoint: checkUri,
  userinfoEndpoint: checkUri,
  jwksUri: checkUri,
  endSessionEndpoint: checkUri,
  mtlsTokenEndpoint: checkUri,
  mtlsUserinfoEndpoint: checkUri,

  // RFC 6749 appendix A.1, A.2.
  clientId: matching(
    /^[\x20-\x7e]{1,500}$/,
    'RFC 6749 appendix A.1 client_id',
    'must be 1 to 500 visible ASCII characters',
  ),
  clientSecret: (member, secret) =>
    // An empty one is none.
    /^[\x20-\x7e]{0,10000}$/.test(secret)
      ? []
      : [{ member, rule: 'RFC 6749 appendix A.2 client_secret', message: 'must be visible ASCII on one line' }],
  clientAuthMethod: anything,
  clientAssertionAlg: checkSigningAlgorithm,
  clientAssertionAudience: line(2_000),
  clientCertificate: checkCertificate,
  clientCertificateKey: anything,
  redirectUriOverride: checkUri,

  // RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
  scopes: each(
    100,
    matching(/^[\x21\x23-\x5B\x5D-\x7E]{1,255}$/, 'RFC 6749 §3.3 scope', 'is no scope: ASCII without blanks, " and \\'),
  ),
  prompt: anything,
  acceptsPromptNone: anything,
  passLoginHint: anything,
  passMaxAge: anything,
  passUiLocales: anything,
  passAcrValues: anything,
  forwardParameters: parameterNames(RESERVED_AUTHORIZATION_PARAMETERS),
  persistParameters: parameterNames(RESERVED_AUTHORIZATION_PARAMETERS),
  authorizationParameters: parameters([...RESERVED_AUTHORIZATION_PARAMETERS, 'prompt']),
  registrationParameters: parameters(RESERVED_AUTHORIZATION_PARAMETERS),
  pkceMethod: anything,
  nonce: anything,
  responseMode: anything,

  tokenParameters: parameters(RESERVED_TOKEN_PARAMETERS),
  tokenHeaders: checkHeaders,
  validateSignatures: anything,
  useJwksUri: anything,
  publicKey: checkPublicKey,
  publicKeyId: line(500),
  idTokenSigningAlgs: each(20, checkSigningAlgorithm),
  requireEncryptedIdToken: anything,
  validateIssuer: anything,
  audience: each(50, line(2_000)),
  clockSkewSeconds: within(0, 600),
  authTimeRequired: anything,
  disableJwtValidation: anything,
  accessTokenIsJwt: anything,
  checkTokenType: anything,

  disableUserinfo: anything,
  userinfoMethod: anything,
  userinfoParameters: parameters(RESERVED_USERINFO_PARAMETERS),
  userinfoHeaders: checkHeaders,
  userinfoDocuments: checkDocuments,

  // They have a parser of their own, `mapping/parse-mappings.ts`.
  mappings: anything,
  standardMappings: anything,
  syncMode: anything,
  trustEmail: anything,
  caseSensitiveUsername: anything,
  essentialClaim: parsing(parseClaimPath, 'claim path'),
  // Matched without backtracking, so that no value keeps the server busy.
  essentialClaimValue: parsing(parseClaimPattern, 'regular expression'),
  createAccounts: anything,
  linkExisting: anything,
  linkProofs: each(2, oneOf(['mail', 'sign_in'], 'link_proofs')),
  reviewProfile: anything,
  postLogin: anything,
  amr: each(20, matching(/^[\x21-\x7e]{1,100}$/, 'RFC 8176 §2 amr', 'must be visible ASCII without blanks')),
  trustAmr: anything,

  storeTokens: anything,
  storedTokensReadableBy: each(
    200,
    matching(/^[\x21-\x7e]{1,255}$/, 'RFC 6749 appendix A.1 client_id', 'is no client_id: ASCII without blanks'),
  ),
  minTokenValiditySeconds: within(0, DAY),

  logoutMode: anything,
  logoutUri: checkUri,
  logoutAuthorization: anything,
  logoutTokenMethod: anything,
  logoutTokenParameter: (member, name) => checkParameterName(member, name),
  logoutParameters: parameters(RESERVED_LOGOUT_PARAMETERS),
  logoutPassParameters: anything,
  sendIdTokenHint: anything,
  sendClientIdOnLogout: anything,
  postLogoutRedirectParameter: (member, name) =>
    checkParameterName(member, name, ['id_token_hint', 'client_id', 'state']),
  postLogoutRedirectUri: checkUri,

  backchannelLogout: anything,
  frontchannelLogout: anything,
  frontchannelLogoutFrameAncestors: each(50, checkOrigin),
  frontchannelLogoutRedirectUri: checkUri,
}

/** In the order of the reference. */
export function checkSettings(said: SaidSettings, rules: PlaceRules): Mistakes {
  return SETTINGS.flatMap(({ name, member, kind, choices = [] }) => {
    const value = said[member]
    if (value === undefined) return []
    if (kind === 'choice') return checkOneOf(name, value as string, choices, name)
    return (RULES[member] as Check<unknown>)(name, value, rules)
  })
}

/** RFC 6749 §3.1: the endpoint may have a query, and no parameter MUST be there twice. */
function checkQuery(member: string, uri: string): Mistakes {
  const names = [...(URL.parse(uri)?.searchParams.keys() ?? [])]
  return names.flatMap(name => checkParameterName(member, name, RESERVED_AUTHORIZATION_PARAMETERS))
}

const NO_DOCUMENTS = ['sub', 'iss', 'aud', 'email', 'email_verified']
const DOCUMENT_NAME = `cannot be the name of a document: letters, digits and _, and none of ${NO_DOCUMENTS.join(', ')}`

/** A name that a claim of the user info has would take its place, and `sub` says whose user info it is. */
function checkDocuments(member: string, documents: Readonly<Record<string, string>>, rules: PlaceRules): Mistakes {
  const entries = Object.entries(documents)
  const tooMany = entries.length > 5 ? [{ member, rule: 'at most 5 values', message: 'has more than 5 documents' }] : []
  const perDocument = entries.flatMap(([name, uri]): Mistakes => {
    const at = `${member}.${name}`
    const isName = /^\w{1,50}$/.test(name) && !NO_DOCUMENTS.includes(name)
    const wrongName = { member: at, rule: 'name of a document', message: `"${name}" ${DOCUMENT_NAME}` }
    return [...(isName ? [] : [wrongName]), ...checkUri(at, uri, rules)]
  })
  return [...tooMany, ...perDocument]
}
