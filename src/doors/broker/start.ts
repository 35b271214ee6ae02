/** The way out: `/broker/ALIAS/login` and `/broker/ALIAS/register` send a browser to an upstream, for a flow or from a link anywhere. */

import { newTraceCode } from '../../core/audit/trace-code.ts'
import { startableApps } from '../../core/clients/startable-apps.ts'
import { sealFlowCookie } from '../../core/flow/flow-handles.ts'
import { startFlow } from '../../core/flow/steps.ts'
import type { Upstream } from '../../core/upstreams/upstream.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { dropStaleFlowCookies } from '../../http/stale-flow-cookies.ts'
import { addSeconds } from '../../lib/clock.ts'
import { newId, parseId } from '../../lib/id.ts'
import { type Params, printable } from '../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { findFlow, findUpstream, findVisitor, loginUrl, parseQuery } from './broker-visit.ts'
import type { BrokerPorts } from './ports.ts'
import { refuseWithoutFlow } from './refuse-sign-in.ts'
import { checkMayLeave, sendAway } from './send-away.ts'

export function startEndpoints(ports: BrokerPorts): readonly Endpoint[] {
  return [
    { name: 'broker-login', path: '/broker/:alias/login', methods: ['GET'], handle: from => start(from, false, ports) },
    {
      name: 'broker-register',
      path: '/broker/:alias/register',
      methods: ['GET'],
      handle: from => start(from, true, ports),
    },
  ]
}

async function start(request: HttpRequest, registration: boolean, ports: BrokerPorts): Promise<Reply> {
  const now = ports.clock.now()
  const params = parseQuery(request)
  if (isRefusal(params)) return refuseWithoutFlow(params, 'bad-request', request, ports)
  const upstream = await findUpstream(request, ports)
  const flowId = params.get('flow')
  if (isRefusal(upstream)) return refuseWithoutFlow(upstream, 'not-found', request, ports)
  if (flowId === undefined) return startFromLink({ upstream, registration, params }, request, now, ports)
  const found = await findFlow(parseId(flowId), request, now, ports)
  if (found.kind === 'gone') return refuseWithoutFlow(unknownFlow(upstream), 'stale', request, ports)
  // The sign-in page knows what to say about a flow that is over or another browser's, and where a sign-out goes on.
  if (found.kind !== 'open' || found.flow.purpose.kind === 'sign-out') return redirectReply(loginUrl(found.flow, ports))
  return sendAway({ upstream, flow: found.flow, registration, params }, request, now, ports)
}

function unknownFlow({ alias }: Upstream): Refusal {
  return refuse('invalid_request', 'the sign-in is unknown or long over', 'the sign-in is still under way', {
    upstream: alias,
  })
}

/** From a link or a button on any site: to our own pages, or to an app that is asked to begin (OIDC Core §4). Never to a given URL. */
async function startFromLink(
  leaving: { readonly upstream: Upstream; readonly registration: boolean; readonly params: Params },
  request: HttpRequest,
  now: Date,
  ports: BrokerPorts,
): Promise<Reply> {
  const { upstream, params } = leaving
  const app = await findApp(params.get('client_id'), ports)
  if (isRefusal(app)) return refuseWithoutFlow(app, 'bad-request', request, ports)
  const started = startFlow({
    id: newId(now, ports.random),
    traceCode: newTraceCode(ports.random),
    purpose: { kind: 'own-pages', ...(app === undefined ? {} : { startClientUid: app.uid }) },
    now,
    expiresAt: addSeconds(now, ports.flowSeconds),
  })
  const unfit = checkMayLeave(started, upstream)
  if (unfit !== undefined) return refuseWithoutFlow(unfit, 'not-found', request, ports)
  // Whoever is signed in has nothing to prove here, and a link from elsewhere changes nothing about who they are.
  if ((await findVisitor(request, now, ports)) !== undefined) return redirectReply(app?.href ?? `${ports.issuer}/`)
  const { handles } = ports.keys
  const newCookies = [
    ports.cookies.set(`flow-${started.id}`, sealFlowCookie(handles, started.id), ports.flowSeconds),
    ...dropStaleFlowCookies(request.cookie, ports.cookies),
  ]
  return sendAway({ ...leaving, flow: started, newCookies }, request, now, ports)
}

async function findApp(clientId: string | undefined, { repositories, issuer }: BrokerPorts) {
  if (clientId === undefined) return undefined
  const client = await repositories.clients.findByClientId(clientId)
  const [app] = client === undefined ? [] : startableApps([client], issuer)
  if (client !== undefined && app !== undefined) return { uid: client.uid, href: app.href }
  return refuse(
    'invalid_request',
    'this app cannot be started from here',
    'OIDC Core §4 the app has an initiate_login_uri, and an operator put it there',
    { client_id: printable(clientId, 100) },
  )
}
