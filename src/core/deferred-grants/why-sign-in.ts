/** Why somebody has to sign in before they decide about a deferred grant; nothing when they may decide. */

import { acrWishOf, decideAcr, isReachable } from '../authentication/acr.ts'
import type { Client } from '../clients/client.ts'
import type { SignedIn, SignInReason } from '../flow/next-step.ts'
import type { SettlePorts } from '../flow/settle.ts'
import { isSignedInWithin } from '../sessions/recent-sign-in.ts'
import { waysToSignIn } from '../upstreams/setting-out/usable-upstreams.ts'
import type { DeferredGrant } from './deferred-grant.ts'

export async function whySignIn(
  { deferred, client }: { readonly deferred: DeferredGrant; readonly client: Client },
  authenticatedInFlow: boolean,
  signedIn: SignedIn | undefined,
  now: Date,
  { acrLevels, listUpstreams }: Pick<SettlePorts, 'acrLevels' | 'listUpstreams'>,
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
