/** The sign-out page: asks before it ends the session, for an app (RP-Initiated Logout §2) or from our own pages. */

import { newTraceCode } from '../../core/audit/trace-code.ts'
import { afterSignOut } from '../../core/flow/after-sign-out.ts'
import type { Flow } from '../../core/flow/flow.ts'
import { isFormToken, sealFlowCookie, sealFormToken } from '../../core/flow/flow-handles.ts'
import type { SignedIn } from '../../core/flow/next-step.ts'
import { completed, nextVersion, startFlow, traced } from '../../core/flow/steps.ts'
import { endSession, type SignedOut, type SignOut } from '../../core/sessions/end-session.ts'
import { furtherFor } from '../../core/upstreams/sign-out/leave.ts'
import { furtherOf, type LogoutParameters } from '../../core/upstreams/sign-out/logout-parameters.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { addSeconds } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import { type Params, parseParams } from '../../spec/params.ts'
import { isRefusal, type Refusal } from '../../spec/refusal.ts'
import { flowSession } from './flow-session.ts'
import { visitFlow } from './flow-visit.ts'
import { frameOf, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { shownAccount } from './shown-account.ts'
import { renderSignOut } from './views/sign-out.ts'

export function signOutEndpoint(ports: PagesPorts): Endpoint {
  return {
    name: 'sign-out',
    path: '/sign-out',
    methods: ['GET', 'POST'],
    async handle(request) {
      const now = ports.clock.now()
      const params = parseParams(request.method === 'POST' ? request.body : request.query)
      if (isRefusal(params) || params.get('flow') === undefined) return ownSignOut(request, params, now, ports)
      const visit = await visitFlow(request, ports, now)
      if (visit.kind === 'closed') return visit.reply
      return forApp(visit.flow, visit.params, request, now, ports)
    },
  }
}

async function forApp(flow: Flow, params: Params, request: HttpRequest, now: Date, ports: PagesPorts): Promise<Reply> {
  const { purpose } = flow
  if (purpose.kind !== 'sign-out') return redirectReply(`${ports.issuer}/login?flow=${flow.id}`)
  const signedIn = await flowSession(flow, request, now, ports)
  if (request.method === 'GET' && signedIn !== undefined) return showSignOut(flow, signedIn, [], request, ports)
  const leaves = params.get('decision') === 'sign-out'
  if (request.method === 'POST' && !leaves) {
    await finish(flow, 'the person stays signed in', ports, now)
    return redirectReply(`${ports.issuer}/`)
  }
  const drop = ports.cookies.drop('session')
  const ended =
    signedIn === undefined ? undefined : await leaveAs(signedIn, { ...flow, purpose }, true, request, now, ports)
  if (ended?.kind === 'visit') return redirectReply(ended.url, [drop])
  if (ended?.kind !== 'done') await finish(flow, 'the person signed out', ports, now)
  return redirectReply(afterSignOut(purpose, ports.issuer), [drop])
}

async function finish(flow: Flow, rule: string, ports: PagesPorts, now: Date): Promise<void> {
  const next = nextVersion(completed(traced(flow, now, { step: 'sign-out', outcome: 'passed', rule })))
  await ports.journal.commit([ports.repositories.flows.advance(next)])
}

async function showSignOut(
  flow: Flow | undefined,
  { account, session }: SignedIn,
  further: LogoutParameters,
  request: HttpRequest,
  ports: PagesPorts,
): Promise<Reply> {
  const clientUid = flow?.purpose.kind === 'sign-out' ? flow.purpose.clientUid : undefined
  const client = clientUid === undefined ? undefined : await ports.repositories.clients.find(clientUid)
  return pageReply(
    renderSignOut({
      ...frameOf(request, ports),
      flowId: flow?.id,
      csrf: sealFormToken(ports.handles, flow?.id ?? session.id),
      account: shownAccount(account),
      client,
      further,
    }),
  )
}

/** From our own pages: the form is bound to the session itself. */
async function ownSignOut(
  request: HttpRequest,
  params: Params | Refusal,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  const signedIn = await flowSession(undefined, request, now, ports)
  if (signedIn === undefined) return redirectReply(`${ports.issuer}/signed-out`)
  const further = isRefusal(params) ? [] : await furtherFor(signedIn.session.id, furtherOf(params), ports)
  if (isRefusal(params) || request.method === 'GET') return showSignOut(undefined, signedIn, further, request, ports)
  if (!isFormToken(ports.handles, signedIn.session.id, params.get('csrf')))
    return redirectReply(`${ports.issuer}/sign-out`)
  if (params.get('decision') === 'stay') return redirectReply(`${ports.issuer}/`)
  const purpose = { kind: 'sign-out', further } as const
  const flow = startFlow({
    id: newId(now, ports.random),
    traceCode: newTraceCode(ports.random),
    purpose,
    now,
    expiresAt: addSeconds(now, ports.flowSeconds),
  })
  const drop = ports.cookies.drop('session')
  const ended = await leaveAs(signedIn, { ...flow, purpose }, false, request, now, ports)
  if (ended.kind !== 'visit') return redirectReply(`${ports.issuer}/signed-out`, [drop])
  const cookie = ports.cookies.set(`flow-${flow.id}`, sealFlowCookie(ports.handles, flow.id), ports.flowSeconds)
  return redirectReply(ended.url, [drop, cookie])
}

function leaveAs(
  signedIn: SignedIn,
  flow: SignOut['flow'],
  isStored: boolean,
  { address, requestId }: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<SignedOut> {
  return endSession({ signedIn, flow, isStored, address, requestId, now }, ports.handles, ports)
}
