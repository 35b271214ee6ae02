/** The page after a sign-out that no app takes back. */

import type { Endpoint } from '../../http/endpoint.ts'
import { frameOf, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { renderSignedOut } from './views/signed-out.ts'

export function signedOutEndpoint(ports: PagesPorts): Endpoint {
  return {
    name: 'signed-out',
    path: '/signed-out',
    methods: ['GET'],
    handle: request => pageReply(renderSignedOut({ ...frameOf(request, ports), signInHref: `${ports.issuer}/login` })),
  }
}
