/** Sessions as they are after a sign-in through an upstream, put straight into the database. */

import assert from 'node:assert/strict'
import type { Account } from '../../src/core/accounts/account.ts'
import type { Session } from '../../src/core/sessions/session.ts'
import { sealSessionTokens } from '../../src/core/upstreams/tokens/session-tokens.ts'
import type { Upstream } from '../../src/core/upstreams/upstream.ts'
import type { SessionTokens, UpstreamSession } from '../../src/core/upstreams/upstream-session.ts'
import { anUpstreamSession } from './builders.ts'
import type { HandBrowser } from './hand-browser.ts'
import { type RunningApp, SESSION_COOKIE } from './running-app.ts'

export interface ThroughUpstream extends Partial<Pick<UpstreamSession, 'sub' | 'sid' | 'subject'>> {
  readonly upstream: Upstream
  readonly tokens?: SessionTokens
}

/** A browser where the account is signed in, and the session knows the upstreams that it came from. */
export async function signedInThrough(
  app: RunningApp,
  account: Account,
  ...from: readonly ThroughUpstream[]
): Promise<{ readonly browser: HandBrowser; readonly session: Session; readonly cookie: string }> {
  const { session, cookie } = await app.beginSession(account)
  for (const { upstream, tokens, ...known } of from) {
    const key = { sessionId: session.id, upstreamUid: upstream.uid }
    const sealed = tokens === undefined ? {} : { sealedTokens: sealSessionTokens(key, tokens, app.keys.sealer) }
    const row = anUpstreamSession({
      ...key,
      ...known,
      ...sealed,
      createdAt: session.createdAt,
      expiresAt: session.expiresAt,
    })
    assert.ok((await app.house.repositories.commit([app.house.repositories.upstreamSessions.put(row)])).committed)
  }
  const browser = await app.browser()
  browser.cookies.set(SESSION_COOKIE, cookie)
  return { browser, session, cookie }
}

export async function hasEnded(app: RunningApp, { id }: Session): Promise<boolean> {
  return (await app.house.repositories.sessions.find(id))?.endedAt !== undefined
}

/** How many upstreams a session still knows of. */
export async function upstreamsOf(app: RunningApp, { id }: Session): Promise<number> {
  return (await app.house.repositories.upstreamSessions.listOfSession(id)).length
}
