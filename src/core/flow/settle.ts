/**
 * Settles an authorization: the map of `next-step.ts` applied to a request or to a flow, with the writes that make the answer true.
 * Both the authorization endpoint (no page needed) and the pages (after each one) end here, so no way leads around a rule.
 */

import { addSeconds, type Clock } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import type { Random } from '../../lib/random.ts'
import type { AuthorizationRequest } from '../../spec/authorization-request.ts'
import { codeResponse, errorResponse } from '../../spec/authorization-response.ts'
import { restoreVerifiedRedirectUri } from '../../spec/redirect-uri.ts'
import type { Refusal } from '../../spec/refusal.ts'
import type { TraceCode } from '../audit/audit-event.ts'
import type { Journal } from '../audit/journal.ts'
import type { Client } from '../clients/client.ts'
import type { Grant, GrantRepository } from '../grants/grant.ts'
import type { Handles } from '../handles/handles.ts'
import { sealCode } from '../handles/token-handles.ts'
import type { Write } from '../unit-of-work.ts'
import { nextStep, type SignedIn, type SignInReason, type StepFacts } from './next-step.ts'

export interface SettlePorts {
  readonly issuer: string
  readonly grants: Pick<GrantRepository, 'insert'>
  readonly handles: Handles
  readonly journal: Journal
  readonly clock: Clock
  readonly random: Random
  readonly lifetimes: {
    readonly codeSeconds: number
    readonly refreshTokenSeconds: number
    readonly accessTokenSeconds: number
  }
}

/** Who asks, for the audit. */
export interface Visit {
  readonly address: string
  readonly requestId: string
  readonly traceCode: TraceCode
}

export type Settled =
  | { readonly kind: 'sign-in'; readonly why: SignInReason }
  | { readonly kind: 'consent'; readonly signedIn: SignedIn; readonly why: string }
  /** The answer goes to the app once `writes` are committed. */
  | {
      readonly kind: 'issued'
      readonly why: string
      readonly grant: Grant
      readonly location: string
      readonly writes: readonly Write[]
    }
  | {
      readonly kind: 'refused'
      readonly refusal: Refusal
      readonly location: string
      readonly writes: readonly Write[]
    }

export function settle(facts: StepFacts, visit: Visit, requestedAt: Date, ports: SettlePorts): Settled {
  const step = nextStep(facts)
  if (step.kind === 'sign-in' || step.kind === 'consent') return step
  const { client, request } = facts
  if (step.kind === 'refuse') return refuseAuthorization(step.refusal, client, request, visit, ports, facts.signedIn)
  const grant = newGrant(client, request, step.signedIn, visit.traceCode, requestedAt, facts.now, ports)
  const event = ports.journal.record('authorization.granted', {
    at: facts.now,
    accountId: step.signedIn.account.id,
    clientUid: client.uid,
    ...visit,
    detail: { scopes: request.scopes, why: step.why },
  })
  return {
    kind: 'issued',
    why: step.why,
    grant,
    location: codeResponse(responseTarget(request, ports.issuer), sealCode(ports.handles, grant.id)),
    writes: [ports.grants.insert(grant), event],
  }
}

export function refuseAuthorization(
  refusal: Refusal,
  client: Client,
  request: Pick<AuthorizationRequest, 'redirectUri' | 'state'>,
  visit: Visit,
  { issuer, journal }: Pick<SettlePorts, 'issuer' | 'journal'>,
  signedIn?: SignedIn,
): Extract<Settled, { kind: 'refused' }> {
  const event = journal.record('authorization.refused', {
    ...(signedIn === undefined ? {} : { accountId: signedIn.account.id }),
    clientUid: client.uid,
    ...visit,
    detail: { ...refusal.facts, error: refusal.error, description: refusal.description, rule: refusal.rule },
  })
  return {
    kind: 'refused',
    refusal,
    location: errorResponse(responseTarget(request, issuer), refusal),
    writes: [event],
  }
}

export function responseTarget(request: Pick<AuthorizationRequest, 'redirectUri' | 'state'>, issuer: string) {
  return { redirectUri: restoreVerifiedRedirectUri(request.redirectUri), state: request.state, issuer }
}

function newGrant(
  client: Client,
  request: AuthorizationRequest,
  { session, account }: SignedIn,
  traceCode: TraceCode,
  requestedAt: Date,
  now: Date,
  { random, lifetimes }: SettlePorts,
): Grant {
  const offline = request.scopes.includes('offline_access')
  return {
    id: newId(now, random),
    clientUid: client.uid,
    accountId: account.id,
    sessionId: session.id,
    scopes: request.scopes,
    redirectUri: request.redirectUri,
    ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
    ...(request.codeChallenge === undefined ? {} : { codeChallenge: request.codeChallenge }),
    ...(request.codeChallengeMethod === undefined ? {} : { codeChallengeMethod: request.codeChallengeMethod }),
    authTime: session.authTime,
    amr: session.amr,
    requestedAt,
    traceCode,
    createdAt: now,
    codeExpiresAt: addSeconds(now, lifetimes.codeSeconds),
    offline,
    generation: 0,
    expiresAt: addSeconds(
      now,
      lifetimes.codeSeconds + (offline ? lifetimes.refreshTokenSeconds : lifetimes.accessTokenSeconds),
    ),
  }
}
