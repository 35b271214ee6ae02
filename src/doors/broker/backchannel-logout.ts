/** Back-channel logout endpoint (OpenID Connect Back-Channel Logout 1.0 §2.5): an upstream says with a signed token that somebody signed out there. */

import { newTraceCode } from '../../core/audit/trace-code.ts'
import type { LogoutClaims } from '../../core/upstreams/relying-party.ts'
import { endSessionsFrom } from '../../core/upstreams/sign-out/end-sessions-from.ts'
import type { Upstream } from '../../core/upstreams/upstream.ts'
import type { UpstreamSession } from '../../core/upstreams/upstream-session.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { emptyReply, jsonReply, withTraceCode } from '../../http/replies.ts'
import { parseParams } from '../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { upstreamOfPath } from './broker-visit.ts'
import type { BrokerPorts } from './ports.ts'

export function backchannelLogoutEndpoint(ports: BrokerPorts): Endpoint {
  return {
    name: 'upstream-backchannel-logout',
    path: '/broker/:alias/backchannel-logout',
    methods: ['POST'],
    async handle(request) {
      const upstream = await upstreamOfPath(request, ports)
      if (upstream?.backchannelLogout !== true)
        return jsonReply(404, { error: 'not_found', error_description: 'nothing is here' })
      const refusal = await receive(upstream, request, ports)
      // Back-Channel Logout §2.8: 200 when the sessions ended; 400 when the token was refused. Neither may be cached.
      return refusal === undefined ? emptyReply(200) : refusedReply(refusal, upstream, request, ports)
    },
  }
}

async function receive(upstream: Upstream, request: HttpRequest, ports: BrokerPorts): Promise<Refusal | undefined> {
  const token = readToken(request)
  if (isRefusal(token)) return token
  const claims = await ports.upstreams.relyingParty.verifyLogoutToken(upstream, token)
  if (isRefusal(claims)) return claims
  const ended = await endSessionsFrom(
    {
      upstream,
      channel: 'back channel',
      find: () => sessionsOf(upstream, claims, ports),
      who: claims,
      // Back-Channel Logout §2.6: a token counts once, on all nodes.
      use: ports.repositories.usedOnce.use(`logout-token:${upstream.uid}:${claims.jti}`, claims.expiresAt),
      address: request.address,
      requestId: request.requestId,
      traceCode: newTraceCode(ports.random),
      now: ports.clock.now(),
    },
    ports,
  )
  return ended === 'used-before'
    ? refuse('invalid_request', 'the logout token was used before', 'Back-Channel Logout §2.6 jti counts once')
    : undefined
}

function readToken({ body }: HttpRequest): string | Refusal {
  // Back-Channel Logout §2.5: further parameters may be there and mean nothing.
  const params = parseParams(body)
  if (isRefusal(params)) return params
  const token = params.get('logout_token')
  if (token !== undefined && !params.repeated.includes('logout_token')) return token
  return refuse(
    'invalid_request',
    'a form with one logout_token is required',
    'Back-Channel Logout §2.5 logout_token is posted as a form',
  )
}

/** Back-Channel Logout §2.7: one session by its `sid`; every session of the person when there is only a `sub`. */
async function sessionsOf(
  { uid }: Upstream,
  { sid, sub }: LogoutClaims,
  { repositories: { upstreamSessions } }: BrokerPorts,
): Promise<readonly UpstreamSession[]> {
  if (sid === undefined) return sub === undefined ? [] : upstreamSessions.listBySub(uid, sub)
  const found = await upstreamSessions.listBySid(uid, sid)
  // A session of somebody else is not the one that is meant.
  return found.filter(session => sub === undefined || session.sub === undefined || session.sub === sub)
}

function refusedReply(refusal: Refusal, upstream: Upstream, request: HttpRequest, { journal }: BrokerPorts): Reply {
  const traceCode = journal.recordRefusal('sign-out.refused', refusal, {
    address: request.address,
    requestId: request.requestId,
    detail: { upstream: upstream.alias },
  })
  const { error, description } = refusal
  // Back-Channel Logout §2.8: whatever is wrong with the token, it is a bad request.
  return withTraceCode(jsonReply(400, { error, error_description: description }), traceCode)
}
