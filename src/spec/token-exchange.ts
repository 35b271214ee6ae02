/** A token exchange request (RFC 8693 §2.1): which token is exchanged, who acts, and what for. Pure. */

import type { Params } from './params.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import { parseScope } from './scope.ts'

const TYPE = 'urn:ietf:params:oauth:token-type:'

/** RFC 8693 §3: the types that this server takes and gives. `jwt`: an access token or an ID token, whichever it is. */
export const TOKEN_TYPES = {
  accessToken: `${TYPE}access_token`,
  idToken: `${TYPE}id_token`,
  jwt: `${TYPE}jwt`,
} as const

export type ExchangeTokenType = (typeof TOKEN_TYPES)[keyof typeof TOKEN_TYPES]

export interface PresentedToken {
  readonly text: string
  readonly type: ExchangeTokenType
}

export interface TokenExchangeRequest {
  readonly subject: PresentedToken
  readonly actor?: PresentedToken
  readonly requestedType: ExchangeTokenType
  /** Empty: all that the subject token has. */
  readonly scopes: readonly string[]
  /** Logical names of the services that the token is for: client_ids. */
  readonly audience: readonly string[]
}

export function parseTokenExchange(params: Params): TokenExchangeRequest | Refusal {
  const subject = parseToken(params, 'subject_token')
  if (isRefusal(subject)) return subject
  if (subject === undefined)
    return refuse('invalid_request', 'subject_token is missing', 'RFC 8693 §2.1 subject_token is required')
  const actor = parseToken(params, 'actor_token')
  if (isRefusal(actor)) return actor
  // RFC 8693 §2.1: what is issued is at our discretion when nothing was asked for: what most resources take.
  const requestedType = params.get('requested_token_type') ?? TOKEN_TYPES.accessToken
  if (!isTokenType(requestedType)) return unknownType('requested_token_type')
  const scopes = parseScope(params.get('scope'))
  if (isRefusal(scopes)) return scopes
  return {
    subject,
    ...(actor === undefined ? {} : { actor }),
    requestedType,
    scopes,
    audience: [...new Set(params.getAll('audience'))],
  }
}

function parseToken(params: Params, name: 'subject_token' | 'actor_token'): PresentedToken | undefined | Refusal {
  const text = params.get(name)
  const type = params.get(`${name}_type`)
  if (text === undefined && type === undefined) return undefined
  if (text === undefined || type === undefined) {
    // RFC 8693 §2.1: actor_token_type is required with an actor_token, and must not come without one.
    return refuse(
      'invalid_request',
      `${name} and ${name}_type must come together`,
      `RFC 8693 §2.1 ${name} has its ${name}_type`,
    )
  }
  return isTokenType(type) ? { text, type } : unknownType(`${name}_type`)
}

function isTokenType(text: string): text is ExchangeTokenType {
  return Object.values<string>(TOKEN_TYPES).includes(text)
}

function unknownType(parameter: string): Refusal {
  return refuse('invalid_request', `${parameter} is not supported`, `RFC 8693 §2.1 ${parameter} is supported`, {
    supported: Object.values(TOKEN_TYPES),
  })
}
