/** A browser comes to a page of a flow: is it the flow's browser, and does the flow still wait for an answer? */

import type { Flow } from '../../core/flow/flow.ts'
import { isFlowCookie, isFormToken } from '../../core/flow/flow-handles.ts'
import { respond } from '../../core/flow/respond.ts'
import { isOver } from '../../core/flow/steps.ts'
import { sealCode } from '../../core/handles/token-handles.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { parseId } from '../../lib/id.ts'
import { asQuery, type Params, parseParams } from '../../spec/params.ts'
import { isRefusal } from '../../spec/refusal.ts'
import { answerReply } from './answer-page.ts'
import { errorPageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { destinationOf } from './proceed.ts'
import { refuseApp } from './refuse-app.ts'

export type FlowVisit =
  | { readonly kind: 'open'; readonly flow: Flow; readonly params: Params }
  | { readonly kind: 'closed'; readonly reply: Reply }

/** A flow this young whose cookie does not come back: the browser keeps none, and starting again would go round for ever. */
const NO_COOKIES_MS = 10_000

export async function visitFlow(request: HttpRequest, ports: PagesPorts, now: Date): Promise<FlowVisit> {
  const params = parseParams(request.method === 'POST' ? request.body : request.query)
  if (isRefusal(params)) return closed(errorPageReply(request, { status: 400, kind: 'bad-request' }, ports))
  const flowId = parseId<'flow'>(params.get('flow'))
  const flow = flowId === undefined ? undefined : await ports.repositories.flows.find(flowId)
  if (flow === undefined)
    return closed(errorPageReply(request, { status: 400, kind: 'stale', retryUrl: `${ports.issuer}/` }, ports))
  const bound = isFlowCookie(ports.handles, flow.id, ports.cookies.read(request.cookie, `flow-${flow.id}`))
  if (!bound) return closed(startAgain(flow, 'no-cookies', request, now, ports))
  // Every form carries its flow's token: a form on another site can bring the cookie, but not this.
  if (request.method === 'POST' && !isFormToken(ports.handles, flow.id, params.get('csrf')))
    return closed(startAgain(flow, 'stale', request, now, ports))
  const refused = await refuseApp(flow, request, ports)
  if (refused !== undefined) return closed(refused)
  if (isOver(flow, now)) return closed(await answerAgain(flow, request, ports))
  return { kind: 'open', flow, params }
}

function closed(reply: Reply): FlowVisit {
  return { kind: 'closed', reply }
}

/** Where the person set out: the app's own request, or our own pages. A stale page starts there instead of dying. */
export function startUrl({ purpose }: Flow, { issuer }: Pick<PagesPorts, 'issuer'>): string {
  switch (purpose.kind) {
    case 'authorization':
      return `${issuer}/authorize?${asQuery(purpose.request.query)}`
    case 'sign-out':
      return `${issuer}/sign-out`
    case 'approval':
      return purpose.of === 'device' ? `${issuer}/device` : `${issuer}/`
    case 'own-pages':
      return purpose.errand === undefined ? `${issuer}/login` : `${issuer}/account`
    case 'link-identity':
      return `${issuer}/account`
  }
}

function startAgain(
  flow: Flow,
  kind: 'no-cookies' | 'stale',
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Reply {
  const retryUrl = startUrl(flow, ports)
  const young = now.getTime() - flow.createdAt.getTime() < NO_COOKIES_MS
  return young
    ? errorPageReply(request, { status: 400, kind, retryUrl, traceCode: flow.traceCode }, ports)
    : redirectReply(retryUrl)
}

/**
 * The flow has its answer. A button pressed twice gets the same answer again as long as the app has not used the code;
 * a page from yesterday starts at the app's request again.
 */
async function answerAgain(flow: Flow, request: HttpRequest, ports: PagesPorts): Promise<Reply> {
  const { purpose, state } = flow
  if (purpose.kind === 'approval' && (state.at === 'completed' || state.at === 'refused'))
    return redirectReply(`${ports.issuer}/approve/done?flow=${flow.id}`)
  if (purpose.kind === 'own-pages' && state.at === 'completed')
    return redirectReply(await destinationOf(purpose, ports))
  if (purpose.kind === 'authorization' && state.at === 'completed' && state.grantId !== undefined) {
    const facts = await ports.repositories.grants.find(state.grantId)
    const unused =
      facts !== undefined && facts.grant.redeemedAt === undefined && facts.grant.codeExpiresAt > ports.clock.now()
    const client = unused ? await ports.repositories.clients.find(purpose.clientUid) : undefined
    if (client !== undefined && purpose.request.responseType === 'code') {
      const code = sealCode(ports.handles, state.grantId)
      const response = await respond([['code', code]], purpose.request, client, ports.settle)
      return answerReply(response, purpose.request, request, ports)
    }
  }
  return redirectReply(startUrl(flow, ports))
}
