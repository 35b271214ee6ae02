/** What an authorization response consists of, and how it travels: `response_type` and `response_mode` against what a client may use. */

import { type Params, printable } from './params.ts'
import type { VerifiedRedirectUri } from './redirect-uri.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'
import {
  defaultResponseMode,
  isJwtMode,
  plainMode,
  type ResponseMode,
  type ResponseType,
  responseModeOf,
  responseTypeOf,
  yieldsAccessToken,
  yieldsIdToken,
} from './response-types.ts'

/** What a client's registration says about its answers. */
export interface ResponseRules {
  readonly responseTypes: readonly string[]
  /** Absent: all. */
  readonly responseModes?: readonly ResponseMode[]
  readonly dpopBoundAccessTokens?: boolean
  readonly tlsClientCertificateBoundAccessTokens?: boolean
  readonly authorizationEncryptedResponseAlg?: string
}

/**
 * Where an error goes. RFC 6749 §4.2.2.1, Multiple Response Types §5: as soon as type and mode can be read and the client may use the
 * mode, an error travels as the answer would have; what cannot be read goes into the query.
 */
export function responseModeForErrors(
  params: Params,
  redirectUri: VerifiedRedirectUri,
  rules: ResponseRules,
): ResponseMode {
  const type = responseTypeOf(params.get('response_type') ?? '') ?? 'code'
  const mode = parseResponseMode(type, params, redirectUri, rules)
  return isRefusal(mode) ? defaultResponseMode(type) : mode
}

export function parseResponseType(params: Params, rules: ResponseRules): ResponseType | Refusal {
  const text = params.get('response_type')
  if (text === undefined)
    return refuse('invalid_request', 'response_type is missing', 'RFC 6749 §3.1.1 response_type is required')
  const type = responseTypeOf(text)
  const facts = { response_type: printable(text), allowed: rules.responseTypes }
  if (type === undefined) {
    return refuse(
      'unsupported_response_type',
      'response_type is not supported',
      'RFC 6749 §3.1.1 response_type is supported',
      facts,
    )
  }
  if (!rules.responseTypes.includes(type)) {
    return refuse(
      'unauthorized_client',
      'response_type is not allowed for this client',
      'RFC 6749 §4.1.2.1 response_types of the client',
      facts,
    )
  }
  // RFC 9449 §5, RFC 8705 §3: a token in the redirect comes with no proof that it could be bound to.
  return yieldsAccessToken(type) && (rules.dpopBoundAccessTokens || rules.tlsClientCertificateBoundAccessTokens)
    ? refuse(
        'unauthorized_client',
        'access tokens of this client are sender-constrained and come from the token endpoint only',
        'RFC 9449 §5, RFC 8705 §3 bound access tokens come from the token endpoint',
        facts,
      )
    : type
}

export function parseResponseMode(
  type: ResponseType,
  params: Params,
  redirectUri: VerifiedRedirectUri,
  rules: ResponseRules,
): ResponseMode | Refusal {
  const text = params.get('response_mode')
  const mode = responseModeOf(text, type)
  if (mode === undefined) {
    return refuse(
      'invalid_request',
      'response_mode is not supported',
      'OAuth 2.0 Multiple Response Types §2.1 response_mode',
    )
  }
  const facts = { response_mode: mode, response_type: type }
  // Whoever leaves response_mode out asks for the default: a client that takes signed answers only is not talked out of them.
  if (rules.responseModes !== undefined && !rules.responseModes.includes(mode)) {
    return refuse('invalid_request', 'response_mode is not allowed for this client', 'response_modes of the client', {
      ...facts,
      allowed: rules.responseModes,
    })
  }
  const carriesToken = yieldsIdToken(type) || yieldsAccessToken(type)
  // Multiple Response Types §5, JARM §2.3.1: a query is kept in logs and sent as Referer, so no token goes there in the clear.
  if (plainMode(mode) === 'query' && carriesToken && !isEncrypted(mode, rules)) {
    return refuse(
      'invalid_request',
      'response_mode query must not carry tokens',
      'OAuth 2.0 Multiple Response Types §5, JARM §2.3.1 no token in the query',
      facts,
    )
  }
  // A form or a message has a web origin to go to; an address of an app on a phone has none.
  const needsWeb = plainMode(mode) === 'form_post' || plainMode(mode) === 'web_message'
  return needsWeb && !/^https?:\/\//i.test(redirectUri)
    ? refuse(
        'invalid_request',
        'response_mode needs an http or https redirect_uri',
        'OAuth 2.0 Form Post Response Mode §2 redirect_uri is a web address',
        facts,
      )
    : mode
}

function isEncrypted(mode: ResponseMode, rules: ResponseRules): boolean {
  return isJwtMode(mode) && rules.authorizationEncryptedResponseAlg !== undefined
}
