/** The page after the decision: what happens now, and that this window is no longer needed. */

import { isFlowCookie } from '../../core/flow/flow-handles.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import { parseId } from '../../lib/id.ts'
import { parseParams } from '../../spec/params.ts'
import { isRefusal } from '../../spec/refusal.ts'
import { frameOf, pageReply } from './page-reply.ts'
import type { PagesPorts } from './ports.ts'
import { renderApprovalDone } from './views/approval-done.ts'

export function approveDoneEndpoint(ports: PagesPorts): Endpoint {
  const { flows, deferredGrants, clients } = ports.repositories
  return {
    name: 'approve-done',
    path: '/approve/done',
    methods: ['GET'],
    async handle(request) {
      const params = parseParams(request.query)
      const id = isRefusal(params) ? undefined : parseId<'flow'>(params.get('flow'))
      const flow = id === undefined ? undefined : await flows.find(id)
      const isOwn =
        flow !== undefined &&
        isFlowCookie(ports.handles, flow.id, ports.cookies.read(request.cookie, `flow-${flow.id}`))
      if (!isOwn || flow.purpose.kind !== 'approval') return redirectReply(`${ports.issuer}/`)
      // The decision may have been made in another window: the request knows.
      const deferred = await deferredGrants.find(flow.purpose.deferredId)
      const state = deferred?.state ?? (flow.state.at === 'completed' ? 'approved' : 'denied')
      if (state === 'pending') return redirectReply(`${ports.issuer}/approve?flow=${flow.id}`)
      const client = await clients.find(flow.purpose.clientUid)
      return pageReply(
        renderApprovalDone({
          ...frameOf(request, ports),
          of: flow.purpose.of,
          decision: state,
          clientName: client?.name ?? '',
        }),
      )
    },
  }
}
