/** The page at `/link-account/mail`: the one-time link of a mail, opened in the browser that asked for it. GET only asks, POST links. */

import type { Flow } from '../../core/flow/flow.ts'
import { isFlowCookie, isFormToken, sealFormToken } from '../../core/flow/flow-handles.ts'
import { isOver } from '../../core/flow/steps.ts'
import { type LinkMailToken, linkMailKey, openLinkMail } from '../../core/upstreams/linking/link-mail.ts'
import { upstreamName } from '../../core/upstreams/upstream.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { parseParams } from '../../spec/params.ts'
import { isRefusal } from '../../spec/refusal.ts'
import { flowSession } from './flow-session.ts'
import { findOpenLink, linkProven, mayProve, type OpenLink } from './link-proven.ts'
import { errorPageReply, flowFrame, frameOf, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { renderLinkMailConfirm } from './views/link-mail-confirm.ts'
import { renderLinkMailInvalid } from './views/link-mail-invalid.ts'

interface MailVisit {
  readonly flow: Flow
  readonly open: OpenLink
  readonly named: LinkMailToken
  readonly token: string
}

export function linkAccountMailEndpoint(ports: PagesPorts): Endpoint {
  return {
    name: 'link-account-mail',
    path: '/link-account/mail',
    methods: ['GET', 'POST'],
    async handle(request) {
      const now = ports.clock.now()
      const params = parseParams(request.method === 'POST' ? request.body : request.query)
      if (isRefusal(params)) return errorPageReply(request, { status: 400, kind: 'bad-request' }, ports)
      const visit = await openVisit(params.get('token') ?? '', request, now, ports)
      if (typeof visit === 'string') return invalid(visit, request, ports)
      if (request.method === 'GET' || !isFormToken(ports.handles, visit.flow.id, params.get('csrf')))
        return confirm(visit, request, ports)
      return link(visit, request, now, ports)
    },
  }
}

/**
 * The link proves the address, the flow's cookie proves who asked: whoever is tricked into opening a link that somebody else asked for
 * must not give them their account.
 */
async function openVisit(
  token: string,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<MailVisit | 'expired' | 'other-browser'> {
  const named = openLinkMail(ports.handles, token, now)
  if (named === undefined) return 'expired'
  if (!isFlowCookie(ports.handles, named.flowId, ports.cookies.read(request.cookie, `flow-${named.flowId}`)))
    return 'other-browser'
  const flow = await ports.repositories.flows.find(named.flowId)
  if (flow === undefined || isOver(flow, now)) return 'expired'
  const { pendingLink } = flow
  if (pendingLink?.attemptId !== named.attemptId || pendingLink.accountId !== named.accountId) return 'expired'
  const open = await findOpenLink(flow, pendingLink, now, ports)
  return open !== undefined && mayProve(open, 'mail') ? { flow, open, named, token } : 'expired'
}

function invalid(reason: 'expired' | 'other-browser', request: HttpRequest, ports: PagesPorts): Reply {
  return pageReply(renderLinkMailInvalid({ ...frameOf(request, ports), reason }), 400)
}

function confirm({ flow, open, token }: MailVisit, request: HttpRequest, ports: PagesPorts): Reply {
  const { arrival, offer } = open
  return pageReply(
    renderLinkMailConfirm({
      ...flowFrame(flow, request, ports),
      token,
      csrf: sealFormToken(ports.handles, flow.id),
      upstreamName: upstreamName(arrival.upstream),
      label: arrival.patch.label,
      username: offer.account.username,
    }),
  )
}

async function link(visit: MailVisit, request: HttpRequest, now: Date, ports: PagesPorts): Promise<Reply> {
  const { flow, open, named } = visit
  const current = await flowSession(undefined, request, now, ports)
  const proven = {
    by: 'mail',
    rule: 'link_proofs mail: the one-time link of the mail was opened',
    amr: [],
    writes: [ports.repositories.usedOnce.use(linkMailKey(named), named.expiresAt)],
  } as const
  return linkProven(flow, open, proven, current, request, now, ports)
}
