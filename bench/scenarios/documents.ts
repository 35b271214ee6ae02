/** The two documents that every relying party fetches: discovery and the key set. */

import type { Answer } from '../load/answer.ts'
import { get } from '../load/request.ts'
import { ALL_SERVERS, actors, repeat, type Scenario } from './scenario.ts'

export const discovery: Scenario = {
  name: 'discovery',
  title: 'discovery',
  servers: ALL_SERVERS,
  async prepare({ site, connections }) {
    const request = get(site.authority, '/.well-known/openid-configuration')
    return {
      actors: actors(connections, () =>
        repeat(request, answer => documentMistake(answer, `"issuer":"${site.issuer}"`, '"token_endpoint"')),
      ),
    }
  },
}

export const jwks: Scenario = {
  name: 'jwks',
  title: 'JWKS',
  servers: ALL_SERVERS,
  async prepare({ site, connections }) {
    const request = get(site.authority, site.endpoints.jwks)
    return {
      actors: actors(connections, () =>
        repeat(request, answer => documentMistake(answer, '"kty":"RSA"', '"kty":"EC"', '"kty":"OKP"')),
      ),
    }
  },
}

function documentMistake(answer: Answer, ...parts: readonly string[]): string | undefined {
  if (answer.status !== 200) return 'status is not 200'
  for (const part of parts) if (!answer.body.includes(part)) return `the document lacks ${part}`
  return undefined
}
