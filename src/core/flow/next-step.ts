/** The whole map of a sign-in: given what is known, what comes next. Pure; every answer names the rule that decided. */

import type { AuthorizationRequest } from '../../spec/authorization-request.ts'
import { type Facts, type Refusal, refuse } from '../../spec/refusal.ts'
import type { Account } from '../accounts/account.ts'
import type { Client } from '../clients/client.ts'
import type { Consent } from '../consents/consent.ts'
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
  readonly consent: Consent | undefined
  /** The person proved who they are, or chose the account, within this very flow. */
  readonly authenticatedInFlow: boolean
  /** The person pressed "Allow" within this very flow. */
  readonly approvedInFlow: boolean
  readonly now: Date
}

export type Step =
  | { readonly kind: 'sign-in'; readonly why: SignInReason }
  | { readonly kind: 'consent'; readonly signedIn: SignedIn; readonly why: string }
  | { readonly kind: 'issue'; readonly signedIn: SignedIn; readonly why: string }
  | { readonly kind: 'refuse'; readonly refusal: Refusal }

export type SignInReason = 'no-session' | 'prompt-login' | 'max-age' | 'other-account-expected' | 'select-account'

const SIGN_IN_RULES: Readonly<Record<SignInReason, string>> = {
  'no-session': 'OIDC Core §3.1.2.3 the person is signed in',
  'prompt-login': 'OIDC Core §3.1.2.1 prompt=login asks again',
  'max-age': 'OIDC Core §3.1.2.1 max_age is not exceeded',
  'other-account-expected': 'OIDC Core §3.1.2.1 id_token_hint names the signed-in person',
  'select-account': 'OIDC Core §3.1.2.1 prompt=select_account',
}

export function ruleOfSignIn(reason: SignInReason): string {
  return SIGN_IN_RULES[reason]
}

export function nextStep(facts: StepFacts): Step {
  const silent = facts.request.prompt.includes('none')
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
  const consent = consentReason(facts)
  if (!consent.needed) return { kind: 'issue', signedIn, why: consent.why }
  if (silent) return refuseStep('consent_required', 'the person has to consent', consent.why)
  return { kind: 'consent', signedIn, why: consent.why }
}

function signInReason({ request, signedIn, authenticatedInFlow, now }: StepFacts): SignInReason | undefined {
  if (signedIn === undefined) return 'no-session'
  if (!authenticatedInFlow) {
    if (request.prompt.includes('login')) return 'prompt-login'
    if (request.prompt.includes('select_account')) return 'select-account'
    if (
      request.maxAgeSeconds !== undefined &&
      now.getTime() - signedIn.session.authTime.getTime() > request.maxAgeSeconds * 1000
    ) {
      return 'max-age'
    }
  }
  return request.hintedSubject !== undefined && request.hintedSubject !== signedIn.account.subject
    ? 'other-account-expected'
    : undefined
}

function consentReason(facts: StepFacts): { readonly needed: boolean; readonly why: string } {
  const { client, request, consent, approvedInFlow, now } = facts
  if (approvedInFlow) return { needed: false, why: 'the person allowed it' }
  // OIDC Core §3.1.2.1: prompt=consent asks before information is returned, whatever was remembered.
  if (request.prompt.includes('consent')) return { needed: true, why: 'OIDC Core §3.1.2.1 prompt=consent' }
  if (client.consentMode === 'never') return { needed: false, why: 'consent_mode never' }
  if (client.consentMode === 'always') return { needed: true, why: 'consent_mode always' }
  if (consent === undefined) return { needed: true, why: 'consent_mode remember: nothing was allowed before' }
  if (consent.expiresAt !== undefined && consent.expiresAt <= now) {
    return { needed: true, why: 'consent_mode remember: consent_ttl is over' }
  }
  const missing = request.scopes.find(scope => !consent.scopes.includes(scope))
  return missing === undefined
    ? { needed: false, why: 'consent_mode remember: all scopes were allowed before' }
    : { needed: true, why: `consent_mode remember: scope ${missing} was not allowed before` }
}

function refuseStep(error: string, description: string, rule: string, facts: Facts = {}): Step {
  return { kind: 'refuse', refusal: refuse(error, description, rule, facts) }
}
