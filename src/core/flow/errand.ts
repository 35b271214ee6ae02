/** What somebody wants on the account page, and whether they have to prove who they are first. Pure. */

import { isRecentSignIn } from '../sessions/recent-sign-in.ts'
import type { AccountErrand, Flow } from './flow.ts'
import type { SignedIn, SignInReason } from './next-step.ts'

/** Why somebody has to sign in on a flow of our own pages; nothing when they are where they want to be. */
export function errandReason({ purpose, state }: Flow, signedIn: SignedIn | undefined): SignInReason | undefined {
  if (signedIn === undefined) return 'no-session'
  const errand = purpose.kind === 'own-pages' ? purpose.errand : undefined
  if (errand === undefined || errand.kind === 'look') return undefined
  // Somebody found this browser as it was left: the session alone shows nothing.
  return state.at === 'authenticated' ? undefined : 'prompt-login'
}

export type ErrandStep = 'go-on' | 'not-fresh' | 'other-account'

/** After the sign-in: is it the one who began, and were they asked just now? An upstream may have let them in without a question. */
export function errandStep(
  errand: Exclude<AccountErrand, { kind: 'look' }>,
  { state }: Pick<Flow, 'state'>,
  signedIn: SignedIn | undefined,
  now: Date,
): ErrandStep {
  if (signedIn === undefined || signedIn.account.id !== errand.accountId) return 'other-account'
  return state.at === 'authenticated' && isRecentSignIn(signedIn.session, now) ? 'go-on' : 'not-fresh'
}
