/** The person's decision about a deferred grant, as the writes that make it true: one of them loses when somebody decided before. */

import { addSeconds } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import { type Refusal, refuse } from '../../spec/refusal.ts'
import type { NewAuditEvent } from '../audit/journal.ts'
import { acrWishOf, decideAcr } from '../authentication/acr.ts'
import type { Client } from '../clients/client.ts'
import type { SignedIn } from '../flow/next-step.ts'
import type { SettlePorts, Visit } from '../flow/settle.ts'
import { allowedFrom } from '../grants/allowed-from.ts'
import type { Grant } from '../grants/grant.ts'
import type { Write } from '../unit-of-work.ts'
import type { DeferredGrant, DeferredGrantRepository } from './deferred-grant.ts'

export interface SettleDeferredPorts
  extends Pick<SettlePorts, 'grants' | 'journal' | 'random' | 'lifetimes' | 'acrLevels'> {
  readonly deferredGrants: Pick<DeferredGrantRepository, 'approve' | 'deny'>
}

export interface Decided {
  readonly deferred: DeferredGrant
  readonly client: Client
  readonly signedIn: SignedIn
  /** Where the person decided. The trace is that of the app's request. */
  readonly visit: Omit<Visit, 'traceCode'>
  readonly now: Date
}

export interface Approval {
  readonly grant: Grant
  /** Lost at `deferredGrants.approve` when it is no longer pending. */
  readonly writes: readonly Write[]
}

export function approveDeferred(decided: Decided, ports: SettleDeferredPorts): Approval {
  const { deferred, signedIn, now } = decided
  const grant = newGrant(decided, ports)
  const event = ports.journal.record('approval.granted', {
    ...aboutDecision(decided),
    detail: { kind: deferred.kind, scopes: deferred.terms.scopes, username: signedIn.account.username },
  })
  const approve = ports.deferredGrants.approve(
    deferred.id,
    signedIn.account.id,
    grant.id,
    isNotified(deferred) ? now : undefined,
  )
  return { grant, writes: [approve, ports.grants.insert(grant), event] }
}

export interface Denial {
  readonly refusal: Refusal
  /** Lost at `deferredGrants.deny` when it is no longer pending. */
  readonly writes: readonly Write[]
}

export function denyDeferred(decided: Decided, ports: SettleDeferredPorts): Denial {
  const { client, signedIn } = decided
  // RFC 8628 §3.5, CIBA Core §11: the app hears of it as access_denied.
  const refusal = refuse(
    'access_denied',
    'the person denied the request',
    'RFC 8628 §3.3 the person allows it on the approval page',
    { client_id: client.clientId, username: signedIn.account.username },
  )
  return refuseDeferred(decided, refusal, ports)
}

/** Whatever the reason: the app hears `access_denied`, the house keeps why. */
export function refuseDeferred(decided: Decided, refusal: Refusal, ports: SettleDeferredPorts): Denial {
  const { deferred, now } = decided
  const deny = ports.deferredGrants.deny(deferred.id, isNotified(deferred) ? now : undefined)
  return { refusal, writes: [deny, refusalEvent(decided, refusal, ports)] }
}

/** Alone: the person was told no, and the request stays open. */
export function refusalEvent(
  decided: Decided,
  { facts, error, description, rule }: Refusal,
  { journal }: Pick<SettleDeferredPorts, 'journal'>,
): Write {
  return journal.record('approval.refused', {
    ...aboutDecision(decided),
    detail: { ...facts, error, description, rule },
  })
}

/** CIBA Core §5: in ping and push mode the app waits for us to tell it. */
function isNotified({ terms }: DeferredGrant): boolean {
  return terms.delivery === 'ping' || terms.delivery === 'push'
}

function aboutDecision({ deferred, client, signedIn, visit, now }: Decided): NewAuditEvent & { readonly at: Date } {
  return {
    at: now,
    accountId: signedIn.account.id,
    clientUid: client.uid,
    ...visit,
    traceCode: deferred.terms.traceCode,
  }
}

function newGrant(
  { deferred, client, signedIn, visit, now }: Decided,
  { random, lifetimes, acrLevels }: SettleDeferredPorts,
): Grant {
  const { session, account } = signedIn
  const { terms } = deferred
  const { acr } = decideAcr(acrWishOf(terms, client), acrLevels, session.amr)
  const offline = terms.scopes.includes('offline_access')
  const lastSeconds = offline
    ? (client.refreshTokenSeconds ?? lifetimes.refreshTokenSeconds)
    : (client.accessTokenSeconds ?? lifetimes.accessTokenSeconds)
  return {
    id: newId(now, random),
    clientUid: client.uid,
    accountId: account.id,
    sessionId: session.id,
    scopes: terms.scopes,
    // There is no redirect, and no code that could be exchanged for want of one.
    redirectUri: '',
    authTime: session.authTime,
    ...(session.provenAt === undefined ? {} : { provenAt: session.provenAt }),
    amr: session.amr,
    ...(acr === undefined ? {} : { acr }),
    ...allowedFrom(client, visit.address),
    ...(terms.resources === undefined ? {} : { resources: terms.resources }),
    ...(terms.authorizationDetails === undefined ? {} : { authorizationDetails: terms.authorizationDetails }),
    requestedAt: deferred.createdAt,
    traceCode: terms.traceCode,
    createdAt: now,
    codeExpiresAt: deferred.expiresAt,
    offline,
    generation: 0,
    expiresAt: addSeconds(deferred.expiresAt, lastSeconds),
  }
}
