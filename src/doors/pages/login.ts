/** The sign-in page: GET shows it, POST proves who one is. */

import { newTraceCode } from '../../core/audit/trace-code.ts'
import type { Flow } from '../../core/flow/flow.ts'
import { sealFlowCookie } from '../../core/flow/flow-handles.ts'
import { nextStep, type SignedIn, type SignInReason } from '../../core/flow/next-step.ts'
import { stepFacts } from '../../core/flow/settle.ts'
import { startFlow } from '../../core/flow/steps.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { addSeconds } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'

import { approvalSignInReason } from './approval-step.ts'
import { flowSession } from './flow-session.ts'
import { visitFlow } from './flow-visit.ts'
import { loginPage } from './login-page.ts'
import type { PagesPorts } from './ports.ts'
import { pageUrl, proceed } from './proceed.ts'
import { submitLogin } from './submit-login.ts'

export function loginEndpoint(ports: PagesPorts): Endpoint {
  return {
    name: 'login',
    path: '/login',
    methods: ['GET', 'POST'],
    async handle(request) {
      const now = ports.clock.now()
      if (request.method === 'GET' && !request.query.includes('flow=')) return beginOwnFlow(request, now, ports)
      const visit = await visitFlow(request, ports, now)
      if (visit.kind === 'closed') return visit.reply
      const { flow, params } = visit
      if (flow.purpose.kind === 'sign-out') return redirectReply(pageUrl('sign-out', flow, ports))
      return request.method === 'GET'
        ? showLogin(flow, params.get('switch') === 'yes', request, now, ports)
        : submitLogin(flow, params, request, now, ports)
    },
  }
}

/** Signing in to our own pages, with no app behind it. */
async function beginOwnFlow(request: HttpRequest, now: Date, ports: PagesPorts): Promise<Reply> {
  if ((await flowSession(undefined, request, now, ports)) !== undefined) return redirectReply(`${ports.issuer}/`)
  const flow = startFlow({
    id: newId(now, ports.random),
    traceCode: newTraceCode(ports.random),
    purpose: { kind: 'own-pages' },
    now,
    expiresAt: addSeconds(now, ports.flowSeconds),
  })
  await ports.journal.commit([ports.repositories.flows.insert(flow)])
  const cookie = ports.cookies.set(`flow-${flow.id}`, sealFlowCookie(ports.handles, flow.id), ports.flowSeconds)
  return redirectReply(pageUrl('login', flow, ports), [cookie])
}

async function showLogin(
  flow: Flow,
  otherAccount: boolean,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  const signedIn = await flowSession(flow, request, now, ports)
  const reason = otherAccount ? 'no-session' : await signInReason(flow, signedIn, now, ports)
  if (reason !== undefined) return loginPage(flow, { signedIn, reason }, request, ports)
  // Signed in in another tab meanwhile: nothing is left to ask here.
  const again = async () => redirectReply(pageUrl('login', flow, ports))
  return proceed({ flow, signedIn, approved: false, writes: [], cookies: [], onLost: again }, request, now, ports)
}

async function signInReason(
  flow: Flow,
  signedIn: SignedIn | undefined,
  now: Date,
  ports: PagesPorts,
): Promise<SignInReason | undefined> {
  if (flow.purpose.kind === 'approval') return approvalSignInReason(flow, signedIn, now, ports)
  if (flow.purpose.kind !== 'authorization') return signedIn === undefined ? 'no-session' : undefined
  const client = await ports.repositories.clients.find(flow.purpose.clientUid)
  if (client === undefined) return undefined
  const authenticatedInFlow = flow.state.at === 'authenticated'
  const known = {
    client,
    request: flow.purpose.request,
    signedIn,
    consent: undefined,
    authenticatedInFlow,
    approvedInFlow: false,
    now,
  }
  const step = nextStep(stepFacts(known, ports.settle))
  return step.kind === 'sign-in' ? step.why : undefined
}
