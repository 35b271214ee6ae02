/** A sign-in takes minutes, and an app can be switched off or lose a redirect URI meanwhile: then nobody is sent there any more. */

import type { Flow } from '../../core/flow/flow.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import type { ErrorKind } from '../../http/error-page.ts'
import { verifyRedirectUri } from '../../spec/redirect-uri.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { errorPageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'

/** The page instead of the flow's own, as at the authorization endpoint; nothing when the app is what it was. */
export async function refuseApp(flow: Flow, request: HttpRequest, ports: PagesPorts): Promise<Reply | undefined> {
  const { purpose, traceCode } = flow
  if (purpose.kind !== 'authorization') return undefined
  const client = await ports.repositories.clients.find(purpose.clientUid)
  const refuseWith = (kind: ErrorKind, refusal: Refusal): Reply => {
    const { address, requestId } = request
    const about = { clientUid: purpose.clientUid, address, requestId, traceCode }
    ports.journal.recordRefusal('authorization.refused', refusal, about)
    return errorPageReply(request, { status: 400, kind, traceCode }, ports, purpose.request.uiLocales)
  }
  const facts = { client_id: purpose.request.clientId }
  if (client === undefined)
    return refuseWith('unknown-client', refuse('unauthorized_client', 'the client is gone', 'the client exists', facts))
  if (client.disabledAt !== undefined) {
    const refusal = refuse('unauthorized_client', 'the client is disabled', 'the client is enabled', facts)
    return refuseWith('unknown-client', refusal)
  }
  const uri = verifyRedirectUri(client.redirectUris, purpose.request.redirectUri, client.type === 'public')
  return isRefusal(uri) ? refuseWith('bad-redirect-uri', uri) : undefined
}
