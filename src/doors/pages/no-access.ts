/** The page at `/no-access`: the policy of an app keeps somebody out who is signed in. They go on as somebody else, or the app hears no. */

import { formatTraceCode } from '../../core/audit/trace-code.ts'
import type { Client } from '../../core/clients/client.ts'
import { inLanguage } from '../../core/clients/in-language.ts'
import { approvalStep } from '../../core/deferred-grants/approval-step.ts'
import type { DeferredGrant } from '../../core/deferred-grants/deferred-grant.ts'
import { refuseDeferred } from '../../core/deferred-grants/settle-deferred.ts'
import type { Flow } from '../../core/flow/flow.ts'
import { isFormAbout, sealFormToken } from '../../core/flow/flow-handles.ts'
import { nextStep, type SignedIn } from '../../core/flow/next-step.ts'
import { respond } from '../../core/flow/respond.ts'
import { stepFacts } from '../../core/flow/settle.ts'
import { nextVersion, refused, restarted, traced } from '../../core/flow/steps.ts'
import { POLICY_TWO_FACTORS } from '../../core/policies/check-access.ts'
import type { Write } from '../../core/unit-of-work.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply, withTraceCode } from '../../http/replies.ts'
import { errorParams } from '../../spec/authorization-response.ts'
import type { Refusal } from '../../spec/refusal.ts'
import { answerReply } from './answer-page.ts'
import { findApprovalCase } from './approval-step.ts'
import { decided, doneUrl, settlePorts } from './approve.ts'
import { flowSession } from './flow-session.ts'
import { startUrl, visitFlow } from './flow-visit.ts'
import { errorPageReply, flowFrame, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { pageUrl, proceed } from './proceed.ts'
import { shownAccount } from './shown-account.ts'
import { renderNoAccess } from './views/no-access.ts'

/** Somebody is kept out, of what, and why. */
interface KeptOut {
  readonly flow: Flow
  readonly client: Client
  readonly signedIn: SignedIn
  readonly refusal: Refusal
  readonly mayHelp: boolean
  /** What an app waits for elsewhere. */
  readonly deferred?: DeferredGrant
  readonly request: HttpRequest
  readonly now: Date
}

export function noAccessEndpoint(ports: PagesPorts): Endpoint {
  return {
    name: 'no-access',
    path: '/no-access',
    methods: ['GET', 'POST'],
    async handle(request) {
      const now = ports.clock.now()
      const opened = await visitFlow(request, ports, now)
      if (opened.kind === 'closed') return opened.reply
      const { flow, params } = opened
      const found = await findKeptOut(flow, request, now, ports)
      if (!('refusal' in found)) return found
      if (request.method === 'GET') return show(found, ports)
      switch (params.get('decision')) {
        case 'back':
          return isFormAbout(ports.handles, found.signedIn.account.id, params.get('csrf'))
            ? goBack(found, ports)
            : redirectReply(pageUrl('no-access', flow, ports))
        case 'sign-in':
          return signInAgain(found, false, ports)
        case 'other-account':
          return signInAgain(found, true, ports)
        default:
          return redirectReply(pageUrl('no-access', flow, ports))
      }
    },
  }
}

/** Looked at anew each time: a policy that lets them in by now sends them on. */
async function findKeptOut(flow: Flow, request: HttpRequest, now: Date, ports: PagesPorts): Promise<KeptOut | Reply> {
  switch (flow.purpose.kind) {
    case 'authorization':
      return atApp(flow, flow.purpose, request, now, ports)
    case 'approval':
      return atApproval(flow, request, now, ports)
    default:
      return redirectReply(startUrl(flow, ports))
  }
}

async function atApp(
  flow: Flow,
  purpose: Extract<Flow['purpose'], { kind: 'authorization' }>,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<KeptOut | Reply> {
  const client = await ports.repositories.clients.find(purpose.clientUid)
  if (client === undefined)
    return errorPageReply(request, { status: 400, kind: 'unknown-client', traceCode: flow.traceCode }, ports)
  const signedIn = await flowSession(flow, request, now, ports)
  const known = {
    client,
    request: purpose.request,
    signedIn,
    // Asked for behind the policy.
    consent: undefined,
    address: request.address,
    authenticatedInFlow: flow.state.at === 'authenticated',
    approvedInFlow: false,
    now,
  }
  const step = nextStep(await stepFacts(known, ports.settle))
  if (step.kind === 'denied') return { ...step, flow, client, request, now }
  const again = async () => redirectReply(pageUrl('no-access', flow, ports))
  return proceed({ flow, signedIn, approved: false, writes: [], cookies: [], onLost: again }, request, now, ports)
}

async function atApproval(flow: Flow, request: HttpRequest, now: Date, ports: PagesPorts): Promise<KeptOut | Reply> {
  const found = await findApprovalCase(flow, now, ports)
  const signedIn = await flowSession(flow, request, now, ports)
  const about = found?.deferred.state === 'pending' ? { ...found, address: request.address } : undefined
  const isFresh = flow.state.at === 'authenticated'
  const step = about && (await approvalStep(about, isFresh, signedIn, now, ports.settle))
  // The approval page knows what comes of everything else.
  return found !== undefined && step?.kind === 'denied'
    ? { ...step, ...found, flow, request, now }
    : redirectReply(pageUrl('approve', flow, ports))
}

function show({ flow, client, signedIn, refusal, mayHelp, deferred, request }: KeptOut, ports: PagesPorts): Reply {
  const frame = flowFrame(flow, request, ports)
  const isFactor = refusal.rule === POLICY_TWO_FACTORS
  const reply = pageReply(
    renderNoAccess({
      ...frame,
      flowId: flow.id,
      csrf: sealFormToken(ports.handles, flow.id, signedIn.account.id),
      clientName: inLanguage(client, frame.locale).name,
      account: shownAccount(signedIn.account),
      reason: isFactor ? (mayHelp ? 'second-factor' : 'no-second-factor') : 'closed',
      wayBack: deferred === undefined ? 'app' : 'request',
      maySwitch: deferred?.kind !== 'backchannel',
      code: formatTraceCode(flow.traceCode),
    }),
    403,
  )
  return withTraceCode(reply, flow.traceCode)
}

/** RFC 6749 §4.1.2.1, RFC 8628 §3.5: the app hears `access_denied`. */
async function goBack(kept: KeptOut, ports: PagesPorts): Promise<Reply> {
  const { flow, client, refusal, deferred, request, now } = kept
  const { purpose } = flow
  if (deferred !== undefined) return endRequest(kept, deferred, ports)
  if (purpose.kind !== 'authorization') return redirectReply(startUrl(flow, ports))
  const response = await respond(errorParams(refusal), purpose.request, client, ports.settle)
  // The event was written when they were told; the app only hears of it now.
  const done = await advance(refused(flow, now, 'authorize', refusal), [], ports)
  return done
    ? withTraceCode(answerReply(response, purpose.request, request, ports), flow.traceCode)
    : redirectReply(pageUrl('no-access', flow, ports))
}

async function endRequest(kept: KeptOut, deferred: DeferredGrant, ports: PagesPorts): Promise<Reply> {
  const { flow, refusal, now } = kept
  const { writes } = refuseDeferred(decided({ ...kept, deferred }), refusal, settlePorts(ports))
  if (!(await advance(refused(flow, now, 'approval', refusal), writes, ports)))
    return redirectReply(pageUrl('approve', flow, ports))
  ports.notifySoon()
  return redirectReply(doneUrl(flow, ports))
}

async function signInAgain({ flow, now }: KeptOut, switches: boolean, ports: PagesPorts): Promise<Reply> {
  const rule = switches ? 'the person wants to use another account' : POLICY_TWO_FACTORS
  await advance(traced(restarted(flow), now, { step: 'sign-in', outcome: 'shown', rule }), [], ports)
  return redirectReply(`${pageUrl('login', flow, ports)}${switches ? '&switch=yes' : ''}`)
}

async function advance(next: Flow, writes: readonly Write[], ports: PagesPorts): Promise<boolean> {
  const outcome = await ports.journal.commit([...writes, ports.repositories.flows.advance(nextVersion(next))])
  return outcome.committed
}
