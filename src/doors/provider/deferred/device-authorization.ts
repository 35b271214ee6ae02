/** Device authorization endpoint (RFC 8628 §3.1): a device without a browser asks for a code that a person types elsewhere. */

import { newTraceCode } from '../../../core/audit/trace-code.ts'
import type { Client } from '../../../core/clients/client.ts'
import type { DeferredGrant } from '../../../core/deferred-grants/deferred-grant.ts'
import { sealDeferred } from '../../../core/deferred-grants/deferred-handles.ts'
import type { Endpoint, HttpRequest, Reply } from '../../../http/endpoint.ts'
import { jsonReply } from '../../../http/replies.ts'
import { addSeconds } from '../../../lib/clock.ts'
import { newId } from '../../../lib/id.ts'
import { DEVICE_CODE } from '../../../spec/grant-types.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import { formatUserCode, newUserCode } from '../../../spec/user-code.ts'
import { corsHeaders, preflight } from '../cors.ts'
import { tokenErrorReply, traceHeader } from '../error-replies.ts'
import { authenticateCaller, parseForm } from '../form-request.ts'
import type { ProviderPorts } from '../ports.ts'
import { type AskedTerms, checkMayUse, parseDeferredTerms } from './deferred-terms.ts'

/** Thirty-four bits: even among a million live codes a new one is taken once in twenty-five thousand times. */
const MAX_ATTEMPTS = 5
const MAX_USER_AGENT = 300

export function deviceAuthorizationEndpoint(ports: ProviderPorts): Endpoint {
  return {
    name: 'device-authorization',
    path: '/device_authorization',
    methods: ['POST', 'OPTIONS'],
    async handle(request) {
      if (request.method === 'OPTIONS') return preflight(request, 'POST')
      const now = ports.clock.now()
      const params = parseForm(request, ['resource'])
      if (isRefusal(params)) return refusedReply(params, undefined, request, ports)
      // RFC 8628 §3.1: the client authentication requirements of RFC 6749 §3.2.1 apply.
      const client = await authenticateCaller(request, params, ports, now)
      if (isRefusal(client)) return refusedReply(client, undefined, request, ports)
      const terms =
        firstRefusal(checkSize(client, request), checkMayUse(client, DEVICE_CODE)) ??
        parseDeferredTerms(params, client, ports)
      if (isRefusal(terms)) return refusedReply(terms, client, request, ports)
      const deferred = await begin(terms, client, request, now, ports)
      return jsonReply(200, answerOf(deferred, ports), corsHeaders(request, client))
    },
  }
}

/** Whoever comes may ask in the name of a public client, and each request is kept until it expires. */
const MAX_UNAUTHENTICATED = 8_000

function checkSize({ type }: Client, { body: { length } }: HttpRequest): Refusal | undefined {
  return type === 'public' && length > MAX_UNAUTHENTICATED
    ? refuse('invalid_request', 'the request is too large', 'RFC 8628 §3.1 the size of a request', {
        length,
        at_most: MAX_UNAUTHENTICATED,
      })
    : undefined
}

async function begin(
  terms: AskedTerms,
  client: Client,
  request: HttpRequest,
  now: Date,
  ports: ProviderPorts,
): Promise<DeferredGrant & { readonly userCode: string }> {
  const { address, requestId } = request
  const traceCode = newTraceCode(ports.random)
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const deferred = {
      id: newId<'deferred-grant'>(now, ports.random),
      kind: 'device',
      clientUid: client.uid,
      userCode: newUserCode(ports.random),
      state: 'pending',
      terms: { ...terms, traceCode, address, userAgent: request.userAgent.slice(0, MAX_USER_AGENT) },
      intervalSeconds: ports.device.intervalSeconds,
      createdAt: now,
      expiresAt: addSeconds(now, ports.device.lifetimeSeconds),
    } as const
    const event = ports.journal.record('device-authorization.requested', {
      at: now,
      clientUid: client.uid,
      address,
      requestId,
      traceCode,
      detail: { scopes: terms.scopes },
    })
    const outcome = await ports.journal.commit([ports.repositories.deferredGrants.insert(deferred), event])
    if (outcome.committed) return deferred
  }
  throw new Error(`${MAX_ATTEMPTS} user codes in a row were taken`)
}

/** RFC 8628 §3.2. */
function answerOf(
  deferred: DeferredGrant & { readonly userCode: string },
  { issuer, keys, device }: ProviderPorts,
): Readonly<Record<string, string | number>> {
  const userCode = formatUserCode(deferred.userCode)
  return {
    device_code: sealDeferred(keys.handles, deferred),
    user_code: userCode,
    verification_uri: `${issuer}/device`,
    verification_uri_complete: `${issuer}/device?user_code=${userCode}`,
    expires_in: device.lifetimeSeconds,
    interval: deferred.intervalSeconds,
  }
}

function refusedReply(refusal: Refusal, client: Client | undefined, request: HttpRequest, ports: ProviderPorts): Reply {
  const traceCode = ports.journal.recordRefusal('device-authorization.refused', refusal, {
    ...(client === undefined ? {} : { clientUid: client.uid }),
    address: request.address,
    requestId: request.requestId,
  })
  return tokenErrorReply(refusal, request, { ...corsHeaders(request, client), ...traceHeader(traceCode) })
}
