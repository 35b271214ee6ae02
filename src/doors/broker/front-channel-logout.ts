/** Front-channel logout (OpenID Connect Front-Channel Logout 1.0): the upstream's own page frames this URL, or sends people here. */

import { newTraceCode } from '../../core/audit/trace-code.ts'
import type { Session } from '../../core/sessions/session.ts'
import { isIssuer } from '../../core/upstreams/issuer.ts'
import { endSessionsFrom, type UpstreamSignOut } from '../../core/upstreams/sign-out/end-sessions-from.ts'
import { endpointsOf, type Upstream } from '../../core/upstreams/upstream.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { NO_STORE, redirectReply } from '../../http/replies.ts'
import { type Params, parseParams } from '../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { findVisitor, upstreamOfPath } from './broker-visit.ts'
import { howItCame } from './how-it-came.ts'
import type { BrokerPorts } from './ports.ts'

export function frontChannelLogoutEndpoint(ports: BrokerPorts): Endpoint {
  return {
    name: 'upstream-logout',
    path: '/broker/:alias/logout',
    methods: ['GET'],
    async handle(request) {
      const upstream = await upstreamOfPath(request, ports)
      if (upstream?.frontchannelLogout !== true) return ports.errorPage(request, { status: 404, kind: 'not-found' })
      const came = howItCame(request, upstream.frontchannelLogoutFrameAncestors)
      if (isRefusal(came)) return refusedReply(came, upstream, request, ports)
      // A page that hides who it is may be any page: its frame ends what it can name, and not whatever the browser's cookie stands for.
      const browsers =
        came === 'framed-by-unknown' ? undefined : (await findVisitor(request, ports.clock.now(), ports))?.session
      const meant = sessionsMeant(upstream, browsers, request, ports)
      if (isRefusal(meant)) return refusedReply(meant, upstream, request, ports)
      const ended = await endSessionsFrom(
        {
          upstream,
          channel: 'front channel',
          ...meant,
          address: request.address,
          requestId: request.requestId,
          traceCode: newTraceCode(ports.random),
          now: ports.clock.now(),
        },
        ports,
      )
      const isOwn = ended !== 'used-before' && ended.some(({ id }) => id === browsers?.id)
      const cookies = isOwn ? [ports.cookies.drop('session')] : []
      return came === 'by-itself' ? redirectReply(afterwards(upstream, ports), cookies) : framedReply(upstream, cookies)
    },
  }
}

/** Front-Channel Logout §2: the sessions with the `sid`, whoever's browser this is; without it this browser's own one, if it came from this upstream. */
function sessionsMeant(
  upstream: Upstream,
  browsers: Session | undefined,
  { query }: HttpRequest,
  { repositories: { upstreamSessions } }: BrokerPorts,
): Refusal | Pick<UpstreamSignOut, 'find' | 'who'> {
  const params = parseParams(query)
  if (isRefusal(params)) return params
  const sid = readSid(params, upstream)
  if (isRefusal(sid)) return sid
  if (sid !== undefined) return { find: () => upstreamSessions.listBySid(upstream.uid, sid), who: { sid } }
  if (browsers === undefined) return { find: async () => [] }
  return {
    find: async () =>
      (await upstreamSessions.listOfSession(browsers.id)).filter(({ upstreamUid }) => upstreamUid === upstream.uid),
  }
}

function readSid(params: Params, upstream: Upstream): string | undefined | Refusal {
  const [iss, sid] = [params.get('iss'), params.get('sid')]
  if (iss === undefined && sid === undefined) return undefined
  if (iss === undefined || sid === undefined || params.repeated.includes('iss') || params.repeated.includes('sid'))
    return refuse(
      'invalid_request',
      'iss and sid go together',
      'Front-Channel Logout §2 iss and sid are sent together',
      { iss: iss !== undefined, sid: sid !== undefined },
    )
  const { issuer } = endpointsOf(upstream)
  if (!upstream.validateIssuer || (issuer !== undefined && isIssuer(iss, issuer))) return sid
  return refuse('invalid_request', 'iss is not the upstream', 'Front-Channel Logout §2 iss is the issuer', {
    iss: iss.slice(0, 200),
    expected: issuer ?? null,
  })
}

/** Front-Channel Logout §3: nothing to see, never kept, and framed by nobody who is not on the list. */
function framedReply({ frontchannelLogoutFrameAncestors: ancestors }: Upstream, cookies: readonly string[]): Reply {
  const sources = ancestors.length === 0 ? "'none'" : ancestors.join(' ')
  const headers = {
    // As HTML it would get an X-Frame-Options of DENY, which knows no list.
    'content-type': 'text/plain; charset=utf-8',
    'content-security-policy': `default-src 'none'; frame-ancestors ${sources}`,
    ...NO_STORE,
  }
  return {
    status: 200,
    headers: cookies.length === 0 ? headers : { ...headers, 'set-cookie': cookies },
    body: '',
  }
}

function afterwards({ frontchannelLogoutRedirectUri }: Upstream, { issuer }: BrokerPorts): string {
  return frontchannelLogoutRedirectUri ?? `${issuer}/signed-out`
}

function refusedReply(refusal: Refusal, upstream: Upstream, request: HttpRequest, ports: BrokerPorts): Reply {
  const traceCode = ports.journal.recordRefusal('sign-out.refused', refusal, {
    address: request.address,
    requestId: request.requestId,
    detail: { upstream: upstream.alias },
  })
  return ports.errorPage(request, { status: 400, kind: 'bad-request', traceCode })
}
