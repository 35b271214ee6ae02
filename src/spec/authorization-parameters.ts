/** The rules of an authorization request, after its client and redirect URI are known (RFC 6749 §4.1.1, OIDC Core §3.1.2.1). */

import { parseAuthorizationDetails } from './authorization-details.ts'
import type { AuthorizationRequest, Prompt } from './authorization-request.ts'
import { type CustomClaim, claimsOfScope } from './claims.ts'
import { parseClaimsRequest } from './claims-request.ts'
import { checkNotRepeated, type Params, printable } from './params.ts'
import { type PkceRules, parseCodeChallenge } from './pkce.ts'
import type { VerifiedRedirectUri } from './redirect-uri.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from './refusal.ts'
import { parseResources } from './resource.ts'
import { parseResponseMode, parseResponseType, type ResponseRules } from './response-channel.ts'
import { type ResponseType, yieldsCode, yieldsIdToken } from './response-types.ts'
import { allowedScopes, parseScope } from './scope.ts'

export const PROMPTS: readonly Prompt[] = ['none', 'login', 'consent', 'select_account']

/** What a client's registration says about its authorization requests. */
export interface AuthorizationRules extends PkceRules, ResponseRules {
  readonly clientId: string
  readonly grantTypes: readonly string[]
  readonly scopes: readonly string[]
  readonly defaultMaxAgeSeconds?: number
  readonly authorizationDetailsTypes?: readonly string[]
}

/** What the house knows, whoever asks. */
export interface HouseRules {
  /** RFC 9396 §5. */
  readonly authorizationDetailsTypes: readonly string[]
  /** OIDC Core §5.1.2: claims of its own. */
  readonly customClaims?: readonly CustomClaim[]
}

/** RFC 8707 §2: the one parameter that may come several times. */
const MAY_REPEAT = ['resource']

export function parseAuthorizationParameters(
  params: Params,
  redirectUri: VerifiedRedirectUri,
  rules: AuthorizationRules,
  house: HouseRules,
  query: string,
): AuthorizationRequest | Refusal {
  const refusal = checkNotRepeated(params, MAY_REPEAT) ?? checkNoRegistration(params)
  if (refusal !== undefined) return refusal
  const responseType = parseResponseType(params, rules)
  if (isRefusal(responseType)) return responseType
  const responseMode = parseResponseMode(responseType, params, redirectUri, rules)
  if (isRefusal(responseMode)) return responseMode
  const requested = parseScope(params.get('scope'))
  if (isRefusal(requested)) return requested
  const allowed = allowedScopes(requested, rules.scopes)
  if (isRefusal(allowed)) return allowed
  const scopes = mayRefresh(responseType, rules) ? allowed : allowed.filter(scope => scope !== 'offline_access')
  const unfit = checkIdTokenRequest(responseType, scopes, params.get('nonce'))
  if (unfit !== undefined) return unfit
  const prompt = parsePrompt(params.get('prompt'))
  if (isRefusal(prompt)) return prompt
  const maxAgeSeconds = parseMaxAge(params.get('max_age'))
  if (isRefusal(maxAgeSeconds)) return maxAgeSeconds
  const proof = parseProof(responseType, params, rules)
  if (isRefusal(proof)) return proof
  const terms = parseTerms(scopes, params, rules, house)
  if (isRefusal(terms)) return terms
  return {
    clientId: rules.clientId,
    redirectUri,
    responseType,
    responseMode,
    scopes,
    prompt,
    uiLocales: words(params.get('ui_locales')) ?? [],
    ...proof,
    ...terms,
    ...optional('state', params.get('state')),
    ...optional('nonce', params.get('nonce')),
    ...optional('loginHint', params.get('login_hint')),
    ...optional('claimsLocales', words(params.get('claims_locales'))),
    ...optional('acrValues', words(params.get('acr_values'))),
    ...optional('maxAgeSeconds', maxAgeSeconds ?? rules.defaultMaxAgeSeconds),
    query,
  }
}

// OIDC Core §11: offline_access means a refresh token; without a code, or where the client cannot refresh, nobody has use for it.
function mayRefresh(responseType: ResponseType, rules: AuthorizationRules): boolean {
  return yieldsCode(responseType) && rules.grantTypes.includes('refresh_token')
}

function words(text: string | undefined): readonly string[] | undefined {
  return text?.split(' ').filter(Boolean)
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [name in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [name in Name]?: Value })
}

/** OIDC Core §3.1.2.6: what is not supported is refused, and said so. */
function checkNoRegistration(params: Params): Refusal | undefined {
  return params.get('registration') === undefined
    ? undefined
    : refuse(
        'registration_not_supported',
        'registration is not supported',
        'OIDC Core §3.1.2.6 registration_not_supported',
      )
}

