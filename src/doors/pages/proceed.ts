/** After each page: the map says what comes next, everything that happened is committed at once, and the browser goes there. */

import type { Client } from '../../core/clients/client.ts'
import { startableApps } from '../../core/clients/startable-apps.ts'
import { wayBackTo } from '../../core/clients/way-back.ts'
import type { Consent } from '../../core/consents/consent.ts'
import type { Flow } from '../../core/flow/flow.ts'
import { ruleOfSignIn, type SignedIn } from '../../core/flow/next-step.ts'
import { cannotAnswer, type Settled, settle } from '../../core/flow/settle.ts'
import { completed, nextVersion, refused, refusedHere, traced } from '../../core/flow/steps.ts'
import { POLICY_LETS_IN } from '../../core/policies/check-access.ts'
import type { Write } from '../../core/unit-of-work.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import type { ErrorKind } from '../../http/error-page.ts'
import { redirectReply, withTraceCode } from '../../http/replies.ts'
import { type Facts, isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { goOnWith } from './account-errand.ts'
import { answerReply } from './answer-page.ts'
import { errorPageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'

export interface Progress {
  /** The flow as it is stored, with what this page adds to its state and trace. */
  readonly flow: Flow
  readonly signedIn: SignedIn | undefined
  readonly approved: boolean
  /** What this page makes true; committed together with the flow's step. */
  readonly writes: readonly Write[]
  readonly cookies: readonly string[]
  /** When the flow's step or `writes` lose: somebody was first. */
  readonly onLost: (lost: string) => Promise<Reply>
}

export async function proceed(progress: Progress, request: HttpRequest, now: Date, ports: PagesPorts): Promise<Reply> {
  const { flow } = progress
  if (flow.purpose.kind === 'authorization') return proceedToApp(progress, flow.purpose, request, now, ports)
  // The person has signed in and has not decided yet: the approval page looks at it again.
  if (flow.purpose.kind === 'approval')
    return store(flow, redirectReply(pageUrl('approve', flow, ports), progress.cookies), progress, [], ports)
  if (flow.purpose.kind === 'own-pages' && flow.purpose.errand !== undefined) {
    const onward = await goOnWith(flow.purpose.errand, flow, progress.signedIn, now, ports)
    const reply = redirectReply(onward.location, [...progress.cookies, ...onward.cookies])
    return store(completed(flow), reply, progress, onward.writes, ports)
  }
  const next = await destinationOf(flow.purpose, ports)
  return store(completed(flow), redirectReply(next, progress.cookies), progress, [], ports)
}

/** Where somebody goes who signed in with no app's request behind it: an app that begins one of its own (OIDC Core §4), or our pages. */
export async function destinationOf(purpose: Flow['purpose'], { repositories, issuer }: PagesPorts): Promise<string> {
  if (purpose.kind === 'link-identity' || (purpose.kind === 'own-pages' && purpose.errand !== undefined))
    return `${issuer}/account`
  if (purpose.kind !== 'own-pages' || purpose.startClientUid === undefined) return `${issuer}/`
  const client = await repositories.clients.find(purpose.startClientUid)
  const [app] = client === undefined ? [] : startableApps([client], issuer)
  return app?.href ?? `${issuer}/`
}

async function proceedToApp(
  progress: Progress,
  purpose: Extract<Flow['purpose'], { kind: 'authorization' }>,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  const { flow, signedIn } = progress
  const client = await ports.repositories.clients.find(purpose.clientUid)
  if (client === undefined)
    return errorPageReply(request, { status: 400, kind: 'unknown-client', traceCode: flow.traceCode }, ports)
  const consent = signedIn && (await ports.repositories.consents.find(signedIn.account.id, client.uid))
  const settled = await decide(progress, purpose, client, consent, request, now, ports).catch(cannotAnswer)
  if (isRefusal(settled)) return refuseOnPage(settled, 'server-error', flow, client, request, ports)
  // RFC 9126 §7.3: another tab or browser had the answer to this pushed request already.
  const onLost = async (lost: string): Promise<Reply> =>
    lost === 'pushedRequests.use'
      ? refuseOnPage(ANSWERED_BEFORE, 'used', flow, client, request, ports)
      : progress.onLost(lost)
  switch (settled.kind) {
    case 'sign-in': {
      const next = traced(flow, now, { step: 'sign-in', outcome: 'shown', rule: ruleOfSignIn(settled.why) })
      return store(next, redirectReply(pageUrl('login', flow, ports), progress.cookies), progress, [], ports)
    }
    case 'consent': {
      const next = traced(flow, now, { step: 'consent', outcome: 'shown', rule: settled.why })
      return store(next, redirectReply(pageUrl('consent', flow, ports), progress.cookies), progress, [], ports)
    }
    case 'denied': {
      const next = refusedHere(flow, now, settled.refusal)
      const reply = redirectReply(pageUrl('no-access', flow, ports), progress.cookies)
      return store(next, reply, progress, settled.writes, ports)
    }
    case 'issued': {
      const next = traced(letIn(flow, now, settled.policy), now, {
        step: 'code-issued',
        outcome: 'passed',
        rule: settled.why,
        facts: { scopes: settled.grant.scopes },
      })
      return store(
        completed(next, settled.grant.id),
        answerReply(settled.response, purpose.request, request, ports, progress.cookies),
        { ...progress, onLost },
        settled.writes,
        ports,
      )
    }
    case 'refused':
      return store(
        refused(flow, now, 'authorize', settled.refusal),
        withTraceCode(answerReply(settled.response, purpose.request, request, ports, progress.cookies), flow.traceCode),
        progress,
        settled.writes,
        ports,
      )
  }
}

/** Which rule of which policy opened the app, where it has one. */
function letIn(flow: Flow, now: Date, facts: Facts | undefined): Flow {
  return facts === undefined
    ? flow
    : traced(flow, now, { step: 'policy', outcome: 'passed', rule: POLICY_LETS_IN, facts })
}

const ANSWERED_BEFORE = refuse(
  'invalid_request_uri',
  'the pushed request was answered before',
  'RFC 9126 §7.3 a pushed request is answered once',
)

/** There is no answer that could go to the app. Only the app can make another request, so the person is shown the way back there. */
function refuseOnPage(
  refusal: Refusal,
  kind: Extract<ErrorKind, 'used' | 'server-error'>,
  { traceCode }: Flow,
  client: Client,
  request: HttpRequest,
  ports: PagesPorts,
): Reply {
  const { address, requestId } = request
  const about = { clientUid: client.uid, address, requestId, traceCode }
  ports.journal.recordRefusal('authorization.refused', refusal, about)
  const href = wayBackTo(client, ports.issuer)
  const goBack = href === undefined ? {} : { goBack: { href, clientName: client.name } }
  const status = kind === 'used' ? 400 : 500
  return errorPageReply(request, { status, kind, traceCode, ...goBack }, ports)
}

function decide(
  { flow, signedIn, approved }: Progress,
  { request: authorization }: Extract<Flow['purpose'], { kind: 'authorization' }>,
  client: Client,
  consent: Consent | undefined,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Settled> {
  const authenticatedInFlow = flow.state.at === 'authenticated'
  const facts = {
    client,
    request: authorization,
    signedIn,
    consent,
    address: request.address,
    authenticatedInFlow,
    approvedInFlow: approved,
    now,
  }
  const visit = { address: request.address, requestId: request.requestId, traceCode: flow.traceCode }
  return settle(facts, visit, flow.createdAt, ports.settle)
}

export function pageUrl(
  page: 'login' | 'consent' | 'no-access' | 'approve' | 'sign-out' | 'arrive' | 'link-account' | 'profile',
  { id }: Pick<Flow, 'id'>,
  { issuer }: Pick<PagesPorts, 'issuer'>,
): string {
  return `${issuer}/${page}?flow=${id}`
}

async function store(
  next: Flow,
  reply: Reply,
  { writes, onLost }: Progress,
  more: readonly Write[],
  ports: PagesPorts,
): Promise<Reply> {
  const outcome = await ports.journal.commit([...writes, ports.repositories.flows.advance(nextVersion(next)), ...more])
  return outcome.committed ? reply : onLost(outcome.lost)
}
