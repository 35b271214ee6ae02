/** Somebody is here for the first time: a new account, an account that may be theirs, a question, or a refusal. Pure. */

import type { Facts } from '../../../spec/refusal.ts'
import { type Account, loginKey } from '../../accounts/account.ts'
import { type KnownAccount, type LinkBar, linkBar, linkProofsOf } from '../linking/link-proofs.ts'
import {
  type ArrivalDecision,
  type ArrivalFacts,
  type OfferedLink,
  refuseArrival,
  refuseSecondIdentity,
  refuseWithoutPassword,
} from './arrival-decision.ts'
import { checkProfile, type ProfileProblem, withEntered } from './entered-profile.ts'

export function decideFirstSignIn(facts: ArrivalFacts): ArrivalDecision {
  const { upstream, emailOwner, usernameOwner, entered, patch } = facts
  const about = { upstream: upstream.alias, ...(patch.label === undefined ? {} : { label: patch.label }) }
  // A name that somebody types and that is taken is a coincidence; one that the upstream gives may be their own.
  const owner = emailOwner ?? (entered === undefined ? usernameOwner : undefined)
  const offer =
    owner === undefined ? undefined : offerLink(owner, emailOwner === undefined ? 'username' : 'email', facts)
  if (offer !== undefined) return { ...offer, facts: { ...about, username: offer.account.username } }
  if (!upstream.createAccounts) return refuseUnknown(owner, facts, about)
  // Nobody who is made here has a password yet.
  if (upstream.postLogin === 'password') return refuseWithoutPassword(about)
  return decideNewAccount(facts, about)
}

function offerLink(
  owner: KnownAccount,
  by: 'email' | 'username',
  facts: ArrivalFacts,
): (OfferedLink & Ruled) | undefined {
  const { account } = owner
  if (facts.declined === account.id) return undefined
  const proofs = linkProofsOf(owner, facts.upstream, facts.sendsMail)
  if (proofs.length === 0) return undefined
  // After the link, its password is asked for.
  if (facts.upstream.postLogin === 'password' && account.passwordHash === undefined) return undefined
  return {
    kind: 'offer-link',
    account,
    proofs,
    by,
    mayUseAnother: facts.upstream.createAccounts && facts.upstream.postLogin === 'none',
    mayDecline: by === 'email' && facts.upstream.createAccounts && isReleasable(owner, facts),
    rule: by === 'email' ? 'link_existing: the e-mail address is taken' : 'link_existing: the user name is taken',
  }
}

interface Ruled {
  readonly rule: string
}

function decideNewAccount(facts: ArrivalFacts, about: Facts): ArrivalDecision {
  const { upstream, patch, entered, emailOwner } = facts
  const whole = withEntered(patch, entered)
  const releases = emailOwner !== undefined && isReleasable(emailOwner, facts) ? emailOwner.account : undefined
  const problems = [...checkProfile(patch, entered), ...takenProblems(facts, releases)]
  const asks = (rule: string): ArrivalDecision => ({ kind: 'ask-profile', problems, rule, facts: about })
  if (problems.some(({ kind }) => kind === 'taken' || kind === 'linked'))
    return asks('user names and e-mail addresses are unique')
  if (entered === undefined && upstream.reviewProfile === 'always') return asks('review_profile always')
  if (entered === undefined && upstream.reviewProfile === 'missing' && whole.email === undefined)
    return asks('review_profile missing: the e-mail address')
  if (problems.length > 0) return asks('an account has a user name, and an e-mail address is one')
  return {
    kind: 'create',
    patch: whole,
    ...(releases === undefined ? {} : { releases }),
    rule:
      releases === undefined
        ? 'create_accounts: user name and e-mail address are free'
        : 'trust_email: an address goes from whoever claimed it to whoever proved it',
    facts: about,
  }
}

function takenProblems(
  { emailOwner, usernameOwner }: ArrivalFacts,
  releases: Account | undefined,
): readonly ProfileProblem[] {
  const problems: ProfileProblem[] = []
  if (usernameOwner !== undefined) problems.push({ field: 'username', kind: 'taken' })
  if (emailOwner !== undefined && emailOwner.account.id !== releases?.id)
    problems.push({ field: 'email', kind: emailOwner.hasIdentityHere ? 'linked' : 'taken' })
  return problems
}

/**
 * Whoever writes down the address of somebody else before they come must not keep them out, and must not be mistaken for them: the
 * address goes to the person that a trusted upstream vouches for. The account stays whose it is, without the address.
 */
function isReleasable({ account }: KnownAccount, { patch, entered }: ArrivalFacts): boolean {
  const { email, isEmailVerified } = withEntered(patch, entered)
  if (email === undefined || !isEmailVerified || account.emailVerified || account.email === undefined) return false
  const key = loginKey(email.value)
  return loginKey(account.email) === key && loginKey(account.username) !== key
}

const BARS: Readonly<Record<LinkBar, string>> = {
  'link-existing': 'link_existing: existing accounts may be linked',
  disabled: 'the account is enabled',
  'other-identity': 'an account has one identity of an upstream',
  'no-proof': 'link_proofs: the account can be proven',
}

function refuseUnknown(owner: KnownAccount | undefined, facts: ArrivalFacts, about: Facts): ArrivalDecision {
  if (owner === undefined || facts.declined === owner.account.id)
    return refuseArrival(
      'unknown-person',
      'access_denied',
      'nobody here has this identity, and no account is made',
      'create_accounts: unknown people get an account',
      about,
    )
  const whom = { ...about, username: owner.account.username }
  const bar = linkBar(owner, facts.upstream)
  if (bar === 'other-identity') return refuseSecondIdentity(whom)
  return refuseArrival(
    // Nothing was proven of it, so nobody hears that it is disabled.
    'unprovable',
    'access_denied',
    'an account exists that cannot be linked, and no other is made',
    BARS[bar],
    { ...whom, proofs: facts.upstream.linkProofs, sends_mail: facts.sendsMail },
  )
}
