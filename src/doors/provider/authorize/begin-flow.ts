/** A page is needed: the request becomes a flow, bound to this browser, and the browser goes to the first page. */

import type { Client } from '../../../core/clients/client.ts'
import { sealFlowCookie } from '../../../core/flow/flow-handles.ts'
import { ruleOfSignIn } from '../../../core/flow/next-step.ts'
import type { Settled, Visit } from '../../../core/flow/settle.ts'
import { startFlow, traced } from '../../../core/flow/steps.ts'
import type { Reply } from '../../../http/endpoint.ts'
import { redirectReply } from '../../../http/replies.ts'
import { dropStaleFlowCookies } from '../../../http/stale-flow-cookies.ts'
import { addSeconds } from '../../../lib/clock.ts'
import { newId } from '../../../lib/id.ts'
import type { AuthorizationRequest } from '../../../spec/authorization-request.ts'
import type { ProviderPorts } from '../ports.ts'

export interface Beginning {
  readonly client: Client
  readonly request: AuthorizationRequest
  readonly cookieHeader: string | undefined
  readonly visit: Visit
  readonly now: Date
}

export async function beginFlow(
  step: Extract<Settled, { kind: 'sign-in' | 'consent' }>,
  { client, request, cookieHeader, visit, now }: Beginning,
  ports: ProviderPorts,
): Promise<Reply> {
  const flow = startFlow({
    id: newId(now, ports.random),
    traceCode: visit.traceCode,
    purpose: { kind: 'authorization', clientUid: client.uid, request },
    now,
    expiresAt: addSeconds(now, ports.flowSeconds),
  })
  const asked = traced(flow, now, {
    step: 'authorize',
    outcome: 'passed',
    rule: 'RFC 6749 §4.1.1, OIDC Core §3.1.2.1 the request is valid',
    facts: {
      client_id: client.clientId,
      redirect_uri: request.redirectUri,
      scopes: request.scopes,
      prompt: request.prompt,
      address: visit.address,
    },
  })
  const shown = traced(asked, now, {
    step: step.kind,
    outcome: 'shown',
    rule: step.kind === 'sign-in' ? ruleOfSignIn(step.why) : step.why,
  })
  await ports.journal.commit([ports.repositories.flows.insert(shown)])
  const page = step.kind === 'sign-in' ? 'login' : 'consent'
  const cookie = ports.cookies.set(`flow-${flow.id}`, sealFlowCookie(ports.keys.handles, flow.id), ports.flowSeconds)
  return redirectReply(`${ports.issuer}/${page}?flow=${flow.id}`, [
    cookie,
    ...dropStaleFlowCookies(cookieHeader, ports.cookies),
  ])
}
