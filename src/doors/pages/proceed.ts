/** After each page: the map says what comes next, everything that happened is committed at once, and the browser goes there. */

import type { Client } from '../../core/clients/client.ts'
import type { Consent } from '../../core/consents/consent.ts'
import type { Flow } from '../../core/flow/flow.ts'
import { ruleOfSignIn, type SignedIn } from '../../core/flow/next-step.ts'
import { type Settled, settle } from '../../core/flow/settle.ts'
import { completed, nextVersion, refused, traced } from '../../core/flow/steps.ts'
import type { Write } from '../../core/unit-of-work.ts'
import { authorizationReply } from '../../http/authorization-reply.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
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
  return store(completed(flow), redirectReply(`${ports.issuer}/`, progress.cookies), progress, [], ports)
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
  const settled = await decide(progress, purpose, client, consent, request, now, ports)
  switch (settled.kind) {
    case 'sign-in': {
      const next = traced(flow, now, { step: 'sign-in', outcome: 'shown', rule: ruleOfSignIn(settled.why) })
      return store(next, redirectReply(pageUrl('login', flow, ports), progress.cookies), progress, [], ports)
    }
    case 'consent': {
      const next = traced(flow, now, { step: 'consent', outcome: 'shown', rule: settled.why })
      return store(next, redirectReply(pageUrl('consent', flow, ports), progress.cookies), progress, [], ports)
    }
    case 'issued': {
      const next = traced(flow, now, {
        step: 'code-issued',
        outcome: 'passed',
        rule: settled.why,
        facts: { scopes: settled.grant.scopes },
      })
      return store(
        completed(next, settled.grant.id),
        authorizationReply(settled.response, progress.cookies),
        progress,
        settled.writes,
        ports,
      )
    }
    case 'refused':
      return store(
        refused(flow, now, 'authorize', settled.refusal),
        authorizationReply(settled.response, progress.cookies),
        progress,
        settled.writes,
        ports,
      )
  }
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
    authenticatedInFlow,
    approvedInFlow: approved,
    now,
  }
  const visit = { address: request.address, requestId: request.requestId, traceCode: flow.traceCode }
  return settle(facts, visit, flow.createdAt, ports.settle)
}

export function pageUrl(
  page: 'login' | 'consent' | 'sign-out',
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
