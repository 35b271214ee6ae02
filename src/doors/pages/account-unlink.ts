/** `/account/unlink`: asks whether an identity is to be unlinked, and does it. */

import { newTraceCode } from '../../core/audit/trace-code.ts'
import { isFormToken, sealFormToken } from '../../core/flow/flow-handles.ts'
import type { SignedIn } from '../../core/flow/next-step.ts'
import { isRecentSignIn } from '../../core/sessions/recent-sign-in.ts'
import { unlinkIdentity } from '../../core/upstreams/linking/unlink-identity.ts'
import type { LinkedWay } from '../../core/upstreams/linking/ways-in.ts'
import { upstreamName } from '../../core/upstreams/upstream.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { type Params, parseParams } from '../../spec/params.ts'
import { isRefusal, type Refusal } from '../../spec/refusal.ts'
import { beginErrand, toAccount, unlinkUrl } from './account-errand.ts'
import { flowSession } from './flow-session.ts'
import { loadWaysIn } from './load-ways-in.ts'
import { frameOf, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { shownAccount } from './shown-account.ts'
import { renderUnlink } from './views/unlink.ts'
import { mailAboutWayIn } from './way-in-mail.ts'

export function accountUnlinkEndpoint(ports: PagesPorts): Endpoint {
  return {
    name: 'account-unlink',
    path: '/account/unlink',
    methods: ['GET', 'POST'],
    async handle(request) {
      const now = ports.clock.now()
      const signedIn = await flowSession(undefined, request, now, ports)
      if (signedIn === undefined) return beginErrand({ kind: 'look' }, now, ports)
      const params = parseParams(request.method === 'POST' ? request.body : request.query)
      if (isRefusal(params)) return redirectReply(toAccount(ports).location)
      const ways = await loadWaysIn(signedIn.account.id, ports)
      const way = ways?.linked.find(({ identity }) => identity.id === params.get('identity'))
      if (way === undefined) return redirectReply(toAccount(ports, 'gone').location)
      if (!way.mayUnlink) return redirectReply(toAccount(ports, 'last-way-in').location)
      if (params.get('decision') === 'keep') return redirectReply(toAccount(ports).location)
      if (!isRecentSignIn(signedIn.session, now))
        return beginErrand({ kind: 'unlink', accountId: signedIn.account.id, identityId: way.identity.id }, now, ports)
      return request.method === 'GET'
        ? ask(way, signedIn, request, ports)
        : submit(way, signedIn, params, request, now, ports)
    },
  }
}

function ask({ identity, upstream }: LinkedWay, signedIn: SignedIn, request: HttpRequest, ports: PagesPorts): Reply {
  return pageReply(
    renderUnlink({
      ...frameOf(request, ports),
      csrf: sealFormToken(ports.handles, signedIn.session.id),
      identityId: identity.id,
      upstreamName: upstreamName(upstream),
      upstreamLogoUrl: upstream.logoUri,
      label: identity.label,
      account: shownAccount(signedIn.account),
    }),
  )
}

async function submit(
  { identity }: LinkedWay,
  { session, account }: SignedIn,
  params: Params,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  if (!isFormToken(ports.handles, session.id, params.get('csrf'))) return redirectReply(unlinkUrl(identity.id, ports))
  const { address, requestId } = request
  const { locale } = frameOf(request, ports)
  const done = await unlinkIdentity(
    {
      accountId: account.id,
      identityId: identity.id,
      keepSession: session.id,
      evenTheLast: false,
      event: { address, requestId, traceCode: newTraceCode(ports.random), detail: { username: account.username } },
      writes: (found, upstream) => mailAboutWayIn('removed', found, upstream, { now, locale }, ports),
    },
    now,
    ports,
  )
  if (isRefusal(done)) return refused(done, { session, account }, request, ports)
  ports.upstreams.deliveries.soon()
  return redirectReply(toAccount(ports).location)
}

/** Another tab was faster. */
function refused(refusal: Refusal, { account }: SignedIn, request: HttpRequest, ports: PagesPorts): Reply {
  const { address, requestId } = request
  ports.journal.recordRefusal('identity.refused', refusal, { accountId: account.id, address, requestId })
  return redirectReply(toAccount(ports, refusal.error === 'last_way_in' ? 'last-way-in' : 'gone').location)
}
