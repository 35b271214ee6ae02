/** How long ago somebody signed in, as far as it is known: asked before anything happens that needs them to sit there. Pure. */

import type { Session } from './session.ts'

const RECENT_SECONDS = 10 * 60

type Times = Pick<Session, 'authTime' | 'provenAt'>

/** `authTime`, and not when an upstream said so: a sign-in that nobody had to do anything for shows nothing of who is there now. */
export function isRecentSignIn(session: Times, now: Date): boolean {
  return isSignedInWithin(RECENT_SECONDS, session, now)
}

/** OIDC Core §3.1.2.1 `max_age`. */
export function isSignedInWithin(seconds: number, session: Times, now: Date): boolean {
  return isTimeKnown(session) && now.getTime() - session.authTime.getTime() <= seconds * 1000
}

/** An upstream that let somebody in without a question and does not say since when (`proofOf`): both times are the same. */
function isTimeKnown({ authTime, provenAt }: Times): boolean {
  return provenAt?.getTime() !== authTime.getTime()
}
