/**
 * Settles an authorization: the map of `next-step.ts` applied to a request or to a flow, with the writes that make the answer true.
 * Both the authorization endpoint (no page needed) and the pages (after each one) end here, so no way leads around a rule.
 */

import { addSeconds, type Clock } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import type { AuthorizationRequest } from '../../spec/authorization-request.ts'
import { type AuthorizationResponse, errorParams } from '../../spec/authorization-response.ts'
import { type Facts, isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { yieldsCode } from '../../spec/response-types.ts'
import type { TraceCode } from '../audit/audit-event.ts'
import type { Journal } from '../audit/journal.ts'
import { type AcrLevel, acrWishOf, decideAcr } from '../authentication/acr.ts'
import type { Client } from '../clients/client.ts'
import { profileLimits } from '../clients/profiles.ts'
import { allowedFrom } from '../grants/allowed-from.ts'
import type { Grant, GrantRepository } from '../grants/grant.ts'
import { policyOf } from '../policies/find-policy.ts'
import type { PolicyRepository } from '../policies/policy.ts'
import type { PushedRequestId, PushedRequestRepository } from '../pushed-requests/pushed-request.ts'
import type { TokenPorts } from '../tokens/ports.ts'
import { CannotProtect } from '../tokens/protect.ts'
import { subjectOf } from '../tokens/subject.ts'
import type { Write } from '../unit-of-work.ts'
import { waysToSignIn } from '../upstreams/setting-out/usable-upstreams.ts'
import type { Upstream } from '../upstreams/upstream.ts'
import { nextStep, type SignedIn, type SignInReason, type StepFacts } from './next-step.ts'
import { type RespondTo, respond, successParams } from './respond.ts'

export interface SettlePorts extends TokenPorts {
  readonly grants: Pick<GrantRepository, 'insert'>
  readonly pushedRequests: Pick<PushedRequestRepository, 'use'>
  readonly journal: Journal
  readonly clock: Clock
  /** The classes of sign-ins, the weakest first. */
  readonly acrLevels: readonly AcrLevel[]
  readonly listUpstreams: () => Promise<readonly Upstream[]>
  readonly policies: Pick<PolicyRepository, 'find'>
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
      /** What decided that the app is open to the person, where it has a policy. */
      readonly policy?: Facts
      readonly grant: Grant
      readonly response: AuthorizationResponse
      readonly writes: readonly Write[]
    }
  /** The person is told, and then decides whether the app hears of it. */
  | {
      readonly kind: 'denied'
      readonly refusal: Refusal
      readonly signedIn: SignedIn
      readonly writes: readonly Write[]
    }
  | {
      readonly kind: 'refused'
      readonly refusal: Refusal
      readonly response: AuthorizationResponse
      readonly writes: readonly Write[]
    }

/** What only the request and the flow know; the house adds the rest. */
export type KnownFacts = Omit<StepFacts, 'subject' | 'acrLevels' | 'ways' | 'policy'>

export async function stepFacts(
  known: KnownFacts,
  { keys, acrLevels, listUpstreams, policies }: Pick<SettlePorts, 'keys' | 'acrLevels' | 'listUpstreams' | 'policies'>,
): Promise<StepFacts> {
  const { client, request, signedIn } = known
  const found = policyOf(client, policies)
  const policy = found instanceof Promise ? await found : found
  const facts = { ...known, acrLevels, policy, subject: signedIn && subjectOf(client, signedIn.account, keys) }
  // Only where an app wants more than a sign-in does it matter which ways there are.
  if (policy === undefined && acrWishOf(request, client).values.length === 0) return facts
  return { ...facts, ways: waysToSignIn(await listUpstreams()) }
}

export async function settle(known: KnownFacts, visit: Visit, requestedAt: Date, ports: SettlePorts): Promise<Settled> {
  const facts = await stepFacts(known, ports)
  const step = nextStep(facts)
  if (step.kind === 'sign-in' || step.kind === 'consent') return step
  const { client, request } = facts
  if (step.kind === 'denied') {
    const { refusal, signedIn } = step
    return { kind: 'denied', refusal, signedIn, writes: [refusedEvent(refusal, client, visit, ports, signedIn)] }
  }
  if (step.kind === 'refuse') return refuseAuthorization(step.refusal, client, request, visit, ports, facts.signedIn)
  const grant = newGrant(client, request, step.signedIn, visit, requestedAt, facts.now, ports)
  const event = ports.journal.record('authorization.granted', {
    at: facts.now,
    accountId: step.signedIn.account.id,
    clientUid: client.uid,
    ...visit,
    detail: {
      scopes: request.scopes,
      response_type: request.responseType,
      why: step.why,
      ...(step.policy === undefined ? {} : policyDetail(step.policy)),
    },
  })
  const success = { client, request, grant, account: step.signedIn.account, now: facts.now }
  const making = successParams(success, ports)
  const params = making instanceof Promise ? await making.catch(cannotProtect) : making
  if (isRefusal(params)) return refuseAuthorization(params, client, request, visit, ports, step.signedIn)
  return {
    kind: 'issued',
    why: step.why,
    ...(step.policy === undefined ? {} : { policy: step.policy }),
    grant,
    response: await respond(params, request, client, ports),
    writes: [...useUp(request, ports), ...storeGrant(request, grant, ports), event],
  }
}

/** Of what decided, as much as tells which rule of which policy it was. */
function policyDetail({ policy, decided_by, on }: Facts): Facts {
  return { policy: policy ?? null, decided_by: decided_by ?? null, ...(on === undefined ? {} : { on }) }
}

/** Multiple Response Types §4: `none` hands out nothing, so there is nothing that a row could stand behind. */
function storeGrant({ responseType }: AuthorizationRequest, grant: Grant, { grants }: SettlePorts): readonly Write[] {
  return responseType === 'none' ? [] : [grants.insert(grant)]
}

/** JARM §2.2: an answer that cannot be protected as the app wants it goes nowhere, so the person is told instead. */
export function cannotAnswer(error: unknown): Refusal {
  if (error instanceof CannotProtect) return error.refusal
  throw error
}

/** The app asked for what its own keys do not give; it hears of it, and gets nothing less protected. */
function cannotProtect(error: unknown): Refusal {
  const { rule, facts } = cannotAnswer(error)
  return refuse('server_error', 'the ID token cannot be protected with the keys of the client', rule, facts)
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
  return {
    kind: 'refused',
    refusal,
    response: await respond(errorParams(refusal), request, client, ports),
    writes: [refusedEvent(refusal, client, visit, ports, signedIn)],
  }
}

function refusedEvent(
  refusal: Refusal,
  client: Client,
  visit: Visit,
  { journal }: Pick<SettlePorts, 'journal'>,
  signedIn?: SignedIn,
): Write {
  return journal.record('authorization.refused', {
    ...(signedIn === undefined ? {} : { accountId: signedIn.account.id }),
    clientUid: client.uid,
    ...visit,
    detail: { ...refusal.facts, error: refusal.error, description: refusal.description, rule: refusal.rule },
  })
}

function newGrant(
  client: Client,
  request: AuthorizationRequest,
  { session, account }: SignedIn,
  { traceCode, address }: Visit,
  requestedAt: Date,
  now: Date,
  ports: SettlePorts,
): Grant {
  const { random, lifetimes, acrLevels } = ports
  const offline = request.scopes.includes('offline_access')
  const { acr } = decideAcr(acrWishOf(request, client), acrLevels, session.amr)
  const codeSeconds = Math.min(
    client.authorizationCodeSeconds ?? lifetimes.codeSeconds,
    profileLimits(client).authorizationCodeSeconds ?? Number.POSITIVE_INFINITY,
  )
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
    ...(session.provenAt === undefined ? {} : { provenAt: session.provenAt }),
    amr: session.amr,
    ...(acr === undefined ? {} : { acr }),
    ...allowedFrom(client, address),
    ...copied(request),
    requestedAt,
    traceCode,
    createdAt: now,
    codeExpiresAt: addSeconds(now, codeSeconds),
    offline,
    // No code was asked for: whatever looks like one is refused as used.
    ...(yieldsCode(request.responseType) ? {} : { redeemedAt: now }),
    generation: 0,
    expiresAt: addSeconds(now, codeSeconds + lastSeconds(client, request, ports)),
  }
}

/** How long the longest-lived token that comes of the code is good for. */
function lastSeconds(
  client: Client,
  { scopes, resources = [] }: AuthorizationRequest,
  { lifetimes, resources: servers }: SettlePorts,
): number {
  if (scopes.includes('offline_access')) return client.refreshTokenSeconds ?? lifetimes.refreshTokenSeconds
  const own = client.accessTokenSeconds ?? lifetimes.accessTokenSeconds
  return Math.max(own, ...resources.map(uri => servers.find(uri)?.accessTokenSeconds ?? 0))
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
