/** An authorization response as HTTP: the browser carries it to the app. */

import type { AuthorizationResponse } from '../spec/authorization-response.ts'
import type { Reply } from './endpoint.ts'
import { redirectReply } from './replies.ts'

export function authorizationReply(response: AuthorizationResponse, cookies: readonly string[] = []): Reply {
  switch (response.kind) {
    case 'redirect':
      return redirectReply(response.location, cookies)
    default:
      throw new Error(`${response.kind} is not drawn yet`)
  }
}
