/** An app asks for a token of its own (RFC 6749 §4.4): opaque access token, no person involved. */

import { jsonText } from '../load/answer.ts'
import type { Actor } from '../load/drive.ts'
import { ALL_SERVERS, actors, type Scenario } from './scenario.ts'
import { tokenPost } from './tokens.ts'

export const clientCredentials: Scenario = {
  name: 'client-credentials',
  title: 'client_credentials, opaque',
  servers: ALL_SERVERS,
  async prepare({ site, connections }) {
    const request = tokenPost(site, site.clients.machine)('grant_type=client_credentials')
    return { actors: actors(connections, () => clientCredentialsActor(request)) }
  },
}

function clientCredentialsActor(request: string): Actor {
  let last = ''
  return {
    next: () => request,
    accept(answer) {
      const token = answer.status === 200 ? jsonText(answer.body, 'access_token') : undefined
      if (token === undefined || token === '') return 'no access_token'
      if (token === last) return 'the same access_token twice'
      last = token
      return undefined
    },
  }
}
