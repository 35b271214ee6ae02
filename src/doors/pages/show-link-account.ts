/** The page that asks whether an account is theirs, drawn for what is offered. */

import { type Account, loginKey } from '../../core/accounts/account.ts'
import type { Flow } from '../../core/flow/flow.ts'
import { sealFormToken } from '../../core/flow/flow-handles.ts'
import type { ArrivalFacts } from '../../core/upstreams/arrival/arrival-decision.ts'
import { withEntered } from '../../core/upstreams/arrival/entered-profile.ts'
import { hiddenAddress, maskedAddress } from '../../core/upstreams/linking/link-mail.ts'
import { upstreamName } from '../../core/upstreams/upstream.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import type { OpenLink } from './link-proven.ts'
import { flowFrame, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { type LinkProblem, renderLinkAccount } from './views/link-account.ts'

export function showLinkAccount(
  flow: Flow,
  { arrival, facts, offer }: OpenLink,
  problem: LinkProblem | undefined,
  request: HttpRequest,
  ports: PagesPorts,
): Reply {
  const { account, proofs, mayUseAnother, mayDecline } = offer
  const { known, mailTo } = shownNames(account, facts)
  return pageReply(
    renderLinkAccount({
      ...flowFrame(flow, request, ports),
      flowId: flow.id,
      csrf: sealFormToken(ports.handles, flow.id),
      upstreamName: upstreamName(arrival.upstream),
      known,
      ...(proofs.includes('mail') && mailTo !== undefined ? { mailTo } : {}),
      maySignIn: proofs.includes('sign_in'),
      mayUseAnother,
      mayDecline,
      isMailed: flow.pendingLink?.mailedAt !== undefined,
      problem,
    }),
    problem?.kind === 'slow-down' ? 429 : 200,
  )
}

/** What they have in common the person knows already; of the rest no more than its owner needs. */
function shownNames({ username, email }: Account, { patch, entered }: ArrivalFacts) {
  const said = withEntered(patch, entered)
  const named = [said.email, said.username].flatMap(name => (name === undefined ? [] : [loginKey(name.value)]))
  const isNamed = (name: string): boolean => named.includes(loginKey(name))
  if (email === undefined) return { known: username, mailTo: undefined }
  const mailTo = isNamed(email) ? maskedAddress(email) : hiddenAddress(email)
  return { known: isNamed(email) || !isNamed(username) ? mailTo : username, mailTo }
}
