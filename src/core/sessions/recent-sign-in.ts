/** Whether somebody signed in so lately that it is them who sits there: asked before anything changes that opens the account. Pure. */

import type { Session } from './session.ts'

const RECENT_MS = 10 * 60_000

/** `authTime`, and not when an upstream said so: a sign-in that nobody had to do anything for shows nothing of who is there now. */
export function isRecentSignIn({ authTime }: Pick<Session, 'authTime'>, now: Date): boolean {
  return now.getTime() - authTime.getTime() <= RECENT_MS
}
