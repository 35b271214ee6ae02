/** Backchannel authentication endpoint (CIBA Core §7): an app asks us to ask a person, wherever they are. */

import type { Account } from '../../../core/accounts/account.ts'
import type { TraceCode } from '../../../core/audit/audit-event.ts'
import { newTraceCode } from '../../../core/audit/trace-code.ts'
import type { Client } from '../../../core/clients/client.ts'
import type { DeferredGrant, DeferredTerms } from '../../../core/deferred-grants/deferred-grant.ts'
import { sealDeferred } from '../../../core/deferred-grants/deferred-handles.ts'
import { checkFapiCiba } from '../../../core/deferred-grants/fapi-ciba.ts'
import { sealNotificationToken } from '../../../core/deferred-grants/notification-token.ts'
import type { Endpoint, HttpRequest, Reply } from '../../../http/endpoint.ts'
import { jsonReply } from '../../../http/replies.ts'
import { addSeconds, secondsOf } from '../../../lib/clock.ts'
import { newId } from '../../../lib/id.ts'
import { type BackchannelRequest, parseBackchannelRequest } from '../../../spec/backchannel-request.ts'
import { CIBA } from '../../../spec/grant-types.ts'
import type { Params } from '../../../spec/params.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import { tokenErrorReply, traceHeader } from '../error-replies.ts'
import { authenticateCaller, parseForm } from '../form-request.ts'
import type { ProviderPorts } from '../ports.ts'
import { type AskedTerms, checkMayUse, parseDeferredTerms } from './deferred-terms.ts'
import { findHintedAccount } from './hinted-account.ts'
import { type ResolvedBackchannelRequest, resolveBackchannelRequest } from './signed-request.ts'

/** What `requested_expiry` may ask for at most. */
const MAX_EXPIRY_SECONDS = 3_600
/** Nobody reads more, and whoever is asked without end presses "Allow" in the end. */
const MAX_PENDING = 10
const MAX_USER_AGENT = 300

/** All that was asked, and of whom. */
interface Asked {
  readonly client: Client
  readonly account: Account
  readonly terms: AskedTerms
  readonly backchannel: BackchannelRequest
  readonly resolved: ResolvedBackchannelRequest
}

export function backchannelAuthenticationEndpoint(ports: ProviderPorts): Endpoint {
  return {
    name: 'backchannel-authentication',
    path: '/backchannel_authentication',
    methods: ['POST'],
    async handle(request) {
      const now = ports.clock.now()
      const params = parseForm(request, ['resource'])
      if (isRefusal(params)) return refusedReply(params, undefined, request, ports)
      // CIBA Core §7.1: the client authenticates as it does at the token endpoint.
      const client = await authenticateCaller(request, params, ports, now)
      if (isRefusal(client)) return refusedReply(client, undefined, request, ports)
      const asked = await readRequest(params, client, request.address, ports, now)
      if (isRefusal(asked)) return refusedReply(asked, client, request, ports)
      const deferred = newDeferred(asked, request, now, ports)
      const outcome = await ports.journal.commit([
        ...asked.resolved.writes,
        ports.repositories.deferredGrants.insert(deferred),
        ports.journal.record('backchannel-authentication.requested', {
          at: now,
          accountId: asked.account.id,
          clientUid: client.uid,
          address: request.address,
          requestId: request.requestId,
          traceCode: deferred.terms.traceCode,
          detail: {
            scopes: deferred.terms.scopes,
            hint: asked.backchannel.hint.kind,
            username: asked.account.username,
          },
        }),
      ])
      if (!outcome.committed) return refusedReply(replayed(), client, request, ports)
      return jsonReply(200, answerOf(deferred, ports))
    },
  }
}

async function readRequest(
  outer: Params,
  client: Client,
  address: string,
  ports: ProviderPorts,
  now: Date,
): Promise<Asked | Refusal> {
  const refusal = firstRefusal(checkConfidential(client), checkMayUse(client, CIBA), checkPush(client))
  if (refusal !== undefined) return refusal
  const resolved = await resolveBackchannelRequest(outer, client, ports, now)
  if (isRefusal(resolved)) return resolved
  const { params } = resolved
  const backchannel = parseBackchannelRequest(params, client.backchannelTokenDeliveryMode ?? 'poll')
  if (isRefusal(backchannel)) return backchannel
  const terms = parseDeferredTerms(params, client, ports)
  if (isRefusal(terms)) return terms
  const { bindingMessage } = backchannel
  const broken = firstRefusal(
    checkOpenid(terms),
    checkFapiCiba(client, {
      ...(resolved.signed === undefined ? {} : { signed: resolved.signed }),
      ...(bindingMessage === undefined ? {} : { bindingMessage }),
      hasAuthorizationDetails: terms.authorizationDetails !== undefined,
    }),
  )
  if (broken !== undefined) return broken
  const account = await findHintedAccount({ hint: backchannel.hint, client, address, now }, ports)
  if (isRefusal(account)) return account
  const pending = await ports.repositories.deferredGrants.listPending(account.id, now)
  if (pending.length >= MAX_PENDING) return tooMany(pending.length)
  return { client, account, terms, backchannel, resolved }
}

