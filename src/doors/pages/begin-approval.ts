/** A person comes to decide about a deferred grant: a flow of its own, bound to this browser, under the code of the app's request. */

import type { Client } from '../../core/clients/client.ts'
import type { DeferredGrant } from '../../core/deferred-grants/deferred-grant.ts'
import { sealFlowCookie } from '../../core/flow/flow-handles.ts'
import { startFlow, traced } from '../../core/flow/steps.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { dropStaleFlowCookies } from '../../http/stale-flow-cookies.ts'
import { addSeconds } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import type { PagesPorts } from './ports.ts'
import { pageUrl } from './proceed.ts'

export async function beginApproval(
  deferred: DeferredGrant,
  client: Client | undefined,
  { address, cookie: cookieHeader }: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<Reply> {
  const { id, kind, clientUid, terms } = deferred
  const started = startFlow({
    id: newId(now, ports.random),
    traceCode: terms.traceCode,
    purpose: { kind: 'approval', of: kind, clientUid, deferredId: id },
    now,
    expiresAt: addSeconds(now, ports.flowSeconds),
  })
  const flow = traced(started, now, {
    step: 'approval',
    outcome: 'shown',
    rule:
      kind === 'device'
        ? 'RFC 8628 §3.3 the person typed the code of the device'
        : 'CIBA Core §8 the person opened the request',
    facts: { client_id: client?.clientId ?? null, scopes: terms.scopes, requested_from: terms.address, address },
  })
  await ports.journal.commit([ports.repositories.flows.insert(flow)])
  const cookie = ports.cookies.set(`flow-${flow.id}`, sealFlowCookie(ports.handles, flow.id), ports.flowSeconds)
  return redirectReply(pageUrl('approve', flow, ports), [cookie, ...dropStaleFlowCookies(cookieHeader, ports.cookies)])
}
