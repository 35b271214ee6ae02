/** An app asks the token endpoint whether the person has decided (RFC 8628 §3.5, CIBA Core §11). Pure. */

import { type Refusal, refuse } from '../../spec/refusal.ts'
import type { Client } from '../clients/client.ts'
import type { GrantId } from '../grants/grant.ts'
import type { DeferredGrant } from './deferred-grant.ts'

export type PollDecision =
  | { readonly kind: 'collect'; readonly grantId: GrantId }
  /** Not decided yet; the poll and what it makes of the interval are kept. */
  | { readonly kind: 'wait'; readonly refusal: Refusal; readonly intervalSeconds: number }
  | { readonly kind: 'refuse'; readonly refusal: Refusal }

/** RFC 8628 §3.5: the interval MUST be increased by 5 seconds for this and all subsequent requests. */
const SLOW_DOWN_SECONDS = 5
/** An app that counts from one request to the next meets the network's jitter: that is no haste. */
const JITTER_MS = 500
/** An app whose loop went wild comes to itself again before its code is over. */
const MAX_INTERVAL_SECONDS = 300

export function decidePoll(deferred: DeferredGrant | undefined, client: Client, now: Date): PollDecision {
  // Rows are deleted only after they have expired, and what was opened before was one of ours.
  if (deferred === undefined) return { kind: 'refuse', refusal: expired() }
  if (deferred.clientUid !== client.uid) return { kind: 'refuse', refusal: foreign(client) }
  if (deferred.expiresAt <= now) return { kind: 'refuse', refusal: expired(deferred) }
  if (deferred.state === 'denied') return { kind: 'refuse', refusal: denied(deferred) }
  if (deferred.state === 'approved' && deferred.grantId !== undefined)
    return { kind: 'collect', grantId: deferred.grantId }
  const { lastPolledAt, intervalSeconds } = deferred
  const tooSoon =
    lastPolledAt !== undefined && now.getTime() - lastPolledAt.getTime() < intervalSeconds * 1000 - JITTER_MS
  return tooSoon
    ? {
        kind: 'wait',
        refusal: slowDown(),
        intervalSeconds: Math.min(MAX_INTERVAL_SECONDS, intervalSeconds + SLOW_DOWN_SECONDS),
      }
    : { kind: 'wait', refusal: pending(), intervalSeconds }
}

export function slowDown(): Refusal {
  return refuse('slow_down', 'polled sooner than the interval allows', 'RFC 8628 §3.5 polls keep the interval')
}

function pending(): Refusal {
  return refuse('authorization_pending', 'the person has not decided yet', 'RFC 8628 §3.5 the person has decided')
}

function foreign({ clientId }: Client): Refusal {
  return refuse('invalid_grant', 'it was issued to another client', 'RFC 6749 §5.2 issued to this client', {
    client_id: clientId,
  })
}

function expired(deferred?: DeferredGrant): Refusal {
  return refuse(
    'expired_token',
    'nobody decided in time; start again',
    'RFC 8628 §3.5 the person decides in time (device.lifetime)',
    deferred === undefined ? {} : { expired_at: deferred.expiresAt.toISOString() },
  )
}

function denied({ kind }: DeferredGrant): Refusal {
  return refuse('access_denied', 'the person denied the request', 'RFC 8628 §3.5 the person allows it', { kind })
}
