/** Why somebody has to sign in before they decide about a deferred grant, or is not let in; nothing when they may decide. */

import type { Refusal } from '../../spec/refusal.ts'
import { acrWishOf, decideAcr, isReachable } from '../authentication/acr.ts'
import type { Client } from '../clients/client.ts'
import type { SignedIn, SignInReason } from '../flow/next-step.ts'
import type { SettlePorts } from '../flow/settle.ts'
import { type AccessStep, accessStep } from '../policies/access-step.ts'
import { policyOf } from '../policies/find-policy.ts'
import { isSignedInWithin } from '../sessions/recent-sign-in.ts'
import { waysToSignIn } from '../upstreams/setting-out/usable-upstreams.ts'
import type { DeferredGrant } from './deferred-grant.ts'

export interface ApprovalFacts {
  readonly deferred: DeferredGrant
  readonly client: Client
  /** From where the person comes to decide. */
  readonly address: string
}

type ApprovalPorts = Pick<SettlePorts, 'acrLevels' | 'listUpstreams' | 'policies'>

/** What stands between somebody who is signed in and their decision. */
export type ApprovalStep =
  | { readonly kind: 'sign-in'; readonly why: SignInReason }
  | { readonly kind: 'denied'; readonly signedIn: SignedIn; readonly refusal: Refusal; readonly mayHelp: boolean }
  | { readonly kind: 'decide'; readonly signedIn: SignedIn }

export async function approvalStep(
  about: ApprovalFacts,
  authenticatedInFlow: boolean,
  signedIn: SignedIn | undefined,
  now: Date,
  ports: ApprovalPorts,
): Promise<ApprovalStep> {
  const why = await whySignIn(about, authenticatedInFlow, signedIn, now, ports)
  if (why !== undefined || signedIn === undefined) return { kind: 'sign-in', why: why ?? 'no-session' }
  const access = await accessOf(about, authenticatedInFlow, signedIn, ports)
  if (access.kind === 'open') return { kind: 'decide', signedIn }
  return access.kind === 'sign-in' ? { kind: 'sign-in', why: 'second-factor' } : { ...access, signedIn }
}

async function accessOf(
  { client, address }: ApprovalFacts,
  authenticatedInFlow: boolean,
  { account, session }: SignedIn,
  { policies, listUpstreams }: ApprovalPorts,
): Promise<AccessStep> {
  const policy = await policyOf(client, policies)
  if (policy === undefined) return { kind: 'open' }
  const ways = waysToSignIn(await listUpstreams())
  return accessStep({ client, policy, account, amr: session.amr, address, ways, authenticatedInFlow })
}

async function whySignIn(
  { deferred, client }: ApprovalFacts,
  authenticatedInFlow: boolean,
  signedIn: SignedIn | undefined,
  now: Date,
  { acrLevels, listUpstreams }: ApprovalPorts,
): Promise<SignInReason | undefined> {
  if (signedIn === undefined) return 'no-session'
  // CIBA Core §8: the person that the app named, and nobody else; a device's code is for whoever types it.
  if (deferred.kind === 'backchannel' && deferred.accountId !== signedIn.account.id) return 'other-account-expected'
  if (authenticatedInFlow) return undefined
  const { maxAgeSeconds } = deferred.terms
  if (maxAgeSeconds !== undefined && !isSignedInWithin(maxAgeSeconds, signedIn.session, now)) return 'max-age'
  const wish = acrWishOf(deferred.terms, client)
  if (decideAcr(wish, acrLevels, signedIn.session.amr).isMet) return undefined
  return isReachable(wish, acrLevels, waysToSignIn(await listUpstreams())) ? 'step-up' : undefined
}
