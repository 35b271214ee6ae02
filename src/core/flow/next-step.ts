/** The whole map of a sign-in: given what is known, what comes next. Pure; every answer names the rule that decided. */

import type { AuthorizationRequest } from '../../spec/authorization-request.ts'
import { wishedValues } from '../../spec/claims-request.ts'
import { type Facts, type Refusal, refuse } from '../../spec/refusal.ts'
import type { Account } from '../accounts/account.ts'
import { type AcrLevel, acrWishOf, decideAcr, isReachable, type WayToSignIn } from '../authentication/acr.ts'
import type { Client } from '../clients/client.ts'
import type { Consent } from '../consents/consent.ts'
import { consentItems } from '../consents/consent-items.ts'
import { type AccessStep, accessStep } from '../policies/access-step.ts'
import { POLICY_TWO_FACTORS } from '../policies/check-access.ts'
import type { AppPolicy } from '../policies/find-policy.ts'
import { isSignedInWithin } from '../sessions/recent-sign-in.ts'
import type { Session } from '../sessions/session.ts'

/** A live session and the account it is signed in as. */
export interface SignedIn {
  readonly session: Session
  readonly account: Account
}

export interface StepFacts {
  readonly client: Client
  readonly request: AuthorizationRequest
  readonly signedIn: SignedIn | undefined
  /** The `sub` by which this client knows whoever is signed in (OIDC Core §8). */
  readonly subject: string | undefined
  readonly consent: Consent | undefined
  /** The policy of the app; absent: none. */
  readonly policy?: AppPolicy | undefined
  /** From where the browser comes. */
  readonly address: string
  /** The classes of sign-ins, the weakest first. */
  readonly acrLevels: readonly AcrLevel[]
  /** What can be proven by signing in again; a password, when absent. */
  readonly ways?: readonly WayToSignIn[] | undefined
  /** The person proved who they are, or chose the account, within this very flow. */
  readonly authenticatedInFlow: boolean
  /** The person pressed "Allow" within this very flow. */
  readonly approvedInFlow: boolean
  readonly now: Date
}

export type Step =
  | { readonly kind: 'sign-in'; readonly why: SignInReason }
  | { readonly kind: 'consent'; readonly signedIn: SignedIn; readonly why: string }
  /** `policy`: what decided that the app is open to the person, where it has one. */
  | { readonly kind: 'issue'; readonly signedIn: SignedIn; readonly why: string; readonly policy?: Facts }
  /** The app is not for them, and they are told so here. `mayHelp`: signing in in another way may let them in. */
  | { readonly kind: 'denied'; readonly signedIn: SignedIn; readonly refusal: Refusal; readonly mayHelp: boolean }
  | { readonly kind: 'refuse'; readonly refusal: Refusal }

export type SignInReason =
  | 'no-session'
  | 'prompt-login'
  | 'max-age'
  | 'other-account-expected'
  | 'select-account'
  | 'step-up'
  | 'second-factor'

const SIGN_IN_RULES: Readonly<Record<SignInReason, string>> = {
  'no-session': 'OIDC Core §3.1.2.3 the person is signed in',
  'prompt-login': 'OIDC Core §3.1.2.1 prompt=login asks again',
  'max-age': 'OIDC Core §3.1.2.1 max_age is not exceeded',
  'other-account-expected': 'OIDC Core §3.1.2.1 id_token_hint names the signed-in person',
  'select-account': 'OIDC Core §3.1.2.1 prompt=select_account',
  'step-up': 'RFC 9470 §5 the sign-in is as strong as the app asks for (authentication.acr_values)',
  'second-factor': POLICY_TWO_FACTORS,
}

export function ruleOfSignIn(reason: SignInReason): string {
  return SIGN_IN_RULES[reason]
}

export function nextStep(facts: StepFacts): Step {
  const silent = facts.request.prompt.includes('none')
  const unmet = checkEssentialAcr(facts)
  if (unmet !== undefined) return { kind: 'refuse', refusal: unmet }
  const reason = signInReason(facts)
  if (reason !== undefined) {
    if (facts.authenticatedInFlow && reason === 'other-account-expected')
      return refuseStep(
        'login_required',
        'another account is signed in than the request asks for',
        SIGN_IN_RULES[reason],
      )
    // OIDC Core §3.1.2.1: prompt=none never shows a page.
    if (silent) return refuseStep('login_required', 'the person has to sign in', SIGN_IN_RULES[reason], { reason })
    return { kind: 'sign-in', why: reason }
  }
  const signedIn = facts.signedIn
  if (signedIn === undefined) return { kind: 'sign-in', why: 'no-session' }
  const access = accessOf(facts, signedIn)
  if (access.kind !== 'open') return closedStep(access, signedIn, silent)
  const consent = consentReason(facts)
  if (!consent.needed) {
    const policy = access.facts === undefined ? {} : { policy: access.facts }
    return { kind: 'issue', signedIn, why: consent.why, ...policy }
  }
  if (silent) return refuseStep('consent_required', 'the person has to consent', consent.why)
  return { kind: 'consent', signedIn, why: consent.why }
}

