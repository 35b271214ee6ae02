/** The page at `/`: who one is signed in as, and the way out. */

import { sealFormToken } from '../../core/flow/flow-handles.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import { flowSession } from './flow-session.ts'
import { frameOf, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { shownAccount } from './shown-account.ts'
import { renderHome } from './views/home.ts'

export function homeEndpoint(ports: PagesPorts): Endpoint {
  return {
    name: 'home',
    path: '/',
    methods: ['GET'],
    async handle(request) {
      const signedIn = await flowSession(undefined, request, ports.clock.now(), ports)
      const frame = frameOf(request, ports)
      if (signedIn === undefined)
        return pageReply(renderHome({ ...frame, visitor: { kind: 'signed-out', signInHref: `${ports.issuer}/login` } }))
      const { account, session } = signedIn
      return pageReply(
        renderHome({
          ...frame,
          visitor: {
            kind: 'signed-in',
            account: shownAccount(account),
            csrf: sealFormToken(ports.handles, session.id),
            authTime: session.authTime,
            isAdministrator: account.role === 'administrator',
          },
        }),
      )
    },
  }
}
