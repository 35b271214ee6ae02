/** What an upstream is told by a call from us when somebody signs out: the content of a delivery. */

import type { JsonObject } from '../../clients/client.ts'
import type { LogoutCall } from '../relying-party.ts'
import type { Upstream, UpstreamUid } from '../upstream.ts'

export interface LogoutNotice {
  readonly upstreamUid: UpstreamUid
  readonly call: LogoutCall
}

/** How long it is worth telling: a session at an upstream seldom outlives a day without its person. */
export const LOGOUT_NOTICE_SECONDS = 86_400

export function writeLogoutNotice({ uid }: Pick<Upstream, 'uid'>, call: LogoutCall): JsonObject {
  return { upstreamUid: uid, ...call }
}

/** Of what `writeLogoutNotice` wrote: it was sealed in between, so nobody else can have. */
export function readLogoutNotice(content: JsonObject): LogoutNotice {
  const { upstreamUid, ...call } = content as unknown as LogoutCall & Pick<LogoutNotice, 'upstreamUid'>
  return { upstreamUid, call }
}
