/** Pushed authorization request endpoint (RFC 9126): an app sends us its request directly, and its browser brings only a reference. */

import type { Authenticated } from '../../core/clients/authenticate-client.ts'
import type { Client } from '../../core/clients/client.ts'
import { profileLimits } from '../../core/clients/profiles.ts'
import type { PushedRequest } from '../../core/pushed-requests/pushed-request.ts'
import { sealRequestUri } from '../../core/pushed-requests/request-uri.ts'
import { type SingleUse, useUp, writesOf } from '../../core/single-use/single-use.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { readProof } from '../../http/proof-of-possession.ts'
import { jsonReply } from '../../http/replies.ts'
import { addSeconds, secondsOf } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import type { AuthorizationRequest } from '../../spec/authorization-request.ts'
import { encodeParams, type Params } from '../../spec/params.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { parseAuthorization, verifiedRedirectUri } from './authorize/parse-authorization.ts'
import { type ResolvedRequest, resolvePush } from './authorize/resolve-request.ts'
import { corsHeaders, preflight } from './cors.ts'
import { tokenErrorReply, traceHeader } from './error-replies.ts'
import { authenticate, parseForm } from './form-request.ts'
import type { ProviderPorts } from './ports.ts'
import { nonceHeader } from './token/token.ts'

export function pushedAuthorizationEndpoint(ports: ProviderPorts): Endpoint {
  return {
    name: 'pushed-authorization',
    path: '/par',
    // RFC 9126 §2.3: anything but POST is answered with 405; OPTIONS is what browsers ask before it.
    methods: ['POST', 'OPTIONS'],
    async handle(request) {
      if (request.method === 'OPTIONS') return preflight(request, 'POST')
      const now = ports.clock.now()
      const params = parseForm(request, ['resource'])
      if (isRefusal(params)) return refusedReply(params, undefined, request, ports)
      const caller = await authenticate(request, params, ports, now)
      if (isRefusal(caller)) return refusedReply(caller, undefined, request, ports)
      // RFC 9126 §2.3: 413.
      const tooLarge = checkSize(caller, request)
      if (tooLarge !== undefined) return { ...refusedReply(tooLarge, caller.client, request, ports), status: 413 }
      const pushed = await push(params, caller, request, now, ports)
      if (isRefusal(pushed)) return refusedReply(pushed, caller.client, request, ports)
      return jsonReply(201, pushed, { ...corsHeaders(request, caller.client), ...nonceHeader(request, ports) })
    },
  }
}

/** RFC 9126 §2.2. */
interface Pushed {
  readonly request_uri: string
  readonly expires_in: number
}

/** Whoever comes may push in the name of a public client: then no more than whoever comes may send to the authorization endpoint. */
const MAX_UNAUTHENTICATED = 8_000

function checkSize({ method }: Authenticated, { body }: HttpRequest): Refusal | undefined {
  return method === 'none' && body.length > MAX_UNAUTHENTICATED
    ? refuse('invalid_request', 'the request is too large', 'RFC 9126 §2.3 the size of a request', {
        length: body.length,
        at_most: MAX_UNAUTHENTICATED,
      })
    : undefined
}

async function push(
  params: Params,
  { client, uses }: Authenticated,
  request: HttpRequest,
  now: Date,
  ports: ProviderPorts,
): Promise<Pushed | Refusal> {
  const refusal = checkForm(params, client)
  if (refusal !== undefined) return refusal
  const proof = readProof(request, ports, now)
  if (isRefusal(proof)) return proof
  const resolved = await resolvePush(params, client, ports, now)
  if (isRefusal(resolved)) return resolved
  const id = newId<'pushed-request'>(now, ports.random)
  const authorization = await checkPush({ ...resolved, pushedRequestId: id }, proof?.jkt, client, ports)
  if (isRefusal(authorization)) return authorization
  const acceptedUntil = secondsOf(now) + acceptedSeconds(client, ports)
  const row: PushedRequest = {
    id,
    clientUid: client.uid,
    params: authorization.query,
    signed: resolved.signed,
    ...(proof === undefined ? {} : { dpopJkt: proof.jkt }),
    acceptedUntil,
    expiresAt: addSeconds(new Date(acceptedUntil * 1000), ports.flowSeconds),
  }
  const used = await store(row, proof === undefined ? uses : [...uses, proof.use], ports)
  return used ?? { request_uri: sealRequestUri(ports.keys.handles, id), expires_in: acceptedUntil - secondsOf(now) }
}

