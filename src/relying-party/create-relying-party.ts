/** The relying party, put together. */

import type { RelyingParty } from '../core/upstreams/relying-party.ts'
import type { Upstream } from '../core/upstreams/upstream.ts'
import { isRefusal, type Refusal, refuse } from '../spec/refusal.ts'
import { authorizationRequest } from './authorization-request.ts'
import { callLogout } from './call-logout.ts'
import { checkUpstream } from './check-upstream.ts'
import { logoutRequest } from './logout-request.ts'
import { verifyLogoutToken } from './logout-token.ts'
import { checkSignInEndpoints } from './needed-endpoints.ts'
import type { RelyingPartyPorts } from './ports.ts'
import { receive } from './receive.ts'
import { refreshTokens } from './refresh-tokens.ts'
import type { RelyingPartyRoom } from './room.ts'
import { createUpstreamKeySets } from './upstream-key-sets.ts'
import { createUpstreamMetadata, type ReadyUpstream } from './upstream-metadata.ts'
import { readParts } from './verify-jwt.ts'

export function createRelyingParty(ports: RelyingPartyPorts): RelyingParty {
  const room: RelyingPartyRoom = {
    ...ports,
    keySets: createUpstreamKeySets(ports.fetch, ports.clock),
    metadata: createUpstreamMetadata(ports),
    warnOnce: createWarnOnce(ports),
  }
  const { metadata } = room
  return {
    async endpoints(upstream) {
      const ready = await readyToSignIn(upstream, room)
      return isRefusal(ready) ? about(upstream, ready) : ready.endpoints
    },
    async authorizationUrl(upstream, attempt, wishes) {
      const ready = await readyToSignIn(upstream, room)
      if (isRefusal(ready)) return about(upstream, ready)
      return authorizationRequest(ready, attempt, wishes, ports.keys.handles)
    },
    async receive(upstream, attempt, response) {
      const received = await receive(upstream, attempt, response, room)
      return received.refusal === undefined ? received : { ...received, refusal: about(upstream, received.refusal) }
    },
    refresh: async (upstream, refreshToken, idToken) =>
      about(upstream, await refreshTokens(upstream, { refreshToken, idToken }, room)),
    verifyLogoutToken: async (upstream, token) => about(upstream, await verifyLogoutToken(upstream, token, room)),
    callLogout: async (upstream, call) => about(upstream, await callLogout(upstream, call, room)),
    logoutUrl: (upstream, logout) => logoutRequest(upstream, logout, room),
    refreshMetadata: async upstream => about(upstream, await metadata.refresh(upstream)),
    check: upstream => checkUpstream(upstream, room),
    readUnverified: jwt => readParts(jwt)?.claims,
  }
}

async function readyToSignIn(upstream: Upstream, room: RelyingPartyRoom): Promise<ReadyUpstream | Refusal> {
  const ready = await room.metadata.ready(upstream)
  if (isRefusal(ready)) return ready
  return checkSignInEndpoints(ready, room.issuer) ?? ready
}

/** Whose refusal it is, for whoever reads why. */
function about<T>({ alias }: Upstream, result: T): T | Refusal {
  if (!isRefusal(result)) return result
  const { error, description, rule, facts } = result
  return refuse(error, description, rule, { upstream: alias, ...facts })
}

function createWarnOnce({ logger }: Pick<RelyingPartyPorts, 'logger'>): RelyingPartyRoom['warnOnce'] {
  const said = new Set<string>()
  return (alias, message) => {
    const key = `${alias} ${message}`
    if (said.has(key)) return
    said.add(key)
    logger.warn({ upstream: alias }, message)
  }
}
