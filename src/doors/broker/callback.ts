/**
 * The way back: `/broker/ALIAS/endpoint`, the redirect URI at the upstream (RFC 6749 §4.1.2). Whatever comes here is somebody's claim:
 * it counts once, for the attempt that was begun, in the browser that began it.
 */

import type { Flow } from '../../core/flow/flow.ts'
import type { Attempt } from '../../core/upstreams/attempt.ts'
import type { Upstream } from '../../core/upstreams/upstream.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { idFromBytes } from '../../lib/id.ts'
import { asQuery, type Params } from '../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { aliasOf, arriveUrl, checkLength, findFlow, findUpstream, loginUrl, parseQuery } from './broker-visit.ts'
import type { BrokerPorts } from './ports.ts'
import { receiveAnswer } from './receive-answer.ts'
import { refuseWithoutFlow } from './refuse-sign-in.ts'

export function callbackEndpoint(ports: BrokerPorts): Endpoint {
  return {
    name: 'broker-endpoint',
    path: '/broker/:alias/endpoint',
    methods: ['GET', 'POST'],
    handle: request => (request.method === 'POST' ? asGet(request, ports) : callback(request, ports)),
  }
}

/**
 * OAuth 2.0 Form Post Response Mode §2. Browsers leave `SameSite=Lax` cookies off a form posted by another site, so the answer comes
 * again as a GET, which carries the flow's cookie.
 */
function asGet(request: HttpRequest, ports: BrokerPorts): Reply {
  // A body of any other kind is not read, so there is no state in it.
  const refusal = checkLength(request.body)
  if (refusal !== undefined) return refuseWithoutFlow(refusal, 'bad-request', request, ports)
  return redirectReply(`${ports.issuer}/broker/${aliasOf(request)}/endpoint?${asQuery(request.body)}`)
}

async function callback(request: HttpRequest, ports: BrokerPorts): Promise<Reply> {
  const response = parseQuery(request)
  if (isRefusal(response)) return refuseWithoutFlow(response, 'bad-request', request, ports)
  const upstream = await findUpstream(request, ports)
  if (isRefusal(upstream)) return refuseWithoutFlow(upstream, 'not-found', request, ports)
  const attempt = await findAttempt(response, upstream, ports)
  if (isRefusal(attempt)) return refuseWithoutFlow(attempt, 'stale', request, ports)
  const mixedUp = checkUpstream(attempt, upstream)
  if (mixedUp !== undefined) return refuseWithoutFlow(mixedUp, 'stale', request, ports, attempt.traceCode)
  return goOn(attempt, upstream, response, request, ports)
}

/** RFC 6749 §10.12: `state` is a handle of ours, so nobody makes one up, and it says which attempt this is the answer to. */
async function findAttempt(response: Params, { alias }: Upstream, ports: BrokerPorts): Promise<Attempt | Refusal> {
  const state = response.repeated.includes('state') ? undefined : response.get('state')
  const bytes = state === undefined ? undefined : ports.keys.handles.open('upstream-state', state)
  const attempt = bytes === undefined ? undefined : await ports.repositories.attempts.find(idFromBytes(bytes))
  if (attempt !== undefined) return attempt
  return refuse(
    'invalid_request',
    'the answer belongs to no sign-in that was begun here',
    'RFC 6749 §10.12 state is that of a sign-in through the upstream',
    { upstream: alias, state: state === undefined ? 'missing' : bytes === undefined ? 'not ours' : 'deleted since' },
  )
}

/** RFC 9700 §4.4.2.2: each upstream has a redirect URI of its own, so the answer of one is never taken for that of another. */
function checkUpstream(attempt: Attempt, { uid, alias }: Upstream): Refusal | undefined {
  if (attempt.upstreamUid === uid) return undefined
  return refuse(
    'invalid_request',
    'the answer came to the redirect URI of another upstream',
    'RFC 9700 §4.4.2.2 the answer comes to the redirect URI of the upstream that was asked',
    { upstream: alias },
  )
}

/** A reload while the first answer is still being checked: it is there in a moment. */
const WAIT_MS = 250
const WAIT_TIMES = 20

async function goOn(
  attempt: Attempt,
  upstream: Upstream,
  response: Params,
  request: HttpRequest,
  ports: BrokerPorts,
): Promise<Reply> {
  const now = ports.clock.now()
  const found = await findFlow(attempt.flowId, request, now, ports)
  if (found.kind === 'gone') {
    const refusal = refuse('invalid_request', 'the sign-in is unknown or long over', 'the sign-in is still under way', {
      upstream: upstream.alias,
    })
    return refuseWithoutFlow(refusal, 'stale', request, ports, attempt.traceCode)
  }
  const { flow } = found
  // Nothing of the attempt changes: the browser that began it may still come.
  if (found.kind === 'foreign') return foreignBrowser(attempt, flow, upstream, request, ports)
  if (found.kind === 'over') return redirectReply(loginUrl(flow, ports))
  if (attempt.state !== 'started') return comeAgain(attempt, flow, ports)
  if (attempt.expiresAt <= now) return tooLate(attempt, flow, upstream, request, ports)
  const claimed = { ...attempt, state: 'claimed' } as const
  const outcome = await ports.journal.commit([ports.repositories.attempts.advance(claimed, 'started')])
  if (outcome.committed) return receiveAnswer({ attempt: claimed, flow, upstream, response }, request, ports)
  const current = await ports.repositories.attempts.find(attempt.id)
  return comeAgain(current ?? attempt, flow, ports)
}

function foreignBrowser(
  { traceCode }: Attempt,
  flow: Flow,
  { alias }: Upstream,
  request: HttpRequest,
  ports: BrokerPorts,
): Reply {
  const refusal = refuse(
    'access_denied',
    'the answer came to another browser than the one that was sent away',
    'RFC 9700 §4.7 the answer comes to the browser that was sent to the upstream',
    { upstream: alias },
  )
  return refuseWithoutFlow(refusal, 'stale', request, ports, traceCode, loginUrl(flow, ports))
}

function tooLate(
  { traceCode, expiresAt }: Attempt,
  flow: Flow,
  { alias }: Upstream,
  request: HttpRequest,
  ports: BrokerPorts,
): Reply {
  const refusal = refuse(
    'access_denied',
    'the answer of the upstream came too late',
    'the answer of the upstream comes within 15 minutes',
    { upstream: alias, expired_at: expiresAt.toISOString() },
  )
  return refuseWithoutFlow(refusal, 'stale', request, ports, traceCode, loginUrl(flow, ports))
}

/** The same answer once more: reloaded, or reached by the back button. It is not looked at again; the flow knows how far it came. */
async function comeAgain(attempt: Attempt, flow: Flow, ports: BrokerPorts): Promise<Reply> {
  let { state } = attempt
  for (let times = 0; state === 'claimed' && times < WAIT_TIMES; times++) {
    await ports.clock.sleep(WAIT_MS)
    state = (await ports.repositories.attempts.find(attempt.id))?.state ?? 'failed'
  }
  return redirectReply(state === 'answered' ? arriveUrl(flow, ports) : loginUrl(flow, ports))
}
