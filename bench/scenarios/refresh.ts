/** An app renews its tokens; every answer brings the refresh token of the next request (rotation). */

import type { Actor } from '../load/drive.ts'
import { ALL_SERVERS, type Load, type Scenario, type Visit } from './scenario.ts'
import { inspectIdToken, openGrants, readTokens, refreshBody, tokenPost } from './tokens.ts'

export const refreshEs256: Scenario = {
  name: 'refresh',
  title: 'refresh with rotation, ES256',
  servers: ALL_SERVERS,
  prepare: visit => prepare(visit, 'ES256'),
}

export const refreshRs256: Scenario = {
  name: 'refresh-rs256',
  title: 'refresh with rotation, RS256',
  servers: ALL_SERVERS,
  prepare: visit => prepare(visit, 'RS256'),
}

async function prepare(visit: Visit, algorithm: 'ES256' | 'RS256'): Promise<Load> {
  const { site } = visit
  const client = algorithm === 'ES256' ? site.clients.es256 : site.clients.rs256
  const keys = await visit.keys()
  const post = tokenPost(site, client)
  const grants = await openGrants(visit, client)
  const idTokens: string[] = []
  const actor = (first: string, index: number): Actor => {
    let refreshToken = first
    return {
      next: () => post(refreshBody(refreshToken)),
      accept(answer) {
        const tokens = readTokens(answer)
        if (typeof tokens === 'string') return tokens
        if (tokens.refreshToken === refreshToken) return 'the refresh token did not rotate'
        refreshToken = tokens.refreshToken
        idTokens[index] = tokens.idToken
        return undefined
      },
    }
  }
  return {
    actors: grants.map((grant, index) => actor(grant.refreshToken, index)),
    inspect: () => idTokens.flatMap(token => inspectIdToken(token, algorithm, site, client, keys) ?? []),
  }
}
