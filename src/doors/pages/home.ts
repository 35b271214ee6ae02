/** The page at `/`: who one is signed in as, what waits for one's approval, the apps that can be started from here, and the way out. */

import type { Account } from '../../core/accounts/account.ts'
import type { Client } from '../../core/clients/client.ts'
import { withUploadedLogo } from '../../core/clients/logo-path.ts'
import { startableApps } from '../../core/clients/startable-apps.ts'
import { sealFormToken } from '../../core/flow/flow-handles.ts'
import type { SignedIn } from '../../core/flow/next-step.ts'
import { openClients } from '../../core/policies/open-clients.ts'
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
            apps: startableApps(await shownClients(signedIn, request.address, ports), ports.issuer),
          },
        }),
      )
    },
  }
}

/** Apps that are closed to the person would only tell them so. */
async function shownClients(
  { account, session }: SignedIn,
  address: string,
  { repositories, basePath }: PagesPorts,
): Promise<readonly Client[]> {
  const who = { account, amr: session.amr, address }
  const startable = (await repositories.clients.list()).filter(client => client.initiateLoginUri !== undefined)
  const open = await openClients(startable, who, repositories.policies)
  return open.map(client => withUploadedLogo(client, basePath))
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
  { repositories, issuer, basePath }: PagesPorts,
): Promise<readonly ShownApproval[]> {
  const pending = await repositories.deferredGrants.listPending(id, now)
  const shown = await Promise.all(
    pending.map(async deferred => {
      const client = await repositories.clients.find(deferred.clientUid)
      if (client === undefined || client.disabledAt !== undefined) return []
      return {
        clientName: client.name,
        clientLogoUrl: withUploadedLogo(client, basePath).logoUrl,
        bindingMessage: deferred.terms.bindingMessage,
        requestedAt: deferred.createdAt,
        href: `${issuer}/approve?request=${deferred.id}`,
      }
    }),
  )
  return shown.flat()
}
