/** Every flow has a cookie of its own: the oldest make room before a request's header gets too long. */

import type { Cookies } from './cookies.ts'

/** More tabs than a person has, fewer cookies than a header holds. */
const MAX_FLOW_COOKIES = 20

/** `Set-Cookie` values that go with a new flow. Flow ids are ordered by time; the pages of a dropped one start again by themselves. */
export function dropStaleFlowCookies(header: string | undefined, cookies: Cookies): readonly string[] {
  const ids = [...cookies.flowIds(header)].sort()
  return ids.slice(0, Math.max(0, ids.length - MAX_FLOW_COOKIES + 1)).map(id => cookies.drop(`flow-${id}`))
}
