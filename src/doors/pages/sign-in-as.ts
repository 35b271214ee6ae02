/** Somebody has proven who they are: the session begins or is renewed, the flow knows it, and goes on. */

import type { Account } from '../../core/accounts/account.ts'
import { sealDevice } from '../../core/authentication/known-device.ts'
import { aboutFlow } from '../../core/flow/about-flow.ts'
import type { Flow } from '../../core/flow/flow.ts'
import type { SignedIn } from '../../core/flow/next-step.ts'
import { authenticated, traced } from '../../core/flow/steps.ts'
import { newSession, renewedSession } from '../../core/sessions/begin-session.ts'
import type { Session } from '../../core/sessions/session.ts'
import { sealSession } from '../../core/sessions/session-handle.ts'
import type { Write } from '../../core/unit-of-work.ts'
import type { HttpRequest, Reply } from '../../http/endpoint.ts'
import { redirectReply } from '../../http/replies.ts'
import type { Facts } from '../../spec/refusal.ts'
import type { PagesPorts } from './ports.ts'
import { pageUrl, proceed } from './proceed.ts'

const DEVICE_COOKIE_SECONDS = 400 * 86_400

export interface ProvenSignIn {
  /** The moment of the proof: the same as `authTime` was measured by, because equal times have a meaning (`recent-sign-in.ts`). */
  readonly now: Date
  readonly account: Account
  /** RFC 8176. */
  readonly amr: readonly string[]
  /** When it was proven, where that was earlier and elsewhere; now when absent. Never later than now. */
  readonly authTime?: Date
  /** For the trace: what convinced us. */
  readonly rule: string
  readonly facts: Facts
  /** What becomes true together with the session. */
  readonly writes: (session: Session) => readonly Write[]
  /** When the flow's step or `writes` lose; back to the sign-in page when absent. */
  readonly onLost?: (lost: string) => Promise<Reply>
}

export async function signInAs(
  flow: Flow,
  proven: ProvenSignIn,
  current: SignedIn | undefined,
  request: HttpRequest,
  ports: PagesPorts,
): Promise<Reply> {
  const { account, amr, authTime, rule, facts, now } = proven
  const again = proven.onLost ?? (async () => redirectReply(pageUrl('login', flow, ports)))
  const proof = {
    account,
    amr,
    ...(authTime === undefined ? {} : { authTime }),
    address: request.address,
    userAgent: request.userAgent,
    now,
    lifetimeSeconds: ports.sessionSeconds,
  }
  // Session fixation: whoever signs in gets a cookie that nobody could know before.
  const renewed = current?.account.id === account.id ? renewedSession(current.session, proof) : undefined
  const { sessions, upstreamSessions } = ports.repositories
  const fresh = () => {
    const session = newSession(proof, ports.random)
    return finish(session, [sessions.insert(session)], again)
  }
  const finish = (
    session: Session,
    begun: readonly Write[],
    onLost: (lost: string) => Promise<Reply>,
  ): Promise<Reply> => {
    const done = traced(authenticated(flow, session), now, {
      step: 'sign-in',
      outcome: 'passed',
      rule,
      facts: { username: account.username, ...facts, address: request.address, amr: session.amr },
    })
    const event = ports.journal.record('sign-in.succeeded', {
      at: now,
      accountId: account.id,
      ...aboutFlow(flow, request),
      detail: { username: account.username, amr: session.amr, session: session.id, ...facts },
    })
    const cookies = [
      ports.cookies.set('session', sealSession(ports.handles, session), ports.sessionSeconds),
      ports.cookies.set('device', sealDevice(ports.handles, account.id), DEVICE_COOKIE_SECONDS),
    ]
    const progress = {
      flow: done,
      signedIn: { session, account },
      approved: false,
      writes: [...begun, ...proven.writes(session), event],
      cookies,
      onLost,
    }
    return proceed(progress, request, now, ports)
  }
  if (renewed === undefined) return fresh()
  // Another tab renewed the same session in this moment: both have proven themselves, so this one gets a session of its own.
  // What it knows of upstreams lives on with it: otherwise none of them could end it any more.
  const longer = [sessions.renew(renewed), upstreamSessions.prolong(renewed.id, renewed.expiresAt)]
  return finish(renewed, longer, lost => (lost === 'sessions.renew' ? fresh() : again(lost)))
}
