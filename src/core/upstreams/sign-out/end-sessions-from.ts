/** An upstream signs somebody out: the sessions that came from it end, in one commit, and it is not told back. */

import type { TraceCode } from '../../audit/audit-event.ts'
import type { Journal } from '../../audit/journal.ts'
import type { Deliveries } from '../../deliveries/deliveries.ts'
import type { Session, SessionRepository } from '../../sessions/session.ts'
import { USED_BEFORE } from '../../single-use/single-use.ts'
import type { Write } from '../../unit-of-work.ts'
import { type Withdrawn, type WithdrawPorts, withdrawAnswers } from '../arrival/withdraw-answers.ts'
import type { LogoutClaims } from '../relying-party.ts'
import type { Upstream } from '../upstream.ts'
import type { UpstreamSession, UpstreamSessionRepository } from '../upstream-session.ts'
import { type LeavePorts, leave } from './leave.ts'

export interface EndSessionsPorts extends LeavePorts {
  readonly journal: Pick<Journal, 'commit' | 'record'>
  readonly repositories: LeavePorts['repositories'] &
    WithdrawPorts['repositories'] & {
      readonly sessions: Pick<SessionRepository, 'find' | 'end'>
      readonly upstreamSessions: Pick<UpstreamSessionRepository, 'delete' | 'listOfSession'>
    }
  readonly upstreams: LeavePorts['upstreams'] & { readonly deliveries: Pick<Deliveries, 'enqueue' | 'soon'> }
}

export interface UpstreamSignOut {
  readonly upstream: Upstream
  readonly channel: 'front channel' | 'back channel'
  /** Which sessions it is about, as they are now. */
  readonly find: () => Promise<readonly UpstreamSession[]>
  /** Whose answers count no more, as the upstream says; absent: it named nobody. */
  readonly who?: Pick<LogoutClaims, 'sid' | 'sub'>
  /** What counts once (a logout token); goes first in the unit. */
  readonly use?: Write
  readonly address: string
  readonly requestId: string
  readonly traceCode: TraceCode
  readonly now: Date
}

/** Each further one means that one of the people signed out by themselves in this very moment. */
const MAX_TRIES = 10

/** The sessions that ended; none is a good outcome as well. */
export async function endSessionsFrom(
  signOut: UpstreamSignOut,
  ports: EndSessionsPorts,
): Promise<readonly Session[] | 'used-before'> {
  const { use, find, who, upstream } = signOut
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    // Before the sessions: who arrives in between has one by then.
    const answers = who === undefined ? [] : await withdrawAnswers(upstream.uid, who, ports)
    const withdrawn = answers.flatMap(answer => [answer.write, withdrawnEvent(answer, signOut, ports)])
    // In one order on all nodes, so that two tokens about the same people never wait for each other.
    const rows = [...(await find())].sort((a, b) => (a.sessionId < b.sessionId ? -1 : 1))
    const endings = await Promise.all(rows.map(row => endingOf(row, signOut, ports)))
    const writes = [...(use === undefined ? [] : [use]), ...endings.flatMap(ending => ending.writes), ...withdrawn]
    const ended = endings.flatMap(({ session }) => (session === undefined ? [] : [session]))
    if (writes.length === 0) return ended
    const outcome = await ports.journal.commit(writes)
    if (outcome.committed) {
      if (endings.some(({ isCalling }) => isCalling)) ports.upstreams.deliveries.soon()
      return ended
    }
    if (outcome.lost === USED_BEFORE) return 'used-before'
  }
  throw new Error('sessions could not be ended: too many others change them')
}

interface Ending {
  /** Absent: it had ended already, and only what it knew of the upstream goes. */
  readonly session?: Session
  readonly isCalling: boolean
  readonly writes: readonly Write[]
}

async function endingOf(row: UpstreamSession, signOut: UpstreamSignOut, ports: EndSessionsPorts): Promise<Ending> {
  const { sessions, upstreamSessions } = ports.repositories
  const remove = upstreamSessions.delete(row.sessionId, row.upstreamUid)
  const session = await sessions.find(row.sessionId)
  if (session === undefined || session.endedAt !== undefined) return { isCalling: false, writes: [remove] }
  // Whatever else the session came from hears of its end, as far as that needs no browser.
  const others = (await upstreamSessions.listOfSession(session.id)).filter(
    ({ upstreamUid }) => upstreamUid !== row.upstreamUid,
  )
  const left = await leave(others, { traceCode: signOut.traceCode, further: [] }, ports)
  return {
    session,
    isCalling: left.called.length > 0,
    writes: [
      sessions.end(session.id, signOut.now),
      remove,
      ...left.writes,
      eventOf(session, left.called, signOut, ports),
    ],
  }
}

function eventOf(
  { id, accountId }: Session,
  called: readonly string[],
  { upstream, channel, address, requestId, traceCode, now }: UpstreamSignOut,
  { journal }: EndSessionsPorts,
): Write {
  return journal.record('sign-out.succeeded', {
    at: now,
    accountId,
    address,
    requestId,
    traceCode,
    detail: { session: id, upstream: upstream.alias, channel, ...(called.length === 0 ? {} : { told: called }) },
  })
}

/** For whoever asks why a sign-in came to nothing. */
function withdrawnEvent(
  { traceCode }: Withdrawn,
  { upstream, channel, address, requestId, now }: UpstreamSignOut,
  { journal }: EndSessionsPorts,
): Write {
  const detail = { upstream: upstream.alias, channel, withdrawn: 'the answer of a sign-in under way' }
  return journal.record('sign-out.succeeded', { at: now, address, requestId, traceCode, detail })
}
