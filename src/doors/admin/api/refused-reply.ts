/** Refused access as an answer: a problem, and the challenge that says how to come again (RFC 9110 §11.6.1, RFC 6750 §3, RFC 9449 §7.1). */

import { ADMIN_SCOPES } from '../../../core/administration/admin-scopes.ts'
import { Problem, type ProblemKind } from '../../../core/administration/problem.ts'
import type { TraceCode } from '../../../core/audit/audit-event.ts'
import type { HttpRequest, Reply } from '../../../http/endpoint.ts'
import type { Headers } from '../../../http/replies.ts'
import { bearerChallenge, dpopChallenge, isDpopScheme } from '../../../spec/bearer-token.ts'
import { PROOF_ALGORITHMS } from '../../../spec/compact-jws.ts'
import { printable } from '../../../spec/params.ts'
import type { Refusal } from '../../../spec/refusal.ts'
import { RetryRefusal } from '../../../spec/retry-refusal.ts'
import { problemReply } from './api-replies.ts'

const KINDS: Readonly<Record<string, ProblemKind>> = {
  access_denied: 'forbidden',
  insufficient_scope: 'forbidden',
  // RFC 6750 §3.1: 400 for a request that is put together wrongly.
  invalid_request: 'invalid',
}

/** Every other error is one of a credential that does not count: 401. */
export function refusedReply(
  refusal: Refusal,
  request: HttpRequest,
  api: string,
  traceCode: TraceCode | undefined,
): Reply {
  const kind = KINDS[refusal.error] ?? 'unauthenticated'
  const headers = kind === 'invalid' || refusal.error === 'access_denied' ? {} : challenge(refusal, request)
  const retry = refusal instanceof RetryRefusal ? refusal.headers : {}
  const problem = new Problem(kind, refusal.description)
  return problemReply(problem, api, { headers: { ...headers, ...retry }, traceCode })
}

function challenge(refusal: Refusal, { authorization }: HttpRequest): Headers {
  const told: Refusal = { ...refusal, description: printable(refusal.description, 300) }
  if (isDpopScheme(authorization)) return { 'www-authenticate': dpopChallenge(told, PROOF_ALGORITHMS) }
  // RFC 6750 §3.1: no error code for a request without a token.
  if (authorization === undefined) return { 'www-authenticate': `${bearerChallenge(undefined)} realm="sallyport"` }
  const scopes = refusal.error === 'insufficient_scope' ? ADMIN_SCOPES.join(' ') : undefined
  return { 'www-authenticate': bearerChallenge(told, scopes) }
}
