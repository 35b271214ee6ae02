/** What the policy of an app means for somebody who wants to go on: they may, they sign in better, or they are told no. Pure. */

import type { Facts, Refusal } from '../../spec/refusal.ts'
import type { WayToSignIn } from '../authentication/acr.ts'
import { PASSWORD_AMR } from '../authentication/sign-in-methods.ts'
import { type Access, checkAccess } from './check-access.ts'
import type { AppPolicy } from './find-policy.ts'
import { canReachTwoFactors } from './two-factors.ts'

export type AccessStep =
  | { readonly kind: 'open'; readonly facts?: Facts }
  /** Signing in again, in another way, may bring the second factor. */
  | { readonly kind: 'sign-in'; readonly refusal: Refusal }
  /** `mayHelp`: somebody who signs in once more in another way may get in. */
  | { readonly kind: 'denied'; readonly refusal: Refusal; readonly mayHelp: boolean }

export interface AccessCase extends Access {
  readonly policy: AppPolicy | undefined
  /** What can be proven by signing in again; a password, when absent. */
  readonly ways?: readonly WayToSignIn[] | undefined
  /** They just did, within this very flow. */
  readonly authenticatedInFlow: boolean
}

export function accessStep({ policy, ways = [PASSWORD_AMR], authenticatedInFlow, ...access }: AccessCase): AccessStep {
  const decision = checkAccess(policy, access, 'access_denied')
  if (decision.kind === 'open') return decision
  const mayHelp = decision.kind === 'second-factor' && canReachTwoFactors(ways)
  if (mayHelp && !authenticatedInFlow) return { kind: 'sign-in', refusal: decision.refusal }
  return { kind: 'denied', refusal: decision.refusal, mayHelp }
}
