/** The page at `/`: who one is signed in as, what waits for one's approval, the apps that can be started from here, and the way out. */

import type { Account } from '../../core/accounts/account.ts'
import { startableApps } from '../../core/clients/startable-apps.ts'
import { sealFormToken } from '../../core/flow/flow-handles.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import { flowSession } from './flow-session.ts'
import { frameOf, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { shownAccount } from './shown-account.ts'
import { renderHome, type ShownApproval } from './views/home.ts'

export function homeEndpoint(ports: PagesPorts): Endpoint {
  return {
    name: 'home',
    path: '/',
    methods: ['GET'],
    async handle(request) {
      const now = ports.clock.now()
      const signedIn = await flowSession(undefined, request, now, ports)
      const frame = frameOf(request, ports)
      if (signedIn === undefined)
        return pageReply(renderHome({ ...frame, visitor: { kind: 'signed-out', ...waysIn(ports) } }))
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
            approvals: await waitingApprovals(account, now, ports),
            apps: startableApps(await ports.repositories.clients.list(), ports.issuer),
          },
        }),
      )
    },
  }
}

/** Nobody is locked out when people go to an upstream at once and it is broken. */
function waysIn({ issuer, upstreams }: PagesPorts) {
  const signInHref = `${issuer}/login`
  return upstreams.defaultAlias === undefined
    ? { signInHref }
    : { signInHref, otherWaysHref: `${signInHref}?choose=yes` }
}

async function waitingApprovals(
  { id }: Account,
  now: Date,
  { repositories, issuer }: PagesPorts,
): Promise<readonly ShownApproval[]> {
  const pending = await repositories.deferredGrants.listPending(id, now)
  const shown = await Promise.all(
    pending.map(async deferred => {
      const client = await repositories.clients.find(deferred.clientUid)
      if (client === undefined || client.disabledAt !== undefined) return []
      return {
        clientName: client.name,
        clientLogoUrl: client.logoUrl,
        bindingMessage: deferred.terms.bindingMessage,
        requestedAt: deferred.createdAt,
        href: `${issuer}/approve?request=${deferred.id}`,
      }
    }),
  )
  return shown.flat()
}
