/** Signing out at an upstream by the browser (RP-Initiated Logout §2): the URL that it goes to. */

import type { LogoutRedirect } from '../core/upstreams/relying-party.ts'
import { anyOf, RESERVED_LOGOUT_PARAMETERS } from '../core/upstreams/settings/reserved-parameters.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import { isRefusal } from '../spec/refusal.ts'
import { withQuery } from './authorization-request.ts'
import type { RelyingPartyRoom } from './room.ts'
import { tellOf } from './upstream-metadata.ts'

/** Nothing when the upstream has no place for it, or none that is known: then people are signed out here alone. */
export async function logoutRequest(
  asked: Upstream,
  logout: LogoutRedirect,
  room: RelyingPartyRoom,
): Promise<string | undefined> {
  const ready = await room.metadata.ready(asked)
  if (isRefusal(ready)) {
    tellOf(asked, ready, room)
    return undefined
  }
  const { endSessionEndpoint } = ready.endpoints
  if (endSessionEndpoint === undefined) return undefined
  return withQuery(endSessionEndpoint, logoutParameters(ready.upstream, logout))
}

function logoutParameters(
  upstream: Upstream,
  { idToken, returnUri, state, further }: LogoutRedirect,
): readonly (readonly [string, string])[] {
  const params = new Map([
    ...hints(upstream, idToken),
    [upstream.postLogoutRedirectParameter, upstream.postLogoutRedirectUri ?? returnUri] as const,
    ['state', state] as const,
  ])
  return withFurther(params, upstream, further)
}

export function hints(
  { sendIdTokenHint, sendClientIdOnLogout, clientId }: Upstream,
  idToken: string | undefined,
): readonly (readonly [string, string])[] {
  return [
    ...(sendIdTokenHint && idToken !== undefined ? [['id_token_hint', idToken] as const] : []),
    ...(sendClientIdOnLogout ? [['client_id', clientId] as const] : []),
  ]
}

/** Who is signed out, and where the browser goes then: not for others to say. */
const isNeverFromOutside = anyOf(RESERVED_LOGOUT_PARAMETERS)

/** What was set and what came from outside, never in the place of ours. */
export function withFurther(
  ours: ReadonlyMap<string, string>,
  { logoutParameters: settings, postLogoutRedirectParameter }: Upstream,
  further: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const params = new Map(ours)
  for (const [name, value] of Object.entries(settings)) if (!params.has(name)) params.set(name, value)
  const isTaken = anyOf([...params.keys(), postLogoutRedirectParameter])
  for (const [name, value] of further) if (!isNeverFromOutside(name) && !isTaken(name)) params.set(name, value)
  return [...params]
}
