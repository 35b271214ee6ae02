/** `POST /account/link`: somebody who is signed in goes to an upstream to link an identity. */

import { isFormToken } from '../../core/flow/flow-handles.ts'
import { isRecentSignIn } from '../../core/sessions/recent-sign-in.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { parseParams } from '../../spec/params.ts'
import { isRefusal } from '../../spec/refusal.ts'
import { beginErrand, go, startLinking, toAccount } from './account-errand.ts'
import { flowSession } from './flow-session.ts'
import { loadWaysIn } from './load-ways-in.ts'
import type { PagesPorts } from './ports.ts'

export function accountLinkEndpoint(ports: PagesPorts): Endpoint {
  return {
    name: 'account-link',
    path: '/account/link',
    methods: ['POST'],
    async handle(request) {
      const now = ports.clock.now()
      const signedIn = await flowSession(undefined, request, now, ports)
      if (signedIn === undefined) return beginErrand({ kind: 'look' }, now, ports)
      const { session, account } = signedIn
      const params = parseParams(request.body)
      // A form on another site must not begin a link: whoever can sign in there would be let in here.
      if (isRefusal(params) || !isFormToken(ports.handles, session.id, params.get('csrf')))
        return redirectReply(toAccount(ports).location)
      const ways = await loadWaysIn(account.id, ports)
      const upstream = ways?.linkable.find(({ alias }) => alias === params.get('upstream'))
      if (upstream === undefined) return redirectReply(toAccount(ports, 'gone').location)
      return isRecentSignIn(session, now)
        ? go(startLinking(account.id, upstream, now, ports), ports)
        : beginErrand({ kind: 'link', accountId: account.id, upstreamUid: upstream.uid }, now, ports)
    },
  }
}