function checkForm(params: Params, client: Client): Refusal | undefined {
  return firstRefusal(
    // RFC 9126 §2.1: a reference to a request is not a request.
    params.get('request_uri') === undefined
      ? undefined
      : refuse('invalid_request', 'request_uri cannot be pushed', 'RFC 9126 §2.1 request_uri MUST NOT be provided'),
    // RFC 9126 §2: whoever authenticated is whoever asks.
    (params.get('client_id') ?? client.clientId) === client.clientId
      ? undefined
      : refuse('invalid_request', 'client_id is another than the authenticated client', 'RFC 9126 §2 client_id'),
  )
}

/** RFC 9126 §2.1: a request is held to the same rules when it is pushed, and again when the browser comes with it. */
async function checkPush(
  resolved: ResolvedRequest,
  proven: string | undefined,
  client: Client,
  ports: ProviderPorts,
): Promise<AuthorizationRequest | Refusal> {
  const { params } = resolved
  const redirectUri = verifiedRedirectUri(params, client)
  if (isRefusal(redirectUri)) return redirectUri
  const authorization = await parseAuthorization(resolved, redirectUri, client, textOf(params), ports)
  if (isRefusal(authorization)) return authorization
  // RFC 9449 §10.1: a proof binds the code to its key, as dpop_jkt does; with both, they name the same key.
  const { dpopJkt = proven } = authorization
  return proven === undefined || dpopJkt === proven
    ? authorization
    : refuse('invalid_dpop_proof', 'dpop_jkt is another key than that of the DPoP proof', 'RFC 9449 §10.1 the same key')
}

function acceptedSeconds(client: Client, { requestRules: { pushedRequestSeconds } }: ProviderPorts): number {
  return Math.min(pushedRequestSeconds, profileLimits(client).pushedRequestSeconds ?? pushedRequestSeconds)
}

/** RFC 9126 §2.1: what proves who pushes is no part of the request. */
const CREDENTIALS: ReadonlySet<string> = new Set(['client_secret', 'client_assertion', 'client_assertion_type'])

function textOf(params: Params): string {
  const names = params.names().filter(name => !CREDENTIALS.has(name))
  return encodeParams(names.flatMap(name => params.getAll(name).map((value): [string, string] => [name, value])))
}

/** The credentials are used up together with the push: one assertion, one push. */
async function store(
  row: PushedRequest,
  single: readonly SingleUse[],
  { repositories, journal }: ProviderPorts,
): Promise<Refusal | undefined> {
  const outcome = await journal.commit([...writesOf(single), repositories.pushedRequests.insert(row)])
  if (outcome.committed) return undefined
  const [first] = single
  if (first === undefined) throw new Error(`${outcome.lost} lost at the pushed authorization request endpoint`)
  return (await useUp(single, repositories.commit)) ?? first.refusal
}

function refusedReply(refusal: Refusal, client: Client | undefined, request: HttpRequest, ports: ProviderPorts): Reply {
  const traceCode = ports.journal.recordRefusal('authorization.refused', refusal, {
    ...(client === undefined ? {} : { clientUid: client.uid }),
    address: request.address,
    requestId: request.requestId,
  })
  const headers = { ...corsHeaders(request, client), ...nonceHeader(request, ports), ...traceHeader(traceCode) }
  return tokenErrorReply(refusal, request, headers)
}
