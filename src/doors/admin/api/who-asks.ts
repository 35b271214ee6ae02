/** Who manages: whoever an access token or a session stands for, with the role they have at this moment. */

import type { HttpRequest } from '../../../http/endpoint.ts'
import { refuse } from '../../../spec/refusal.ts'
import { type Asker, stranger } from './asker.ts'
import { type SessionAskerPorts, whoseSession } from './whose-session.ts'
import { type TokenAskerPorts, whoseToken } from './whose-token.ts'

export type WhoAsksPorts = SessionAskerPorts & TokenAskerPorts

export async function whoAsks(request: HttpRequest, ports: WhoAsksPorts, now: Date): Promise<Asker> {
  // Whoever shows a token means it: a cookie that the browser adds makes nothing better, and a bad token is not made up for by it.
  if (request.authorization !== undefined) return whoseToken(request, ports, now)
  const cookie = ports.cookies.read(request.cookie, 'session')
  if (cookie !== undefined) return whoseSession(request, cookie, ports, now)
  const rule = 'RFC 6750 §3 the request brings an access token or a session'
  return stranger(refuse('login_required', 'an access token or a session is required', rule))
}
