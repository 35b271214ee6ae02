/** What the app behind a flow, and the person in it, want of the upstream. */

import { approvalStep } from '../../core/deferred-grants/approval-step.ts'
import type { DeferredGrant } from '../../core/deferred-grants/deferred-grant.ts'
import { errandReason } from '../../core/flow/errand.ts'
import type { Flow } from '../../core/flow/flow.ts'
import { nextStep, type SignInReason } from '../../core/flow/next-step.ts'
import { stepFacts } from '../../core/flow/settle.ts'
import type { Asked } from '../../core/upstreams/setting-out/wishes.ts'
import type { HttpRequest } from '../../http/endpoint.ts'
import type { Params } from '../../spec/params.ts'
import { findVisitor } from './broker-visit.ts'
import type { BrokerPorts } from './ports.ts'

const MAX_LOCALES = 5

export async function whatIsAsked(
  flow: Flow,
  params: Params,
  request: HttpRequest,
  now: Date,
  ports: BrokerPorts,
): Promise<Asked> {
  const { purpose } = flow
  const { deferredGrants } = ports.repositories
  const deferred = purpose.kind === 'approval' ? await deferredGrants.find(purpose.deferredId) : undefined
  return {
    request: purpose.kind === 'authorization' ? purpose.request : undefined,
    approval: deferred?.terms,
    reason: await reasonOf(flow, deferred, request, now, ports),
    switchesAccount: params.get('switch') === 'yes',
    locales: browserLocales(request),
    params,
  }
}

/** Why somebody who is signed in has to sign in all the same; the same map decides it that shows the sign-in page. */
async function reasonOf(
  flow: Flow,
  deferred: DeferredGrant | undefined,
  request: HttpRequest,
  now: Date,
  ports: BrokerPorts,
): Promise<SignInReason | undefined> {
  const { purpose, state, pendingLink } = flow
  // Somebody may have signed this browser in there as themselves: whoever links sees as whom.
  if (purpose.kind === 'link-identity') return 'select-account'
  // The account that is to be linked is proven there: the session there is as little a proof as one here.
  if (pendingLink !== undefined) return 'prompt-login'
  const signedIn = await findVisitor(request, now, ports)
  if (purpose.kind !== 'authorization' && purpose.kind !== 'approval') return errandReason(flow, signedIn)
  const { repositories, keys, acrLevels } = ports
  const client = await repositories.clients.find(purpose.clientUid)
  if (client === undefined) return undefined
  const authenticatedInFlow = state.at === 'authenticated'
  const classes = { acrLevels, policies: repositories.policies, listUpstreams: () => repositories.upstreams.list() }
  const { address } = request
  if (purpose.kind === 'approval') {
    const about = deferred && { deferred, client, address }
    const approval = about && (await approvalStep(about, authenticatedInFlow, signedIn, now, classes))
    return approval?.kind === 'sign-in' ? approval.why : undefined
  }
  const known = {
    client,
    request: purpose.request,
    signedIn,
    consent: undefined,
    address,
    authenticatedInFlow,
    approvedInFlow: false,
    now,
  }
  const step = nextStep(await stepFacts(known, { keys, ...classes }))
  return step.kind === 'sign-in' ? step.why : undefined
}

/** RFC 9110 §12.5.4, as far as the order that browsers write it in already says it. */
function browserLocales({ acceptLanguage }: HttpRequest): readonly string[] {
  return acceptLanguage
    .split(',')
    .map(range => range.split(';')[0]?.trim() ?? '')
    .filter(tag => /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}$/.test(tag))
    .slice(0, MAX_LOCALES)
}
