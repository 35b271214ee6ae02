/** The rules of an authorization request, after its client and redirect URI are known (RFC 6749 §4.1.1, OIDC Core §3.1.2.1). */

import type { AuthorizationRequest, Prompt } from './authorization-request.ts'
import { checkNotRepeated, type Params, printable } from './params.ts'
import { type PkceRules, parseCodeChallenge } from './pkce.ts'
import type { VerifiedRedirectUri } from './redirect-uri.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from './refusal.ts'
import { allowedScopes, parseScope } from './scope.ts'

export const PROMPTS: readonly Prompt[] = ['none', 'login', 'consent', 'select_account']
export const RESPONSE_TYPES_SPOKEN = ['code'] as const
export const RESPONSE_MODES = ['query'] as const

/** What a client's registration says about its authorization requests. */
export interface AuthorizationRules extends PkceRules {
  readonly clientId: string
  readonly responseTypes: readonly string[]
  readonly grantTypes: readonly string[]
  readonly scopes: readonly string[]
  readonly defaultMaxAgeSeconds?: number
}

export function parseAuthorizationParameters(
  params: Params,
  redirectUri: VerifiedRedirectUri,
  rules: AuthorizationRules,
  query: string,
): AuthorizationRequest | Refusal {
  const refusal = firstRefusal(
    checkNotRepeated(params),
    checkNoRequestObject(params),
    checkResponseType(params.get('response_type'), rules.responseTypes),
    checkResponseMode(params.get('response_mode')),
  )
  if (refusal !== undefined) return refusal
  const requested = parseScope(params.get('scope'))
  if (isRefusal(requested)) return requested
  const scopes = allowedScopes(requested, rules.scopes)
  if (isRefusal(scopes)) return scopes
  const prompt = parsePrompt(params.get('prompt'))
  if (isRefusal(prompt)) return prompt
  const maxAgeSeconds = parseMaxAge(params.get('max_age'))
  if (isRefusal(maxAgeSeconds)) return maxAgeSeconds
  const challenge = parseCodeChallenge(params.get('code_challenge'), params.get('code_challenge_method'), rules)
  if (isRefusal(challenge)) return challenge
  return {
    clientId: rules.clientId,
    redirectUri,
    responseType: 'code',
    responseMode: 'query',
    // OIDC Core §11: offline_access means a refresh token; a client that cannot refresh has no use for it.
    scopes: rules.grantTypes.includes('refresh_token') ? scopes : scopes.filter(scope => scope !== 'offline_access'),
    prompt,
    uiLocales: params.get('ui_locales')?.split(' ').filter(Boolean) ?? [],
    ...challenge,
    ...optional('state', params.get('state')),
    ...optional('nonce', params.get('nonce')),
    ...optional('loginHint', params.get('login_hint')),
    ...optional('maxAgeSeconds', maxAgeSeconds ?? rules.defaultMaxAgeSeconds),
    query,
  }
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [name in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [name in Name]?: Value })
}

/** OIDC Core §3.1.2.6, §6: what is not supported is refused; ignoring it would lose the state and nonce inside. */
function checkNoRequestObject(params: Params): Refusal | undefined {
  const unsupported = [
    ['request', 'request_not_supported'],
    ['request_uri', 'request_uri_not_supported'],
    ['registration', 'registration_not_supported'],
  ] as const
  const found = unsupported.find(([name]) => params.get(name) !== undefined)
  return found && refuse(found[1], `${found[0]} is not supported`, `OIDC Core §3.1.2.6 ${found[1]}`)
}

function checkResponseType(responseType: string | undefined, allowed: readonly string[]): Refusal | undefined {
  if (responseType === undefined)
    return refuse('invalid_request', 'response_type is missing', 'RFC 6749 §3.1.1 response_type is required')
  // OAuth 2.0 Multiple Response Types §3: the order of the values does not matter.
  const known: readonly string[] = RESPONSE_TYPES_SPOKEN
  const canonical = responseType.split(' ').sort().join(' ')
  const facts = { response_type: printable(responseType), allowed }
  if (!known.includes(canonical)) {
    return refuse(
      'unsupported_response_type',
      'response_type is not supported',
      'RFC 6749 §3.1.1 response_type is supported',
      facts,
    )
  }
  if (!allowed.includes(canonical)) {
    return refuse(
      'unauthorized_client',
      'response_type is not allowed for this client',
      'RFC 6749 §4.1.2.1 response_types of the client',
      facts,
    )
  }
  return undefined
}

function checkResponseMode(mode: string | undefined): Refusal | undefined {
  const known: readonly (string | undefined)[] = [undefined, ...RESPONSE_MODES]
  return known.includes(mode)
    ? undefined
    : refuse(
        'invalid_request',
        'response_mode is not supported',
        'OAuth 2.0 Multiple Response Types §2.1 response_mode',
      )
}

function parsePrompt(text: string | undefined): readonly Prompt[] | Refusal {
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
