/** An identity is unlinked: the row with its tokens goes, and the sessions that came of it end. */

import { isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import type { Account, AccountId } from '../../accounts/account.ts'
import type { Journal, NewAuditEvent } from '../../audit/journal.ts'
import type { Repositories } from '../../repositories.ts'
import type { SessionId } from '../../sessions/session.ts'
import type { Write } from '../../unit-of-work.ts'
import type { Identity, IdentityId } from '../identity.ts'
import type { Upstream } from '../upstream.ts'
import { identityDetail, UNLINKED } from './identity-events.ts'
import { checkKeepsWayIn } from './ways-in.ts'

export interface Unlinking {
  readonly accountId: AccountId
  readonly identityId: IdentityId
  /** Stays, though it may have come of the identity: the person sits there. */
  readonly keepSession?: SessionId
  /** An administrator means it: also when nobody can sign in to the account afterwards. */
  readonly evenTheLast: boolean
  /** Where it comes from, for the audit; `detail` is added to that of the event. */
  readonly event: Omit<NewAuditEvent, 'accountId' | 'at'>
  /** What becomes true together with it. */
  readonly writes: (account: Account, upstream: Upstream) => readonly Write[]
}

export interface Unlinked {
  readonly account: Account
  readonly upstream: Upstream
  readonly identity: Identity
}

export interface UnlinkPorts {
  readonly repositories: Pick<Repositories, 'accounts' | 'identities' | 'sessions' | 'upstreams' | 'upstreamSessions'>
  readonly journal: Pick<Journal, 'commit' | 'record'>
}

/** People sign in and out meanwhile; what lost to that looks again. */
const MAX_ROUNDS = 5

export async function unlinkIdentity(unlinking: Unlinking, now: Date, ports: UnlinkPorts): Promise<Unlinked | Refusal> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const decided = await decide(unlinking, ports)
    if (isRefusal(decided)) return decided
    const writes = await writesOf(decided, unlinking, now, ports)
    const outcome = await ports.journal.commit(writes)
    if (!outcome.committed) continue
    await endLateSessions(decided.identity, unlinking, now, ports)
    return decided
  }
  return refuse('conflict', 'the account changes all the time', 'nobody else changes the account at the same time')
}

async function decide(
  { accountId, identityId, evenTheLast }: Unlinking,
  { repositories }: UnlinkPorts,
): Promise<Unlinked | Refusal> {
  // The account first: a tab that is faster changes its row, so identities that are older than the row never count.
  const account = await repositories.accounts.find(accountId)
  const [identities, upstreams] = await Promise.all([
    repositories.identities.listOfAccount(accountId),
    repositories.upstreams.list(),
  ])
  const identity = identities.find(({ id }) => id === identityId)
  const upstream = upstreams.find(({ uid }) => uid === identity?.upstreamUid)
  if (account === undefined || identity === undefined || upstream === undefined)
    return refuse('not_linked', 'the identity is not linked any more', 'the identity is linked to the account')
  const refused = evenTheLast ? undefined : checkKeepsWayIn(account, identityId, identities, upstreams)
  return refused ?? { account, identity, upstream }
}

async function writesOf(
  { account, identity, upstream }: Unlinked,
  { keepSession, event, evenTheLast, writes }: Unlinking,
  now: Date,
  { repositories, journal }: UnlinkPorts,
): Promise<readonly Write[]> {
  const sessions = await sessionsOf(identity, now, repositories)
  // Two tabs that unlink the last two ways at once: the account's row decides which one is first.
  const guard =
    account.passwordHash === undefined && !evenTheLast
      ? [repositories.accounts.replace({ ...account, updatedAt: later(now, account.updatedAt) }, account)]
      : []
  return [
    ...guard,
    repositories.identities.unlink(identity.id),
    ...sessions.filter(id => id !== keepSession).map(id => repositories.sessions.end(id, now)),
    ...writes(account, upstream),
    journal.record(UNLINKED, {
      ...event,
      at: now,
      accountId: account.id,
      detail: { ...identityDetail(upstream, identity), ...event.detail },
    }),
  ]
}

/** A sign-in that was committed just before the unlink; after it, there are none. */
async function endLateSessions(
  identity: Identity,
  { keepSession }: Unlinking,
  now: Date,
  { repositories, journal }: UnlinkPorts,
): Promise<void> {
  const late = (await sessionsOf(identity, now, repositories)).filter(id => id !== keepSession)
  // Losing means that it has ended by itself.
  for (const id of late) await journal.commit([repositories.sessions.end(id, now)])
}

/** Those that live: the subject may have been somebody else's before, and their sessions are none of this account's. */
async function sessionsOf(
  { upstreamUid, subject, accountId }: Identity,
  now: Date,
  { sessions, upstreamSessions }: UnlinkPorts['repositories'],
): Promise<readonly SessionId[]> {
  const known = await upstreamSessions.listBySubject(upstreamUid, subject)
  const found = await Promise.all(known.map(({ sessionId }) => sessions.find(sessionId)))
  return found.flatMap(session =>
    session !== undefined && session.accountId === accountId && session.endedAt === undefined && session.expiresAt > now
      ? [session.id]
      : [],
  )
}

function later(now: Date, than: Date): Date {
  return now > than ? now : new Date(than.getTime() + 1)
}
