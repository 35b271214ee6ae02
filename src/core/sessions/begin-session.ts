/** The session after somebody proved who they are: the browser's own one renewed, or a new one. Pure. */

import { addSeconds } from '../../lib/clock.ts'
import { newId } from '../../lib/id.ts'
import type { Random } from '../../lib/random.ts'
import type { Account } from '../accounts/account.ts'
import type { Session } from './session.ts'

export interface Proof {
  readonly account: Account
  readonly amr: readonly string[]
  /** When it was proven elsewhere; now when absent. */
  readonly authTime?: Date
  readonly address: string
  readonly userAgent: string
  readonly now: Date
  readonly lifetimeSeconds: number
}

const MAX_USER_AGENT = 300

export function newSession(
  { account, amr, authTime, address, userAgent, now, lifetimeSeconds }: Proof,
  random: Random,
): Session {
  return {
    id: newId(now, random),
    generation: 1,
    accountId: account.id,
    ...timesOf(authTime, now),
    amr,
    createdAt: now,
    expiresAt: addSeconds(now, lifetimeSeconds),
    address,
    userAgent: userAgent.slice(0, MAX_USER_AGENT),
  }
}

/** Same person, same browser: apps keep their `sid`, the cookie from before is worth nothing (session fixation). */
export function renewedSession(
  session: Session,
  { amr, authTime, address, userAgent, now, lifetimeSeconds }: Proof,
): Session {
  const { provenAt: _, ...others } = session
  return {
    ...others,
    generation: session.generation + 1,
    ...timesOf(authTime, now),
    amr,
    expiresAt: addSeconds(now, lifetimeSeconds),
    address,
    userAgent: userAgent.slice(0, MAX_USER_AGENT),
  }
}

function timesOf(authTime: Date | undefined, now: Date): Pick<Session, 'authTime' | 'provenAt'> {
  return authTime === undefined ? { authTime: now } : { authTime, provenAt: now }
}
