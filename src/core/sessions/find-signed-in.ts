/** Who this browser is signed in as: the session its cookie names, if it is alive, and the account behind it. */

import type { SignedIn } from '../flow/next-step.ts'
import type { Handles } from '../handles/handles.ts'
import type { SessionId, SessionRepository } from './session.ts'
import { openSession } from './session-handle.ts'

export interface SessionPorts {
  readonly handles: Handles
  readonly sessions: Pick<SessionRepository, 'findWithAccount'>
}

export async function findSignedIn(
  { handles, sessions }: SessionPorts,
  cookie: string | undefined,
  now: Date,
): Promise<SignedIn | undefined> {
  const named = cookie === undefined ? undefined : openSession(handles, cookie)
  if (named === undefined) return undefined
  const signedIn = await findLiveSession(sessions, named.id, now)
  return signedIn?.session.generation === named.generation ? signedIn : undefined
}

/** A session that has not ended, of an account that may use it. */
export async function findLiveSession(
  sessions: SessionPorts['sessions'],
  id: SessionId,
  now: Date,
): Promise<SignedIn | undefined> {
  const found = await sessions.findWithAccount(id)
  if (found === undefined) return undefined
  return isLive(found, now) ? found : undefined
}

export function isLive({ session, account }: SignedIn, now: Date): boolean {
  if (session.endedAt !== undefined || session.expiresAt <= now) return false
  // A changed password or a disabled account ends the sessions from before.
  return account.disabledAt === undefined && (session.provenAt ?? session.authTime) >= account.validFrom
}
