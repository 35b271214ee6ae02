/** What both polling grants do: open the handle, look at the decision, and issue the tokens of a grant once. */

import { collected, decideCollection } from '../../../../core/deferred-grants/decide-collection.ts'
import { decidePoll, slowDown } from '../../../../core/deferred-grants/decide-poll.ts'
import type { DeferredGrant } from '../../../../core/deferred-grants/deferred-grant.ts'
import { openDeferred } from '../../../../core/deferred-grants/deferred-handles.ts'
import type { GrantId } from '../../../../core/grants/grant.ts'
import { checkStillOpen } from '../../../../core/policies/check-still-open.ts'
import { issueTokens } from '../../../../core/tokens/issue-tokens.ts'
import { grantedResources, requestedResources } from '../../../../core/tokens/token-target.ts'
import { isRefusal, type Refusal, refuse } from '../../../../spec/refusal.ts'
import type { ProviderPorts } from '../../ports.ts'
import { boundTo, type TokenOutcome, type TokenRequest } from '../grant-type.ts'

export interface DeferredGrantType {
  readonly grantType: string
  readonly kind: DeferredGrant['kind']
  readonly parameter: 'device_code' | 'auth_req_id'
  readonly section: string
}

export async function collectDeferred(
  type: DeferredGrantType,
  request: TokenRequest,
  ports: ProviderPorts,
): Promise<TokenOutcome> {
  const { deferredGrants } = ports.repositories
  const text = request.params.get(type.parameter)
  if (text === undefined) return { kind: 'refused', refusal: missing(type) }
  const id = openDeferred(ports.keys.handles, type.kind, text)
  if (id === undefined) return { kind: 'refused', refusal: unknown(type) }
  const deferred = await deferredGrants.find(id)
  const decision = decidePoll(deferred, request.client, request.now)
  // Only the client that it belongs to gets into its trace.
  const isOwn = deferred !== undefined && deferred.clientUid === request.client.uid
  const whose = isOwn ? { traceCode: deferred.terms.traceCode } : {}
  if (decision.kind === 'refuse') return { kind: 'refused', refusal: decision.refusal, ...whose }
  if (decision.kind === 'collect') return collect(decision.grantId, type, request, ports)
  if (deferred === undefined) return { kind: 'refused', refusal: unknown(type) }
  const outcome = await ports.journal.commit([deferredGrants.poll(deferred, request.now, decision.intervalSeconds)])
  // Somebody asked in the same moment: that is not one question per interval.
  return { kind: 'waiting', refusal: outcome.committed ? decision.refusal : slowDown() }
}

async function collect(
  grantId: GrantId,
  type: DeferredGrantType,
  request: TokenRequest,
  ports: ProviderPorts,
): Promise<TokenOutcome> {
  const { client, now } = request
  const facts = await ports.repositories.grants.find(grantId)
  const decided = decideCollection(facts, client)
  const whose = facts === undefined ? {} : { traceCode: facts.grant.traceCode, accountId: facts.grant.accountId }
  if (isRefusal(decided)) return { kind: 'refused', refusal: decided, ...whose }
  const { grant, account, scopes } = decided
  const closed = await checkStillOpen({ client, account, grant }, ports.repositories.policies)
  if (closed !== undefined) return { kind: 'refused', refusal: closed, ...whose }
  if (grant.redeemedAt !== undefined) return { kind: 'refused', refusal: collected(grant), ...whose }
  const resources = requestedResources(request.params, grantedResources(grant, client), client, ports.resources)
  if (isRefusal(resources)) return { kind: 'refused', refusal: resources, ...whose }
  const target = resources === undefined ? {} : { resources }
  const issue = { client, account, grant, scopes, generation: 1, nonce: undefined, now, ...boundTo(request), ...target }
  const [outcome, response] = await Promise.all([
    ports.journal.commit([
      ports.repositories.grants.redeem(grant.id, now),
      ports.journal.record('token.issued', {
        at: now,
        accountId: account.id,
        clientUid: client.uid,
        address: request.address,
        requestId: request.requestId,
        traceCode: grant.traceCode,
        detail: { grant_type: type.grantType, scopes },
      }),
    ]),
    // Thrown away when the commit finds that another request was first.
    issueTokens(issue, ports),
  ])
  return outcome.committed ? { kind: 'issued', response } : { kind: 'refused', refusal: collected(grant), ...whose }
}

function missing({ parameter, section }: DeferredGrantType): Refusal {
  return refuse('invalid_request', `${parameter} is missing`, `${section} ${parameter} is required`)
}

function unknown({ parameter, section }: DeferredGrantType): Refusal {
  return refuse('invalid_grant', `the ${parameter} is unknown`, `${section} the ${parameter} was issued by us`)
}
