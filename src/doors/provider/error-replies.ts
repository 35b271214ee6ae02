/** Refusals as the endpoints' errors (RFC 6749 §5.2, RFC 6750 §3). */

import type { TraceCode } from '../../core/audit/audit-event.ts'
import { formatTraceCode } from '../../core/audit/trace-code.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import { type Headers, jsonReply } from '../../http/replies.ts'
import { bearerChallenge, dpopChallenge } from '../../spec/bearer-token.ts'
import { PROOF_ALGORITHMS } from '../../spec/compact-jws.ts'
import { printable } from '../../spec/params.ts'
import type { Refusal } from '../../spec/refusal.ts'
import { RetryRefusal } from '../../spec/retry-refusal.ts'

/** The code that `sallyport why` takes. A header, because the members of an error body are the RFC's. */
export function traceHeader(traceCode: TraceCode): Headers {
  return { 'x-trace-code': formatTraceCode(traceCode) }
}

export function tokenErrorReply(refusal: Refusal, request: HttpRequest, headers: Headers = {}): Reply {
  const body = { error: refusal.error, error_description: printable(refusal.description, 300) }
  // RFC 9449 §8: 400, and the nonce to use.
  if (refusal instanceof RetryRefusal) return jsonReply(400, body, { ...headers, ...refusal.headers })
  if (refusal.error === 'temporarily_unavailable') return jsonReply(503, body, { 'retry-after': '1', ...headers })
  if (refusal.error !== 'invalid_client') return jsonReply(400, body, headers)
  // RFC 6749 §5.2: 401, and a challenge that matches the scheme the client used.
  const challenge: Headers =
    request.authorization === undefined ? {} : { 'www-authenticate': 'Basic realm="sallyport", charset="UTF-8"' }
  return jsonReply(401, body, { ...challenge, ...headers })
}

const BEARER_STATUS: Readonly<Record<string, number>> = {
  invalid_request: 400,
  invalid_token: 401,
  insufficient_scope: 403,
  server_error: 500,
  invalid_dpop_proof: 401,
  use_dpop_nonce: 401,
}

/** `undefined`: no token was sent, so the challenge names no error (RFC 6750 §3.1). `scheme`: that of the request. */
export function bearerErrorReply(
  refusal: Refusal | undefined,
  headers: Headers = {},
  scheme: 'Bearer' | 'DPoP' = 'Bearer',
): Reply {
  const status = refusal === undefined ? 401 : (BEARER_STATUS[refusal.error] ?? 400)
  const body = refusal === undefined ? {} : { error: refusal.error, error_description: refusal.description }
  // RFC 9449 §7.1, §9: the scheme to come again with, and the nonce for it.
  const challenge =
    refusal !== undefined && scheme === 'DPoP' ? dpopChallenge(refusal, PROOF_ALGORITHMS) : bearerChallenge(refusal)
  const retry = refusal instanceof RetryRefusal ? refusal.headers : {}
  return jsonReply(status, body, { 'www-authenticate': challenge, ...headers, ...retry })
}
