/** Authorization endpoint (RFC 6749 §3.1, OIDC Core §3.1.2): an app sends a browser to us. */

import { newTraceCode } from '../../../core/audit/trace-code.ts'
import type { Client } from '../../../core/clients/client.ts'
import { wayBackTo } from '../../../core/clients/way-back.ts'
import type { SignedIn, StepFacts } from '../../../core/flow/next-step.ts'
import {
  cannotAnswer,
  refuseAuthorization,
  type Settled,
  type SettlePorts,
  settle,
  type Visit,
} from '../../../core/flow/settle.ts'
import { isPushedRequestUri } from '../../../core/pushed-requests/request-uri.ts'
import { findSignedIn } from '../../../core/sessions/find-signed-in.ts'
import { authorizationReply } from '../../../http/authorization-reply.ts'
import type { Endpoint, HttpRequest, Reply } from '../../../http/endpoint.ts'
import type { ErrorKind } from '../../../http/error-page.ts'
import { redirectReply, withTraceCode } from '../../../http/replies.ts'
import { parsePrompt } from '../../../spec/authorization-parameters.ts'
import type { AuthorizationRequest } from '../../../spec/authorization-request.ts'
import { asQuery, type Params, parseParams, printable } from '../../../spec/params.ts'
import type { VerifiedRedirectUri } from '../../../spec/redirect-uri.ts'
import { isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import { responseModeForErrors } from '../../../spec/response-channel.ts'
import type { ProviderPorts } from '../ports.ts'
import { askUpstreamSilently, beginFlow } from './begin-flow.ts'
import { parseAuthorization, verifiedRedirectUri } from './parse-authorization.ts'
import { resolveRequest } from './resolve-request.ts'

/** Longer than any honest request. A query is kept with its flow, and whoever comes may start one. */
const MAX_QUERY_LENGTH = 8_000

export function authorizeEndpoint(ports: ProviderPorts): Endpoint {
  return {
    name: 'authorize',
    path: '/authorize',
    methods: ['GET', 'POST'],
    async handle(request) {
      if (request.method === 'POST') return asGet(request, ports)
      return authorize(request, ports).catch((error: unknown) =>
        refuseOnPage(cannotAnswer(error), 'server-error', request, newVisit(request, ports), ports),
      )
    },
  }
}

/**
 * OIDC Core §3.1.2.1: GET and POST are both supported. Browsers leave `SameSite=Lax` cookies off a form posted by another site, so the
 * request comes again as a GET, which carries them: otherwise a signed-in person would be asked to sign in.
 */
function asGet(request: HttpRequest, ports: ProviderPorts): Reply {
  const visit = newVisit(request, ports)
  if (request.contentType !== 'application/x-www-form-urlencoded' || request.body.length > MAX_QUERY_LENGTH) {
    const refusal = tooLong(request.body.length)
    return refuseOnPage(refusal, 'bad-request', request, visit, ports)
  }
  return redirectReply(`${ports.issuer}/authorize?${asQuery(request.body)}`)
}

function tooLong(length: number): Refusal {
  return refuse('invalid_request', 'the request is too large or no form', 'at most 8000 characters, form-urlencoded', {
    length,
  })
}

function newVisit(request: HttpRequest, ports: ProviderPorts): Visit {
  return { address: request.address, requestId: request.requestId, traceCode: newTraceCode(ports.random) }
}

async function authorize(request: HttpRequest, ports: ProviderPorts): Promise<Reply> {
  const visit = newVisit(request, ports)
  const now = ports.clock.now()
  const sent = request.query.length > MAX_QUERY_LENGTH ? tooLong(request.query.length) : parseParams(request.query)
  if (isRefusal(sent)) return refuseOnPage(sent, 'bad-request', request, visit, ports)
  const client = await findClient(sent, ports)
  if (isRefusal(client)) return refuseOnPage(client, 'unknown-client', request, visit, ports)
  const resolved = await resolveRequest(sent, client, ports, now)
  if (isRefusal(resolved)) return refuseUnresolved(resolved, sent, { client, request, visit }, ports)
  const { params } = resolved
  const redirectUri = verifiedRedirectUri(params, client)
  if (isRefusal(redirectUri)) return refuseOnPage(redirectUri, 'bad-redirect-uri', request, visit, ports, client)

  const authorization = await parseAuthorization(resolved, redirectUri, client, request.query, ports)
  if (isRefusal(authorization))
    return refuseToApp(authorization, params, redirectUri, { client, request, visit }, ports)
  const signedIn = await findSignedIn(
    { handles: ports.keys.handles, ...ports.repositories },
    ports.cookies.read(request.cookie, 'session'),
    now,
  )
  const consent = signedIn && (await ports.repositories.consents.find(signedIn.account.id, client.uid))
  const facts = {
    client,
    request: authorization,
    signedIn,
    consent,
    address: request.address,
    authenticatedInFlow: false,
    approvedInFlow: false,
    now,
  }
  const settled = await settle(facts, visit, now, settlePorts(ports))
  const beginning = { client, request: authorization, params, from: request, signedIn, visit, now }
  if (isForUpstream(settled, facts)) {
    const asked = await askUpstreamSilently(beginning, ports)
    if (asked !== undefined) return asked
  }
  if (settled.kind === 'issued' || settled.kind === 'refused')
    return commitAndAnswer(settled, authorization, { client, request, visit }, ports)
  return beginFlow(settled, beginning, ports)
}

/** Nobody is signed in here, and no page may be shown (OIDC Core §3.1.2.1 prompt=none): an upstream may know more. */
function isForUpstream(settled: Settled, { request, signedIn }: Pick<StepFacts, 'request' | 'signedIn'>): boolean {
  return (
    settled.kind === 'refused' &&
    settled.refusal.error === 'login_required' &&
    signedIn === undefined &&
    request.prompt.includes('none')
  )
}

/** Whom an answer is for, and who carries it. */
interface Asking {
  readonly client: Client
  readonly request: HttpRequest
  readonly visit: Visit
}

/**
 * A request object or a pushed request that cannot be read. What stands outside a request object may still name a redirect URI of the
 * client (OIDC Core §6.1): then the app hears of it there, otherwise the person does. Beside a pushed request nothing counts (RFC 9126 §4).
 */
function refuseUnresolved(
  refusal: Refusal,
  sent: Params,
  asking: Asking,
  ports: ProviderPorts,
): Promise<Reply> | Reply {
  const { client, request, visit } = asking
  // RFC 9126 §2.2: a request that was pushed is gone once it was answered; only the app can push another one.
  if (isPushedRequestUri(sent.get('request_uri') ?? ''))
    return refuseOnPage(refusal, 'used', request, visit, ports, client)
  const redirectUri = verifiedRedirectUri(sent, client)
  return isRefusal(redirectUri)
    ? refuseOnPage(refusal, 'bad-request', request, visit, ports, client)
    : refuseToApp(refusal, sent, redirectUri, asking, ports)
}

async function refuseToApp(
  refusal: Refusal,
  params: Params,
  redirectUri: VerifiedRedirectUri,
  asking: Asking,
  ports: ProviderPorts,
): Promise<Reply> {
  const state = params.get('state')
  const prompt = parsePrompt(params.get('prompt'))
  const answerTo = {
    redirectUri,
    responseMode: responseModeForErrors(params, redirectUri, asking.client),
    ...(state === undefined ? {} : { state }),
  }
  const settled = await refuseAuthorization(refusal, asking.client, answerTo, asking.visit, settlePorts(ports))
  const said = { uiLocales: params.get('ui_locales')?.split(' ') ?? [], prompt: isRefusal(prompt) ? [] : prompt }
  return commitAndAnswer(settled, said, asking, ports)
}

async function findClient(params: Params, ports: ProviderPorts): Promise<Client | Refusal> {
  const clientId = params.get('client_id')
  const rule = 'RFC 6749 §4.1.2.1 the client is known'
  if (clientId === undefined || params.repeated.includes('client_id')) {
    return refuse('invalid_request', 'client_id is missing or repeated', rule)
  }
  const facts = { client_id: printable(clientId, 100) }
  const client = await ports.repositories.clients.findByClientId(clientId)
  if (client === undefined) return refuse('invalid_request', 'client_id is unknown', rule, facts)
  return client.disabledAt === undefined
    ? client
    : refuse('unauthorized_client', 'the client is disabled', 'the client is enabled', facts)
}

function settlePorts(ports: ProviderPorts): SettlePorts {
  const { grants, pushedRequests, upstreams, policies } = ports.repositories
  return { ...ports, grants, pushedRequests, policies, listUpstreams: () => upstreams.list() }
}

async function commitAndAnswer(
  settled: Extract<Settled, { kind: 'issued' | 'refused' }>,
  { uiLocales, prompt }: Pick<AuthorizationRequest, 'uiLocales' | 'prompt'>,
  { client, request, visit }: Asking,
  ports: ProviderPorts,
): Promise<Reply> {
  const outcome = await ports.journal.commit(settled.writes)
  if (outcome.committed) {
    const reply = authorizationReply(settled.response, { request, uiLocales, prompt, answerPage: ports.answerPage })
    return settled.kind === 'refused' ? withTraceCode(reply, visit.traceCode) : reply
  }
  // RFC 9126 §7.3: another tab or browser had the answer to this pushed request already; there is no second code.
  if (outcome.lost === 'pushedRequests.use') return refuseOnPage(usedUp(), 'used', request, visit, ports, client)
  // Nothing else here is conditional; a code that was not stored must never be sent all the same.
  throw new Error(`${outcome.lost} lost at the authorization endpoint`)
}

function usedUp(): Refusal {
  return refuse(
    'invalid_request_uri',
    'the pushed request was answered before',
    'RFC 9126 §7.3 a pushed request is answered once',
  )
}

function refuseOnPage(
  refusal: Refusal,
  kind: ErrorKind,
  request: HttpRequest,
  visit: Visit,
  ports: ProviderPorts,
  client?: Client,
  signedIn?: SignedIn,
): Reply {
  ports.journal.recordRefusal('authorization.refused', refusal, {
    ...visit,
    ...(client === undefined ? {} : { clientUid: client.uid }),
    ...(signedIn === undefined ? {} : { accountId: signedIn.account.id }),
  })
  const href = kind === 'used' && client !== undefined ? wayBackTo(client, ports.issuer) : undefined
  const goBack = client === undefined || href === undefined ? {} : { goBack: { href, clientName: client.name } }
  return ports.errorPage(request, {
    status: kind === 'server-error' ? 500 : 400,
    kind,
    traceCode: visit.traceCode,
    ...goBack,
  })
}
