/** The sign-in page: GET shows it, POST proves who one is. */

import { newTraceCode } from '../../core/audit/trace-code.ts'
import { errandReason } from '../../core/flow/errand.ts'
import type { Flow } from '../../core/flow/flow.ts'
import { sealFlowCookie } from '../../core/flow/flow-handles.ts'
import { nextStep, type SignedIn, type SignInReason } from '../../core/flow/next-step.ts'
import { stepFacts } from '../../core/flow/settle.ts'
import { startFlow, traced } from '../../core/flow/steps.ts'
import { type Choice, chooseUpstream } from '../../core/upstreams/setting-out/choose-upstream.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { addSeconds } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import type { Params } from '../../spec/params.ts'

import { approvalSignInReason } from './approval-step.ts'
import { askedProof } from './arrival-progress.ts'
import { flowSession } from './flow-session.ts'
import { visitFlow } from './flow-visit.ts'
import { loginPage } from './login-page.ts'
import { cancelledUpstream, upstreamUrl } from './login-upstreams.ts'
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
        ? showLogin(flow, params, request, now, ports)
        : submitLogin(flow, params, request, now, ports)
    },
  }
}

/** Signing in to our own pages, with no app behind it. */
async function beginOwnFlow(request: HttpRequest, now: Date, ports: PagesPorts): Promise<Reply> {
  if ((await flowSession(undefined, request, now, ports)) !== undefined) return redirectReply(`${ports.issuer}/`)
  const started = startFlow({
    id: newId(now, ports.random),
    traceCode: newTraceCode(ports.random),
    purpose: { kind: 'own-pages' },
    now,
    expiresAt: addSeconds(now, ports.flowSeconds),
  })
  // `choose=yes`: the page with all ways to sign in, also when people go to an upstream at once and it is broken.
  const chosen: Choice = request.query.split('&').includes('choose=yes')
    ? { lines: [] }
    : chooseUpstream(await ports.repositories.upstreams.list(), { defaultAlias: ports.upstreams.defaultAlias })
  const flow = chosen.lines.reduce((current, line) => traced(current, now, line), started)
  await ports.journal.commit([ports.repositories.flows.insert(flow)])
  const cookie = ports.cookies.set(`flow-${flow.id}`, sealFlowCookie(ports.handles, flow.id), ports.flowSeconds)
  const next =
    chosen.upstream === undefined ? pageUrl('login', flow, ports) : upstreamUrl(chosen.upstream.alias, flow, [], ports)
  return redirectReply(next, [cookie])
}

async function showLogin(
  flow: Flow,
  params: Params,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  const signedIn = await flowSession(flow, request, now, ports)
  const switches = params.get('switch') === 'yes'
  // A proof is asked for here: being signed in already is none.
  const asks = switches || askedProof(flow) !== undefined
  const reason = asks ? 'no-session' : await signInReason(flow, signedIn, request, now, ports)
  if (reason !== undefined) {
    const upstreamName = await cancelledUpstream(params, ports)
    const problem = upstreamName === undefined ? {} : { problem: { kind: 'cancelled', upstreamName } as const }
    return loginPage(flow, { signedIn, reason, switches, ...problem }, request, ports)
  }
  // Signed in in another tab meanwhile: nothing is left to ask here.
  const again = async () => redirectReply(pageUrl('login', flow, ports))
  return proceed({ flow, signedIn, approved: false, writes: [], cookies: [], onLost: again }, request, now, ports)
}

async function signInReason(
  flow: Flow,
  signedIn: SignedIn | undefined,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<SignInReason | undefined> {
  if (flow.purpose.kind === 'approval') return approvalSignInReason(flow, signedIn, request.address, now, ports)
  if (flow.purpose.kind !== 'authorization') return errandReason(flow, signedIn)
  const client = await ports.repositories.clients.find(flow.purpose.clientUid)
  if (client === undefined) return undefined
  const authenticatedInFlow = flow.state.at === 'authenticated'
  const known = {
    client,
    request: flow.purpose.request,
    signedIn,
    consent: undefined,
    address: request.address,
    authenticatedInFlow,
    approvedInFlow: false,
    now,
  }
  const step = nextStep(await stepFacts(known, ports.settle))
  return step.kind === 'sign-in' ? step.why : undefined
}
