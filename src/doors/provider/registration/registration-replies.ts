/** Refusals of the registration endpoint (RFC 7591 §3.2.2, RFC 7592 §2). */

import type { Client } from '../../../core/clients/client.ts'
import type { HttpRequest, Reply } from '../../../http/endpoint.ts'
import { type Headers, jsonReply } from '../../../http/replies.ts'
import { printable } from '../../../spec/params.ts'
import type { Refusal } from '../../../spec/refusal.ts'
import { bearerErrorReply, traceHeader } from '../error-replies.ts'
import type { ProviderPorts } from '../ports.ts'

/** 400 for what is wrong with the metadata; the others say that it is not the metadata. */
const STATUS: Readonly<Record<string, number>> = { access_denied: 403, slow_down: 429, temporarily_unavailable: 503 }

export function refusedReply(refusal: Refusal, request: HttpRequest, ports: ProviderPorts, client?: Client): Reply {
  const headers = recorded(refusal, request, ports, client)
  const { retry_after = 5 } = refusal.facts
  const status = STATUS[refusal.error] ?? 400
  const retry: Headers = status === 429 || status === 503 ? { 'retry-after': String(retry_after) } : {}
  const body = { error: refusal.error, error_description: printable(refusal.description, 500) }
  return jsonReply(status, body, { ...retry, ...headers })
}

/** RFC 6750 §3: what is wrong with the token that was shown. */
export function tokenRefusedReply(refusal: Refusal, request: HttpRequest, ports: ProviderPorts): Reply {
  return bearerErrorReply(refusal, recorded(refusal, request, ports))
}

function recorded(
  refusal: Refusal,
  { address, requestId }: HttpRequest,
  { journal }: ProviderPorts,
  client?: Client,
): Headers {
  const about = client === undefined ? {} : { clientUid: client.uid }
  return traceHeader(journal.recordRefusal('registration.refused', refusal, { ...about, address, requestId }))
}
