/** What has to be so before a person may decide about a deferred grant: the request is alive, and it is they who decide. */

import type { Client } from '../../core/clients/client.ts'
import { approvalStep } from '../../core/deferred-grants/approval-step.ts'
import type { DeferredGrant } from '../../core/deferred-grants/deferred-grant.ts'
import type { Flow } from '../../core/flow/flow.ts'
import type { SignedIn, SignInReason } from '../../core/flow/next-step.ts'
import type { PagesPorts } from './ports.ts'

export interface ApprovalCase {
  readonly deferred: DeferredGrant
  readonly client: Client
}

/** Nothing when the request has expired, or the app is gone or was switched off. */
export async function findApprovalCase(
  { purpose }: Pick<Flow, 'purpose'>,
  now: Date,
  { repositories }: PagesPorts,
): Promise<ApprovalCase | undefined> {
  if (purpose.kind !== 'approval') return undefined
  const [deferred, client] = await Promise.all([
    repositories.deferredGrants.find(purpose.deferredId),
    repositories.clients.find(purpose.clientUid),
  ])
  if (deferred === undefined || deferred.expiresAt <= now) return undefined
  return client === undefined || client.disabledAt !== undefined ? undefined : { deferred, client }
}

export async function approvalSignInReason(
  flow: Flow,
  signedIn: SignedIn | undefined,
  address: string,
  now: Date,
  ports: PagesPorts,
): Promise<SignInReason | undefined> {
  const found = await findApprovalCase(flow, now, ports)
  if (found === undefined) return signedIn === undefined ? 'no-session' : undefined
  const step = await approvalStep({ ...found, address }, flow.state.at === 'authenticated', signedIn, now, ports.settle)
  return step.kind === 'sign-in' ? step.why : undefined
}