function checkIdTokenRequest(
  type: ResponseType,
  scopes: readonly string[],
  nonce: string | undefined,
): Refusal | undefined {
  if (!yieldsIdToken(type)) return undefined
  return firstRefusal(
    scopes.includes('openid')
      ? undefined
      : refuse(
          'invalid_scope',
          'response_type id_token needs scope openid',
          'OIDC Core §3.1.2.1 scope openid is required',
        ),
    // OIDC Core §3.2.2.1, §3.3.2.11: an ID token that goes through the browser is tied to its request by the nonce.
    nonce === undefined
      ? refuse('invalid_request', 'nonce is required for this response_type', 'OIDC Core §3.2.2.1 nonce is required')
      : undefined,
  )
}

/** What the exchange of the code will be held to. */
function parseProof(
  type: ResponseType,
  params: Params,
  rules: AuthorizationRules,
): Pick<AuthorizationRequest, 'codeChallenge' | 'codeChallengeMethod' | 'dpopJkt'> | Refusal {
  const requirePkce = rules.requirePkce && yieldsCode(type)
  const challenge = parseCodeChallenge(params.get('code_challenge'), params.get('code_challenge_method'), {
    requirePkce,
    allowPlainPkce: rules.allowPlainPkce,
  })
  if (isRefusal(challenge)) return challenge
  const dpopJkt = params.get('dpop_jkt')
  // RFC 7638 §3, RFC 9449 §10: a SHA-256 thumbprint, base64url.
  if (dpopJkt !== undefined && !/^[\w-]{43}$/.test(dpopJkt))
    return refuse('invalid_request', 'dpop_jkt must be a SHA-256 JWK thumbprint', 'RFC 9449 §10 dpop_jkt')
  return { ...challenge, ...optional('dpopJkt', dpopJkt) }
}

/** What of the person and of which servers the app asks for, beyond scopes. */
function parseTerms(
  scopes: readonly string[],
  params: Params,
  rules: AuthorizationRules,
  house: HouseRules,
): Pick<AuthorizationRequest, 'claims' | 'resources' | 'authorizationDetails'> | Refusal {
  const claims = scopes.includes('openid') ? parseClaims(params.get('claims'), rules, house) : undefined
  if (isRefusal(claims)) return claims
  const resources = parseResources(params.getAll('resource'))
  if (isRefusal(resources)) return resources
  const own = rules.authorizationDetailsTypes ?? []
  const types = house.authorizationDetailsTypes.filter(type => own.includes(type))
  const authorizationDetails = parseAuthorizationDetails(params.get('authorization_details'), types)
  if (isRefusal(authorizationDetails)) return authorizationDetails
  return {
    ...optional('claims', claims),
    ...optional('resources', resources),
    ...optional('authorizationDetails', authorizationDetails),
  }
}

/** About the sign-in itself: they tell nothing that a sign-in does not tell anyway. */
export const SIGN_IN_CLAIMS: readonly string[] = ['sub', 'acr', 'auth_time', 'amr']

function parseClaims(
  text: string | undefined,
  { scopes }: AuthorizationRules,
  { customClaims }: HouseRules,
): ReturnType<typeof parseClaimsRequest> {
  if (text === undefined) return undefined
  const allowed = claimsAllowedTo(scopes, customClaims)
  return parseClaimsRequest(text, claim => allowed.has(claim))
}

/** Single claims reach no further than the scopes that the client may ask for. */
function claimsAllowedTo(scopes: readonly string[], custom: readonly CustomClaim[] = []): ReadonlySet<string> {
  return new Set([...SIGN_IN_CLAIMS, ...scopes.flatMap(scope => claimsOfScope(scope, custom))])
}

export function parsePrompt(text: string | undefined): readonly Prompt[] | Refusal {
  if (text === undefined) return []
  const values = text.split(' ').filter(Boolean)
  const unknown = values.find(value => !(PROMPTS as readonly string[]).includes(value))
  if (unknown !== undefined) {
    return refuse(
      'invalid_request',
      `prompt ${printable(unknown)} is not supported`,
      'OIDC Core §3.1.2.1 prompt values',
    )
  }
  // OIDC Core §3.1.2.1: none with any other value is an error.
  if (values.includes('none') && values.length > 1) {
    return refuse('invalid_request', 'prompt none cannot be combined', 'OIDC Core §3.1.2.1 prompt none stands alone')
  }
  return values as Prompt[]
}

function parseMaxAge(text: string | undefined): number | undefined | Refusal {
  if (text === undefined) return undefined
  return /^\d{1,9}$/.test(text)
    ? Number(text)
    : refuse('invalid_request', 'max_age must be a number of seconds', 'OIDC Core §3.1.2.1 max_age')
}
