/**
 * Stored tokens that are still good, refreshed where they are not (RFC 6749 §6). One refresh at a time over all nodes: whoever wants to
 * refresh claims the row first by a conditional write, because an upstream that rotates refresh tokens takes the second use of one for theft.
 */

import { addSeconds, type Clock } from '../../../lib/clock.ts'
import { type Facts, isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import type { Journal, NewAuditEvent } from '../../audit/journal.ts'
import type { KeySealer } from '../../keys/key-sealer.ts'
import type { IdentityId, IdentityRepository, StoredTokens } from '../identity.ts'
import type { RelyingParty } from '../relying-party.ts'
import type { Upstream } from '../upstream.ts'
import {
  decideUse,
  hasTokens,
  type IdentityWithTokens,
  openTokens,
  refreshedTokens,
  sealTokens,
  secondsLeft,
} from './stored-tokens.ts'

export interface FreshTokensPorts {
  readonly identities: Pick<IdentityRepository, 'findById' | 'replaceTokens'>
  readonly relyingParty: Pick<RelyingParty, 'refresh'>
  readonly sealer: KeySealer
  readonly journal: Pick<Journal, 'commit' | 'record'>
  readonly clock: Clock
}

/** Who asks, for the audit. */
export type Asking = Pick<NewAuditEvent, 'clientUid' | 'address' | 'requestId' | 'traceCode'>

/** Resolves to tokens without marks of ours, or to why there are none. */
export type FreshTokens = (id: IdentityId, upstream: Upstream, asking: Asking) => Promise<StoredTokens | Refusal>

/** Longer than an upstream is waited for, discovery and keys and all; a node that died in the middle blocks no longer than this. */
const CLAIM_SECONDS = 60
const POLL_MS = 200
/** Ten seconds of waiting for another node. */
const MAX_ROUNDS = 50

export function createFreshTokens(ports: FreshTokensPorts): FreshTokens {
  const underWay = new Map<IdentityId, Promise<StoredTokens | Refusal>>()
  return (id, upstream, asking) => {
    const begun = underWay.get(id)
    if (begun !== undefined) return begun
    const fresh = findFresh(id, upstream, asking, ports).finally(() => underWay.delete(id))
    underWay.set(id, fresh)
    return fresh
  }
}

async function findFresh(
  id: IdentityId,
  upstream: Upstream,
  asking: Asking,
  ports: FreshTokensPorts,
): Promise<StoredTokens | Refusal> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const identity = await ports.identities.findById(id)
    if (identity === undefined || !hasTokens(identity)) return notStored(upstream)
    const tokens = openTokens(ports.sealer, id, identity.sealedTokens)
    const use = decideUse(tokens, upstream.minTokenValiditySeconds, ports.clock.now())
    if (use === 'use') return tokens
    if (use === 'expired') return signInAgain(upstream)
    if (use === 'wait') await ports.clock.sleep(POLL_MS)
    else {
      const outcome = await refreshOnce(identity, tokens, upstream, asking, ports)
      // Lost: another node claimed it, or the person has signed in again and brought new ones. The next look shows which.
      if (outcome !== undefined) return outcome
    }
  }
  return unavailable(upstream, 'another node is refreshing them')
}

/** Nothing when somebody else was first. */
async function refreshOnce(
  identity: IdentityWithTokens,
  tokens: StoredTokens,
  upstream: Upstream,
  asking: Asking,
  ports: FreshTokensPorts,
): Promise<StoredTokens | Refusal | undefined> {
  const { journal, sealer, identities, clock } = ports
  const refreshingUntil = addSeconds(clock.now(), CLAIM_SECONDS).toISOString()
  const claimed = sealTokens(sealer, identity.id, { ...tokens, refreshingUntil })
  const claim = await journal.commit([identities.replaceTokens(identity.id, claimed, identity.sealedTokens)])
  if (!claim.committed) return undefined
  const { refreshingUntil: _, ...before } = tokens
  const keep = async (next: StoredTokens, type?: 'upstream-tokens.refreshed'): Promise<boolean> => {
    const sealed = sealTokens(sealer, identity.id, next)
    const event = { ...asking, accountId: identity.accountId, detail: { upstream: upstream.alias } }
    const told = type === undefined ? [] : [journal.record(type, event)]
    return (await journal.commit([identities.replaceTokens(identity.id, sealed, claimed), ...told])).committed
  }
  const { refreshToken = '', idToken } = tokens
  const answer = await ports.relyingParty.refresh(upstream, refreshToken, idToken).catch(async (error: unknown) => {
    await keep(before)
    throw error
  })
  if (!isRefusal(answer)) {
    const next = refreshedTokens(before, answer)
    if (await keep(next, 'upstream-tokens.refreshed')) return next
    await passOn(next.refreshToken, tokens.refreshToken, identity.id, ports)
    return undefined
  }
  return refused(answer, before, keep, upstream, clock)
}

/** The person signed in meanwhile, and the refresh token that was used up just now is kept beside the new tokens: its successor takes its place. */
async function passOn(
  successor: string | undefined,
  used: string | undefined,
  id: IdentityId,
  { identities, sealer, journal }: FreshTokensPorts,
): Promise<void> {
  const identity = await identities.findById(id)
  if (successor === undefined || identity === undefined || !hasTokens(identity)) return
  const tokens = openTokens(sealer, id, identity.sealedTokens)
  if (tokens.refreshToken !== used) return
  const sealed = sealTokens(sealer, id, { ...tokens, refreshToken: successor })
  // Lost: there are newer ones yet.
  await journal.commit([identities.replaceTokens(id, sealed, identity.sealedTokens)])
}

async function refused(
  refusal: Refusal,
  before: StoredTokens,
  keep: (next: StoredTokens) => Promise<boolean>,
  upstream: Upstream,
  clock: Clock,
): Promise<StoredTokens | Refusal | undefined> {
  const { refreshToken: _, ...withoutRefresh } = before
  // RFC 6749 §5.2 invalid_grant: the refresh token will never count again, so nobody asks with it again.
  const isMixedUp = refusal.error === 'login_required'
  const isOver = isMixedUp || refusal.facts.upstream_error === 'invalid_grant'
  if (!(await keep(isOver ? withoutRefresh : before))) return undefined
  if (secondsLeft(before, clock.now()) > 0) return before
  if (isMixedUp) return refusal
  return isOver ? signInAgain(upstream) : unavailable(upstream, refusal.description, refusal.facts)
}

export function notStored({ alias }: Pick<Upstream, 'alias'>): Refusal {
  return refuse(
    'no_stored_tokens',
    'no tokens of this upstream are kept for the person',
    'tokens of the upstream are kept since the person signed in through it (store_tokens)',
    { upstream: alias },
  )
}

function signInAgain({ alias }: Pick<Upstream, 'alias'>): Refusal {
  return refuse(
    'login_required',
    'the stored tokens have expired: the person has to sign in through the upstream again',
    'the stored tokens are good, or can be refreshed',
    { upstream: alias },
  )
}

function unavailable({ alias }: Pick<Upstream, 'alias'>, problem: string, facts: Facts = {}): Refusal {
  return refuse(
    'temporarily_unavailable',
    'the stored tokens have expired, and cannot be refreshed at the moment',
    'the upstream answers when stored tokens are refreshed',
    { ...facts, upstream: alias, problem },
  )
}
