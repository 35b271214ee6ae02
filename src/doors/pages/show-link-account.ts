/** The page that asks whether an account is theirs, drawn for what is offered. */

import type { Flow } from '../../core/flow/flow.ts'
import { sealFormToken } from '../../core/flow/flow-handles.ts'
import { maskedAddress } from '../../core/upstreams/link-mail.ts'
import { upstreamName } from '../../core/upstreams/upstream.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import type { OpenLink } from './link-proven.ts'
import { frameOf, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { type LinkProblem, renderLinkAccount } from './views/link-account.ts'

export function showLinkAccount(
  flow: Flow,
  { arrival, offer }: OpenLink,
  problem: LinkProblem | undefined,
  request: HttpRequest,
  ports: PagesPorts,
): Reply {
  const { account, proofs, by, mayUseAnother, mayDecline } = offer
  const authorization = flow.purpose.kind === 'authorization' ? flow.purpose.request : undefined
  const { email } = account
  const masked = email === undefined ? undefined : maskedAddress(email)
  return pageReply(
    renderLinkAccount({
      ...frameOf(request, ports, authorization?.uiLocales),
      flowId: flow.id,
      csrf: sealFormToken(ports.handles, flow.id),
      upstreamName: upstreamName(arrival.upstream),
      // What they have in common the person knows already; of the rest no more than its owner needs.
      known: by === 'username' || masked === undefined ? account.username : masked,
      ...(proofs.includes('mail') && masked !== undefined ? { mailTo: masked } : {}),
      maySignIn: proofs.includes('sign_in'),
      mayUseAnother,
      mayDecline,
      isMailed: flow.pendingLink?.mailedAt !== undefined,
      problem,
    }),
    problem?.kind === 'slow-down' ? 429 : 200,
  )
}
