/**
 * What becomes of a person who comes back from an upstream: a table from what is known to what may happen. Pure.
 * An identity is linked by what was proven to us, and by nothing that an upstream says: an e-mail address is never a proof, verified or not.
 */

import type { AccountId } from '../../accounts/account.ts'
import {
  type ArrivalDecision,
  type ArrivalFacts,
  refuseArrival,
  refuseSecondIdentity,
  refuseWithoutPassword,
} from './arrival-decision.ts'
import { decideFirstSignIn } from './decide-first-sign-in.ts'

export function decideArrival(facts: ArrivalFacts): ArrivalDecision {
  const decision = decide(facts)
  const needsPage = ['ask-profile', 'offer-link', 'prove-password'].includes(decision.kind)
  if (!facts.silent || !needsPage) return decision
  return refuseArrival(
    'unknown-person',
    'interaction_required',
    'the person has to answer a question first',
    'OIDC Core §3.1.2.6 interaction_required',
    { upstream: facts.upstream.alias, would: decision.kind, because: decision.rule },
  )
}

function decide(facts: ArrivalFacts): ArrivalDecision {
  if (facts.purpose.kind === 'link-identity') return decideLinkFromAccount(facts, facts.purpose.accountId)
  if (facts.upstream.linkOnly) return refuseLinkOnly(facts)
  return facts.linked === undefined ? decideFirstSignIn(facts) : decideKnown(facts, facts.linked)
}

/** Also whoever linked it: it is there for its tokens. */
function refuseLinkOnly({ upstream: { alias }, patch: { label } }: ArrivalFacts): ArrivalDecision {
  const about = { upstream: alias, ...(label === undefined ? {} : { label }) }
  return refuseArrival('link-only', 'access_denied', 'nobody signs in through this upstream', 'link_only', about)
}

function decideKnown({ upstream }: ArrivalFacts, { identity, account }: NonNullable<ArrivalFacts['linked']>) {
  const about = { upstream: upstream.alias, username: account.username }
  if (account.disabledAt !== undefined)
    return refuseArrival('disabled', 'access_denied', 'the account is disabled', 'the account is enabled', {
      ...about,
      disabled_at: account.disabledAt.toISOString(),
    })
  if (upstream.postLogin === 'none')
    return { kind: 'sign-in', account, identity, rule: 'the identity is linked to the account', facts: about } as const
  if (account.passwordHash === undefined) return refuseWithoutPassword(about)
  return { kind: 'prove-password', account, identity, rule: 'post_login password', facts: about } as const
}

/** The account page began it: the link is proven by being signed in here and there, in one browser and one flow. */
function decideLinkFromAccount(facts: ArrivalFacts, accountId: AccountId): ArrivalDecision {
  const { upstream, signedIn, linked } = facts
  const about = { upstream: upstream.alias }
  if (signedIn === undefined || signedIn.account.id !== accountId)
    return refuseArrival(
      'not-signed-in',
      'login_required',
      'another account is signed in than the one that began to link, or none',
      'whoever began to link an identity is still signed in',
      about,
    )
  const { account } = signedIn
  const whom = { ...about, username: account.username }
  if (linked?.account.id === accountId)
    return { kind: 'linked-already', account, rule: 'the identity is linked to the account', facts: whom }
  if (linked !== undefined)
    return refuseArrival(
      'linked-elsewhere',
      'access_denied',
      'the identity is linked to another account',
      'an identity belongs to one account',
      { ...whom, linked_to: linked.account.username },
    )
  if (signedIn.hasIdentityHere) return refuseSecondIdentity(whom)
  return { kind: 'link', account, rule: 'linked from the account page', facts: whom }
}
