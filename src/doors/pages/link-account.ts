/** The page at `/link-account`: an account may be theirs, and the person says how they prove it, or that it is not. */

import type { Flow } from '../../core/flow/flow.ts'
import { traced } from '../../core/flow/steps.ts'
import { openArrival } from '../../core/upstreams/arrival/open-arrival.ts'
import { useUpAnswer } from '../../core/upstreams/arrival/settle-arrival.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { askedProof, leave, toPage, waitingAnswer, wayOut, withoutUpstream } from './arrival-progress.ts'
import { visitFlow } from './flow-visit.ts'
import { findOpenLink, mayProve, type OpenLink } from './link-proven.ts'
import type { PagesPorts } from './ports.ts'
import { pageUrl } from './proceed.ts'
import { sendLinkMail } from './send-link-mail.ts'
import { showLinkAccount } from './show-link-account.ts'

export function linkAccountEndpoint(ports: PagesPorts): Endpoint {
  return {
    name: 'link-account',
    path: '/link-account',
    methods: ['GET', 'POST'],
    async handle(request) {
      const now = ports.clock.now()
      const visit = await visitFlow(request, ports, now)
      if (visit.kind === 'closed') return visit.reply
      const { flow, params } = visit
      const choice = request.method === 'POST' ? params.get('choice') : undefined
      if (choice === 'cancel') return cancel(flow, now, ports)
      const { upstream } = flow
      if (upstream?.at !== 'linking') return redirectReply(pageUrl('arrive', flow, ports))
      const open = await findOpenLink(flow, upstream, now, ports)
      // The account, its settings or its links have changed since: it is decided again.
      if (open === undefined) return decideAgain(flow, ports)
      if (choice !== undefined) return choose(choice, flow, open, request, now, ports)
      const problem = params.get('problem') === 'other-account' ? ({ kind: 'other-account' } as const) : undefined
      return showLinkAccount(flow, open, problem, request, ports)
    },
  }
}

function choose(
  choice: string,
  flow: Flow,
  open: OpenLink,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> | Reply {
  const { account, mayUseAnother, mayDecline } = open.offer
  const { attempt } = open.arrival
  const { entered } = open.facts
  if (choice === 'mail' && mayProve(open, 'mail')) return sendLinkMail(flow, open, request, now, ports)
  if (choice === 'sign_in' && mayProve(open, 'sign_in')) {
    const { mailedAt } = flow.pendingLink ?? {}
    const pendingLink = {
      attemptId: attempt.id,
      accountId: account.id,
      ...(entered && { entered }),
      ...(mailedAt && { mailedAt }),
    }
    return toPage('login', { ...flow, pendingLink }, [], ports)
  }
  if (choice === 'other' && mayUseAnother) return redirectReply(pageUrl('profile', flow, ports))
  if (choice === 'not-mine' && mayDecline) {
    const upstream = {
      at: 'answered',
      attemptId: attempt.id,
      declined: account.id,
      ...(entered && { entered }),
    } as const
    return toPage('arrive', { ...withoutUpstream(flow), upstream }, [], ports)
  }
  return redirectReply(pageUrl('link-account', flow, ports))
}

function decideAgain(flow: Flow, ports: PagesPorts): Promise<Reply> | Reply {
  const waiting = waitingAnswer(flow)
  if (waiting === undefined) return leave(flow, ports)
  const { attemptId, entered } = waiting
  const upstream = { at: 'answered', attemptId, ...(entered && { entered }) } as const
  return toPage('arrive', { ...withoutUpstream(flow), upstream }, [], ports)
}

/** Given up: the answer of the upstream is worth nothing any more. */
async function cancel(flow: Flow, now: Date, ports: PagesPorts): Promise<Reply> {
  const attemptId = waitingAnswer(flow)?.attemptId ?? askedProof(flow)?.attemptId
  if (attemptId === undefined) return leave(flow, ports)
  const opened = await openArrival(attemptId, flow, now, ports)
  const used = opened.kind === 'open' ? [useUpAnswer(opened.arrival, ports)] : []
  const given = traced(withoutUpstream(flow), now, {
    step: 'linking',
    outcome: 'refused',
    rule: 'the person went back',
  })
  await toPage('login', given, used, ports)
  return redirectReply(wayOut(flow, ports))
}