/** CIBA Core §4: the flow is for confidential clients. */
function checkConfidential({ type, clientId }: Client): Refusal | undefined {
  return type === 'confidential'
    ? undefined
    : refuse(
        'unauthorized_client',
        'backchannel authentication needs a confidential client',
        'CIBA Core §4 confidential clients only',
        { client_id: clientId },
      )
}

/** RFC 9449 §5, RFC 8705 §3: what we push comes without a request that could show possession of a key. */
function checkPush(client: Client): Refusal | undefined {
  const isBound = client.dpopBoundAccessTokens === true || client.tlsClientCertificateBoundAccessTokens === true
  return isBound && client.backchannelTokenDeliveryMode === 'push'
    ? refuse(
        'unauthorized_client',
        'access tokens of this client are sender-constrained and cannot be pushed',
        'RFC 9449 §5, RFC 8705 §3 bound access tokens come from the token endpoint',
        { client_id: client.clientId },
      )
    : undefined
}

function checkOpenid({ scopes }: AskedTerms): Refusal | undefined {
  return scopes.includes('openid')
    ? undefined
    : refuse('invalid_scope', 'scope must contain openid', 'CIBA Core §7.1 scope openid', { scopes })
}

function tooMany(pending: number): Refusal {
  return refuse('access_denied', 'too many requests wait for this person', 'at most 10 requests wait for one person', {
    pending,
  })
}

function replayed(): Refusal {
  return refuse('invalid_request', 'the signed request was used before', 'CIBA Core §7.1.1 jti is used once')
}

function newDeferred(asked: Asked, request: HttpRequest, now: Date, ports: ProviderPorts): DeferredGrant {
  const id = newId<'deferred-grant'>(now, ports.random)
  const { lifetimeSeconds, intervalSeconds } = ports.device
  const wanted = asked.backchannel.requestedExpirySeconds ?? lifetimeSeconds
  return {
    id,
    kind: 'backchannel',
    clientUid: asked.client.uid,
    accountId: asked.account.id,
    state: 'pending',
    terms: termsOf(id, asked, newTraceCode(ports.random), request, ports),
    intervalSeconds,
    createdAt: now,
    expiresAt: addSeconds(now, Math.min(wanted, MAX_EXPIRY_SECONDS)),
  }
}

function termsOf(
  id: DeferredGrant['id'],
  { client, terms, backchannel }: Asked,
  traceCode: TraceCode,
  { address, userAgent }: HttpRequest,
  ports: ProviderPorts,
): DeferredTerms {
  const { bindingMessage, notificationToken } = backchannel
  return {
    ...terms,
    traceCode,
    delivery: client.backchannelTokenDeliveryMode ?? 'poll',
    ...(bindingMessage === undefined ? {} : { bindingMessage }),
    ...(notificationToken === undefined
      ? {}
      : { notificationToken: sealNotificationToken(ports.keys.sealer, id, notificationToken) }),
    address,
    userAgent: userAgent.slice(0, MAX_USER_AGENT),
  }
}

/** CIBA Core §7.3: `interval` only where the client may ask the token endpoint. */
function answerOf(deferred: DeferredGrant, { keys }: ProviderPorts): Readonly<Record<string, string | number>> {
  return {
    auth_req_id: sealDeferred(keys.handles, deferred),
    expires_in: secondsOf(deferred.expiresAt) - secondsOf(deferred.createdAt),
    ...(deferred.terms.delivery === 'push' ? {} : { interval: deferred.intervalSeconds }),
  }
}

function refusedReply(refusal: Refusal, client: Client | undefined, request: HttpRequest, ports: ProviderPorts): Reply {
  const traceCode = ports.journal.recordRefusal('backchannel-authentication.refused', refusal, {
    ...(client === undefined ? {} : { clientUid: client.uid }),
    address: request.address,
    requestId: request.requestId,
  })
  const reply = tokenErrorReply(refusal, request, traceHeader(traceCode))
  // CIBA Core §13: access_denied comes with 403.
  return refusal.error === 'access_denied' ? { ...reply, status: 403 } : reply
}
