/** The page at `/approve` (RFC 8628 §3.3, CIBA Core §8): a person allows or denies what an app waits for elsewhere. */

import { titlesOfScope } from '../../core/attributes/custom-claims.ts'
import { approvalStep } from '../../core/deferred-grants/approval-step.ts'
import {
  approveDeferred,
  type Decided,
  denyDeferred,
  refusalEvent,
} from '../../core/deferred-grants/settle-deferred.ts'
import type { Flow } from '../../core/flow/flow.ts'
import { isFormAbout, sealFormToken } from '../../core/flow/flow-handles.ts'
import { ruleOfSignIn, type SignedIn } from '../../core/flow/next-step.ts'
import { completed, nextVersion, refused, refusedHere, restarted, traced } from '../../core/flow/steps.ts'
import type { Write } from '../../core/unit-of-work.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { parseId } from '../../lib/id.ts'
import { type Params, parseParams } from '../../spec/params.ts'
import { isRefusal, type Refusal } from '../../spec/refusal.ts'
import { formatUserCode } from '../../spec/user-code.ts'
import { type ApprovalCase, findApprovalCase } from './approval-step.ts'
import { beginApproval } from './begin-approval.ts'
import { flowSession } from './flow-session.ts'
import { startUrl, visitFlow } from './flow-visit.ts'
import { errorPageReply, frameOf, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { pageUrl } from './proceed.ts'
import { shownAccount } from './shown-account.ts'
import { shownClient } from './shown-client.ts'
import { renderApproval } from './views/approval.ts'

interface ApprovalVisit extends ApprovalCase {
  readonly flow: Flow
  readonly signedIn: SignedIn
  readonly request: HttpRequest
  readonly now: Date
}

export function approveEndpoint(ports: PagesPorts): Endpoint {
  return {
    name: 'approve',
    path: '/approve',
    methods: ['GET', 'POST'],
    async handle(request) {
      const now = ports.clock.now()
      if (request.method === 'GET' && !request.query.includes('flow=')) return open(request, now, ports)
      const opened = await visitFlow(request, ports, now)
      if (opened.kind === 'closed') return opened.reply
      const { flow, params } = opened
      if (flow.purpose.kind !== 'approval') return redirectReply(pageUrl('login', flow, ports))
      const found = await findApprovalCase(flow, now, ports)
      if (found === undefined) return over(flow, request, ports)
      if (found.deferred.state !== 'pending') return redirectReply(doneUrl(flow, ports))
      const signedIn = await flowSession(flow, request, now, ports)
      const about = { ...found, address: request.address }
      const step = await approvalStep(about, flow.state.at === 'authenticated', signedIn, now, ports.settle)
      if (step.kind === 'sign-in') return askToSignIn(flow, step.why, now, ports)
      const visit = { ...found, flow, signedIn: step.signedIn, request, now }
      return step.kind === 'denied' ? tellNoAccess(visit, step.refusal, ports) : answer(visit, params, ports)
    },
  }
}

export function doneUrl({ id }: Pick<Flow, 'id'>, { issuer }: Pick<PagesPorts, 'issuer'>): string {
  return `${issuer}/approve/done?flow=${id}`
}

/** From the front page, which lists what waits: `?request=` names one of them. */
async function open(request: HttpRequest, now: Date, ports: PagesPorts): Promise<Reply> {
  const params = parseParams(request.query)
  const id = isRefusal(params) ? undefined : parseId<'deferred-grant'>(params.get('request'))
  const deferred = id === undefined ? undefined : await ports.repositories.deferredGrants.find(id)
  // A device's request is opened by its code alone: the code is what the person compares.
  if (deferred?.kind !== 'backchannel' || deferred.state !== 'pending' || deferred.expiresAt <= now)
    return errorPageReply(request, { status: 400, kind: 'stale', retryUrl: `${ports.issuer}/` }, ports)
  return beginApproval(deferred, await ports.repositories.clients.find(deferred.clientUid), request, now, ports)
}

/** The time is over, or the app is gone: there is nothing left to decide. */
function over(flow: Flow, request: HttpRequest, ports: PagesPorts): Reply {
  const page = { status: 400, kind: 'stale', retryUrl: startUrl(flow, ports), traceCode: flow.traceCode } as const
  return errorPageReply(request, page, ports)
}

async function askToSignIn(
  flow: Flow,
  reason: Parameters<typeof ruleOfSignIn>[0],
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  const asked = traced(flow, now, { step: 'sign-in', outcome: 'shown', rule: ruleOfSignIn(reason) })
  await ports.journal.commit([ports.repositories.flows.advance(nextVersion(asked))])
  return redirectReply(pageUrl('login', flow, ports))
}

/** The app is not for them. The request stays open: somebody else may type the code, or they sign in as somebody else. */
async function tellNoAccess(visit: ApprovalVisit, refusal: Refusal, ports: PagesPorts): Promise<Reply> {
  const { flow, now } = visit
  const told = nextVersion(refusedHere(flow, now, refusal))
  const event = refusalEvent(decided(visit), refusal, ports)
  await ports.journal.commit([ports.repositories.flows.advance(told), event])
  return redirectReply(pageUrl('no-access', flow, ports))
}

async function answer(visit: ApprovalVisit, params: Params, ports: PagesPorts): Promise<Reply> {
  const { flow, signedIn, request } = visit
  if (request.method === 'GET') return show(visit, ports)
  const decision = params.get('decision')
  if (decision === 'other-account') return switchAccount(visit, ports)
  // Between the page and its form somebody else may have signed in: a decision counts for the account that was shown.
  if (!isFormAbout(ports.handles, signedIn.account.id, params.get('csrf')))
    return redirectReply(pageUrl('approve', flow, ports))
  if (decision === 'approve') return approve(visit, ports)
  return decision === 'deny' ? deny(visit, ports) : redirectReply(pageUrl('approve', flow, ports))
}

async function show({ flow, deferred, client, signedIn, request }: ApprovalVisit, ports: PagesPorts): Promise<Reply> {
  const { terms, userCode, createdAt } = deferred
  const frame = frameOf(request, ports)
  const definitions = await ports.repositories.attributeDefinitions.list()
  return pageReply(
    renderApproval({
      ...frame,
      flowId: flow.id,
      csrf: sealFormToken(ports.handles, flow.id, signedIn.account.id),
      client: shownClient(client, frame.locale, ports),
      account: shownAccount(signedIn.account),
      asked:
        userCode === undefined
          ? { kind: 'backchannel', bindingMessage: terms.bindingMessage }
          : { kind: 'device', userCode: formatUserCode(userCode) },
      address: terms.address,
      userAgent: terms.userAgent,
      requestedAt: createdAt,
      scopes: terms.scopes.map(scope => ({ scope, titles: titlesOfScope(scope, definitions), isNew: false })),
      resources: (terms.resources ?? []).map(uri => ({
        uri,
        name: ports.settle.resources.find(uri)?.name ?? uri,
        isNew: false,
      })),
      details: terms.authorizationDetails ?? [],
    }),
  )
}

async function approve(visit: ApprovalVisit, ports: PagesPorts): Promise<Reply> {
  const { flow, deferred, signedIn, now } = visit
  const { grant, writes } = approveDeferred(decided(visit), settlePorts(ports))
  const allowed = traced(flow, now, {
    step: 'approval',
    outcome: 'passed',
    rule: 'the person allowed it',
    facts: { username: signedIn.account.username, scopes: deferred.terms.scopes },
  })
  return settle(visit, completed(allowed, grant.id), writes, ports)
}

async function deny(visit: ApprovalVisit, ports: PagesPorts): Promise<Reply> {
  const { refusal, writes } = denyDeferred(decided(visit), settlePorts(ports))
  return settle(visit, refused(visit.flow, visit.now, 'approval', refusal), writes, ports)
}

/** One decision counts, whichever page or browser it comes from. Whoever was late sees what was decided. */
async function settle(
  { flow }: ApprovalVisit,
  next: Flow,
  writes: readonly Write[],
  ports: PagesPorts,
): Promise<Reply> {
  const outcome = await ports.journal.commit([...writes, ports.repositories.flows.advance(nextVersion(next))])
  if (!outcome.committed) return redirectReply(pageUrl('approve', flow, ports))
  ports.notifySoon()
  return redirectReply(doneUrl(flow, ports))
}

export function decided({ deferred, client, signedIn, request, now }: Omit<ApprovalVisit, 'flow'>): Decided {
  const { address, requestId } = request
  return { deferred, client, signedIn, visit: { address, requestId }, now }
}

export function settlePorts({ settle, repositories }: PagesPorts) {
  return { ...settle, deferredGrants: repositories.deferredGrants }
}

async function switchAccount({ flow, now }: ApprovalVisit, ports: PagesPorts): Promise<Reply> {
  const next = traced(restarted(flow), now, {
    step: 'sign-in',
    outcome: 'shown',
    rule: 'the person wants to use another account',
  })
  await ports.journal.commit([ports.repositories.flows.advance(nextVersion(next))])
  return redirectReply(`${pageUrl('login', flow, ports)}&switch=yes`)
}
