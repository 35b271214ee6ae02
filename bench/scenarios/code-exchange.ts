/** An app redeems a code for an ID token, an access token and a refresh token. The codes come from real authorization requests. */

import type { Actor } from '../load/drive.ts'
import { ALL_SERVERS, actors, type Load, type Scenario, type Visit } from './scenario.ts'
import { fetchCodes } from './sessions.ts'
import { codeBody, inspectIdToken, readTokens, tokenPost } from './tokens.ts'

type Algorithm = 'ES256' | 'RS256'

export const codeExchangeEs256: Scenario = {
  name: 'code-exchange',
  title: 'code exchange, ES256 + refresh token',
  servers: ALL_SERVERS,
  prepare: visit => prepare(visit, 'ES256'),
}

export const codeExchangeRs256: Scenario = {
  name: 'code-exchange-rs256',
  title: 'code exchange, RS256 + refresh token',
  servers: ALL_SERVERS,
  prepare: visit => prepare(visit, 'RS256'),
}

export const codeExchangeAlone: Scenario = {
  name: 'code-exchange-alone',
  title: 'code exchange, ES256, one connection',
  servers: ALL_SERVERS,
  connections: 1,
  prepare: visit => prepare(visit, 'ES256'),
}

async function prepare(visit: Visit, algorithm: Algorithm): Promise<Load> {
  const { site, connections } = visit
  const client = algorithm === 'ES256' ? site.clients.es256 : site.clients.rs256
  const browsers = await visit.browsers()
  const keys = await visit.keys()
  const post = tokenPost(site, client)
  const idTokens: string[] = []
  let codes: string[] = []
  const actor = (index: number): Actor => ({
    next() {
      const code = codes.pop()
      return code === undefined ? undefined : post(codeBody(code))
    },
    accept(answer) {
      const tokens = readTokens(answer)
      if (typeof tokens === 'string') return tokens
      idTokens[index] = tokens.idToken
      return undefined
    },
  })
  return {
    actors: actors(connections, actor),
    async fill(count) {
      codes = await fetchCodes(site, client, browsers, count)
    },
    inspect: () => idTokens.flatMap(token => inspectIdToken(token, algorithm, site, client, keys) ?? []),
  }
}
