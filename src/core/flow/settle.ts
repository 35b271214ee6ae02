/**
 * Settles an authorization: the map of `next-step.ts` applied to a request or to a flow, with the writes that make the answer true.
 * Both the authorization endpoint (no page needed) and the pages (after each one) end here, so no way leads around a rule.
 */

import { addSeconds, type Clock } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import type { AuthorizationRequest } from '../../spec/authorization-request.ts'
import { type AuthorizationResponse, errorParams } from '../../spec/authorization-response.ts'
import type { Refusal } from '../../spec/refusal.ts'
import type { TraceCode } from '../audit/audit-event.ts'
import type { Journal } from '../audit/journal.ts'
import type { Client } from '../clients/client.ts'
import type { Grant, GrantRepository } from '../grants/grant.ts'
import type { PushedRequestId, PushedRequestRepository } from '../pushed-requests/pushed-request.ts'
import type { TokenPorts } from '../tokens/ports.ts'
import type { Write } from '../unit-of-work.ts'
import { nextStep, type SignedIn, type SignInReason, type StepFacts } from './next-step.ts'
import { type RespondTo, respond, successParams } from './respond.ts'

export interface SettlePorts extends TokenPorts {
  readonly grants: Pick<GrantRepository, 'insert'>
  readonly pushedRequests: Pick<PushedRequestRepository, 'use'>
  readonly journal: Journal
  readonly clock: Clock
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
      readonly response: AuthorizationResponse
      readonly writes: readonly Write[]
    }
  | {
      readonly kind: 'refused'
      readonly refusal: Refusal
      readonly response: AuthorizationResponse
      readonly writes: readonly Write[]
    }

export async function settle(facts: StepFacts, visit: Visit, requestedAt: Date, ports: SettlePorts): Promise<Settled> {
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
  const params = await successParams({ client, request, grant, account: step.signedIn.account, now: facts.now }, ports)
  return {
    kind: 'issued',
    why: step.why,
    grant,
    response: await respond(params, request, client, ports),
    writes: [...useUp(request, ports), ports.grants.insert(grant), event],
  }
}

/** RFC 9126 §7.3: a pushed request is answered once. */
function useUp({ pushedRequestId }: AuthorizationRequest, { pushedRequests }: SettlePorts): readonly Write[] {
  return pushedRequestId === undefined ? [] : [pushedRequests.use(pushedRequestId as PushedRequestId)]
}

export async function refuseAuthorization(
  refusal: Refusal,
  client: Client,
  request: RespondTo,
  visit: Visit,
  ports: SettlePorts,
  signedIn?: SignedIn,
): Promise<Extract<Settled, { kind: 'refused' }>> {
  const event = ports.journal.record('authorization.refused', {
    ...(signedIn === undefined ? {} : { accountId: signedIn.account.id }),
    clientUid: client.uid,
    ...visit,
    detail: { ...refusal.facts, error: refusal.error, description: refusal.description, rule: refusal.rule },
  })
  return {
    kind: 'refused',
    refusal,
    response: await respond(errorParams(refusal), request, client, ports),
    writes: [event],
  }
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
    ...copied(request),
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

/** What the request asked for and the grant remembers, as far as it was asked. */
function copied(request: AuthorizationRequest): Partial<Grant> {
  const { claims, claimsLocales, resources, authorizationDetails, dpopJkt } = request
  return {
    ...(claims === undefined ? {} : { claims }),
    ...(claimsLocales === undefined ? {} : { claimsLocales }),
    ...(resources === undefined ? {} : { resources }),
    ...(authorizationDetails === undefined ? {} : { authorizationDetails }),
    ...(dpopJkt === undefined ? {} : { dpopJkt }),
  }
}