function accessOf({ client, policy, address, ways, authenticatedInFlow }: StepFacts, signedIn: SignedIn): AccessStep {
  const { account, session } = signedIn
  return accessStep({ client, policy, account, amr: session.amr, address, ways, authenticatedInFlow })
}

function closedStep(access: Exclude<AccessStep, { kind: 'open' }>, signedIn: SignedIn, silent: boolean): Step {
  const { refusal } = access
  if (access.kind === 'sign-in')
    return silent
      ? refuseStep('login_required', refusal.description, refusal.rule, refusal.facts)
      : { kind: 'sign-in', why: 'second-factor' }
  // OIDC Core §3.1.2.1: prompt=none never shows a page, so the app hears of it at once.
  return silent ? { kind: 'refuse', refusal } : { kind: 'denied', signedIn, refusal, mayHelp: access.mayHelp }
}

function signInReason(facts: StepFacts): SignInReason | undefined {
  const { request, signedIn, authenticatedInFlow, now } = facts
  if (signedIn === undefined) return 'no-session'
  if (!authenticatedInFlow) {
    if (request.prompt.includes('login')) return 'prompt-login'
    if (request.prompt.includes('select_account')) return 'select-account'
    const { maxAgeSeconds } = request
    if (maxAgeSeconds !== undefined && !isSignedInWithin(maxAgeSeconds, signedIn.session, now)) return 'max-age'
  }
  if (!isExpectedPerson(facts)) return 'other-account-expected'
  return needsStepUp(facts) ? 'step-up' : undefined
}

/** OIDC Core §3.1.2.1, §5.5.1: an ID token hint, or `sub` among the claims, says who it has to be. */
function isExpectedPerson({ request, subject }: StepFacts): boolean {
  const wished = wishedValues(request.claims?.idToken?.sub)
  return (
    (request.hintedSubject === undefined || request.hintedSubject === subject) &&
    (wished === undefined || wished.includes(subject))
  )
}

/** Whoever is signed in was let in by less than the app asks for, and signing in again can do better (RFC 9470 §5). */
export function needsStepUp(facts: StepFacts): boolean {
  const { request, client, signedIn, authenticatedInFlow, acrLevels, ways } = facts
  if (signedIn === undefined || authenticatedInFlow) return false
  const wish = acrWishOf(request, client)
  // OIDC Core §3.1.2.1: acr_values is a voluntary wish, no reason to fail a silent request.
  if (request.prompt.includes('none') && !wish.isEssential) return false
  return !decideAcr(wish, acrLevels, signedIn.session.amr).isMet && isReachable(wish, acrLevels, ways)
}

function checkEssentialAcr({
  request,
  client,
  signedIn,
  authenticatedInFlow,
  acrLevels,
  ways,
}: StepFacts): Refusal | undefined {
  const wish = acrWishOf(request, client)
  if (!wish.isEssential) return undefined
  if (decideAcr(wish, acrLevels, signedIn?.session.amr ?? []).isMet) return undefined
  if (!authenticatedInFlow && isReachable(wish, acrLevels, ways)) return undefined
  // OpenID Connect Core Error Code unmet_authentication_requirements §2, OIDC Core §5.5.1.1.
  return refuse(
    'unmet_authentication_requirements',
    'none of the essential acr values can be reached',
    'OIDC Core §5.5.1.1 an essential acr is reached (authentication.acr_values)',
    { asked: wish.values.slice(0, 20), known: acrLevels.map(({ value }) => value) },
  )
}

function consentReason(facts: StepFacts): { readonly needed: boolean; readonly why: string } {
  const { client, request, consent, approvedInFlow, now } = facts
  if (approvedInFlow) return { needed: false, why: 'the person allowed it' }
  // OIDC Core §3.1.2.1: prompt=consent asks before information is returned, whatever was remembered.
  if (request.prompt.includes('consent')) return { needed: true, why: 'OIDC Core §3.1.2.1 prompt=consent' }
  if (client.consentMode === 'never') return { needed: false, why: 'consent_mode never' }
  if (client.consentMode === 'always') return { needed: true, why: 'consent_mode always' }
  // RFC 9396 §2: each request may be for another transaction, so what was allowed once says nothing about this one.
  if (request.authorizationDetails !== undefined)
    return { needed: true, why: 'RFC 9396 §2 authorization details are asked every time' }
  if (consent === undefined) return { needed: true, why: 'consent_mode remember: nothing was allowed before' }
  if (consent.expiresAt !== undefined && consent.expiresAt <= now) {
    return { needed: true, why: 'consent_mode remember: consent_ttl is over' }
  }
  const missing = consentItems(request).find(item => !consent.scopes.includes(item))
  return missing === undefined
    ? { needed: false, why: 'consent_mode remember: all scopes were allowed before' }
    : { needed: true, why: notAllowedBefore(missing, request) }
}

function notAllowedBefore(item: string, { scopes }: AuthorizationRequest): string {
  const kind = scopes.includes(item) ? 'scope ' : ''
  return `consent_mode remember: ${kind}${item} was not allowed before`
}

function refuseStep(error: string, description: string, rule: string, facts: Facts = {}): Step {
  return { kind: 'refuse', refusal: refuse(error, description, rule, facts) }
}
