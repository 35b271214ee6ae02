/** Authorization endpoint (RFC 6749 §3.1, OIDC Core §3.1.2): an app sends a browser to us. */

import { newTraceCode } from '../../../core/audit/trace-code.ts'
import type { Client } from '../../../core/clients/client.ts'
import type { SignedIn } from '../../../core/flow/next-step.ts'
import { refuseAuthorization, type Settled, type SettlePorts, settle, type Visit } from '../../../core/flow/settle.ts'
import { verifyIdTokenHint } from '../../../core/keys/verify-id-token-hint.ts'
import { findSignedIn } from '../../../core/sessions/find-signed-in.ts'
import { authorizationReply } from '../../../http/authorization-reply.ts'
import type { Endpoint, HttpRequest, Reply } from '../../../http/endpoint.ts'
import type { ErrorKind } from '../../../http/error-page.ts'
import { redirectReply } from '../../../http/replies.ts'
import { parseAuthorizationParameters } from '../../../spec/authorization-parameters.ts'
import type { AuthorizationRequest } from '../../../spec/authorization-request.ts'
import { asQuery, type Params, parseParams, printable } from '../../../spec/params.ts'
import { type VerifiedRedirectUri, verifyRedirectUri } from '../../../spec/redirect-uri.ts'
import { isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import type { ProviderPorts } from '../ports.ts'
import { beginFlow } from './begin-flow.ts'

/** Longer than any honest request. A query is kept with its flow, and whoever comes may start one. */
const MAX_QUERY_LENGTH = 8_000

export function authorizeEndpoint(ports: ProviderPorts): Endpoint {
  return {
    name: 'authorize',
    path: '/authorize',
    methods: ['GET', 'POST'],
    async handle(request) {
      if (request.method === 'POST') return asGet(request, ports)
      return authorize(request, ports)
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
  const { repositories } = ports
  const visit = newVisit(request, ports)
  const now = ports.clock.now()
  const params = request.query.length > MAX_QUERY_LENGTH ? tooLong(request.query.length) : parseParams(request.query)
  if (isRefusal(params)) return refuseOnPage(params, 'bad-request', request, visit, ports)
  const client = await findClient(params, ports)
  if (isRefusal(client)) return refuseOnPage(client, 'unknown-client', request, visit, ports)
  const redirectUri = verifiedRedirectUri(params, client)
  if (isRefusal(redirectUri)) return refuseOnPage(redirectUri, 'bad-redirect-uri', request, visit, ports, client)

  const answerTo = {
    redirectUri,
    responseMode: 'query' as const,
    ...(params.get('state') === undefined ? {} : { state: params.get('state') as string }),
  }
  const authorization = await parse(params, redirectUri, client, request.query, ports)
  if (isRefusal(authorization)) {
    const settled = await refuseAuthorization(authorization, client, answerTo, visit, settlePorts(ports))
    return commitAndRedirect(settled, ports)
  }
  const signedIn = await findSignedIn(
    { handles: ports.keys.handles, ...repositories },
    ports.cookies.read(request.cookie, 'session'),
    now,
  )
  const consent = signedIn && (await repositories.consents.find(signedIn.account.id, client.uid))
  const facts = {
    client,
    request: authorization,
    signedIn,
    consent,
    authenticatedInFlow: false,
    approvedInFlow: false,
    now,
  }
  const settled = await settle(facts, visit, now, settlePorts(ports))
  if (settled.kind === 'issued' || settled.kind === 'refused') return commitAndRedirect(settled, ports)
  return beginFlow(settled, { client, request: authorization, cookieHeader: request.cookie, visit, now }, ports)
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

/** RFC 6749 §4.1.2.1: without a valid redirect URI the person is told, and never redirected. */
function verifiedRedirectUri(params: Params, client: Client): VerifiedRedirectUri | Refusal {
  if (params.repeated.includes('redirect_uri')) {
    return refuse(
      'invalid_request',
      'redirect_uri was sent more than once',
      'RFC 6749 §3.1 parameters are not repeated',
    )
  }
  return verifyRedirectUri(client.redirectUris, params.get('redirect_uri'), client.type === 'public')
}

async function parse(
  params: Params,
  redirectUri: VerifiedRedirectUri,
  client: Client,
  query: string,
  ports: ProviderPorts,
): Promise<AuthorizationRequest | Refusal> {
  const authorization = parseAuthorizationParameters(params, redirectUri, client, query)
  const hint = params.get('id_token_hint')
  if (isRefusal(authorization) || hint === undefined) return authorization
  const verified = await verifyIdTokenHint(hint, ports.issuer, ports.keys)
  return isRefusal(verified) ? verified : { ...authorization, hintedSubject: verified.subject }
}

function settlePorts(ports: ProviderPorts): SettlePorts {
  const { grants, pushedRequests } = ports.repositories
  return { ...ports, grants, pushedRequests }
}

async function commitAndRedirect(
  settled: Extract<Settled, { kind: 'issued' | 'refused' }>,
  ports: ProviderPorts,
): Promise<Reply> {
  const outcome = await ports.journal.commit(settled.writes)
  // Nothing here is conditional, so nothing can lose; a code that was not stored must never be sent all the same.
  if (!outcome.committed) throw new Error(`${outcome.lost} lost at the authorization endpoint`)
  return authorizationReply(settled.response)
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
  return ports.errorPage(request, { status: 400, kind, traceCode: visit.traceCode })
}
