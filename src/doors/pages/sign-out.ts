/** The sign-out page: asks before it ends the session, for an app (RP-Initiated Logout §2) or from our own pages. */

import { newTraceCode } from '../../core/audit/trace-code.ts'
import type { Flow } from '../../core/flow/flow.ts'
import { isFormToken, sealFormToken } from '../../core/flow/flow-handles.ts'
import type { SignedIn } from '../../core/flow/next-step.ts'
import { completed, nextVersion, traced } from '../../core/flow/steps.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { encodeParams, type Params, parseParams } from '../../spec/params.ts'
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
  if (request.method === 'GET' && signedIn !== undefined) return showSignOut(flow, signedIn, request, ports)
  const leaves = params.get('decision') === 'sign-out'
  if (request.method === 'POST' && !leaves)
    return finish(flow, `${ports.issuer}/`, 'the person stays signed in', [], ports, now)
  if (signedIn !== undefined) await endSession(signedIn, flow, request, now, ports)
  return finish(flow, afterwards(purpose, ports), 'the person signed out', [ports.cookies.drop('session')], ports, now)
}

async function finish(
  flow: Flow,
  location: string,
  rule: string,
  cookies: readonly string[],
  ports: PagesPorts,
  now: Date,
): Promise<Reply> {
  const next = nextVersion(completed(traced(flow, now, { step: 'sign-out', outcome: 'passed', rule })))
  await ports.journal.commit([ports.repositories.flows.advance(next)])
  return redirectReply(location, cookies)
}

/** RP-Initiated Logout §3: back to the app, with its state and nothing else. */
function afterwards(
  { redirectUri, state }: Extract<Flow['purpose'], { kind: 'sign-out' }>,
  { issuer }: PagesPorts,
): string {
  if (redirectUri === undefined) return `${issuer}/signed-out`
  const query = encodeParams([['state', state]])
  return query === '' ? redirectUri : `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query}`
}

async function showSignOut(
  flow: Flow | undefined,
  { account, session }: SignedIn,
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
  if (isRefusal(params) || request.method === 'GET') return showSignOut(undefined, signedIn, request, ports)
  if (!isFormToken(ports.handles, signedIn.session.id, params.get('csrf')))
    return redirectReply(`${ports.issuer}/sign-out`)
  if (params.get('decision') === 'stay') return redirectReply(`${ports.issuer}/`)
  await endSession(signedIn, undefined, request, now, ports)
  return redirectReply(`${ports.issuer}/signed-out`, [ports.cookies.drop('session')])
}

async function endSession(
  { session, account }: SignedIn,
  flow: Flow | undefined,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<void> {
  const clientUid = flow?.purpose.kind === 'sign-out' ? flow.purpose.clientUid : undefined
  const event = ports.journal.record('sign-out.succeeded', {
    at: now,
    accountId: account.id,
    ...(clientUid === undefined ? {} : { clientUid }),
    address: request.address,
    requestId: request.requestId,
    traceCode: flow?.traceCode ?? newTraceCode(ports.random),
    detail: { session: session.id },
  })
  // Losing means that another tab has just ended it: what was wanted is so.
  await ports.journal.commit([ports.repositories.sessions.end(session.id, now), event])
}
