/** A person who is signed in here and manages from a page of ours. */

import { findSignedIn, type SessionPorts } from '../../../core/sessions/find-signed-in.ts'
import type { Cookies } from '../../../http/cookies.ts'
import type { HttpRequest } from '../../../http/endpoint.ts'
import { refuse } from '../../../spec/refusal.ts'
import { type Asker, stranger } from './asker.ts'
import { checkSameOrigin } from './same-origin.ts'

export interface SessionAskerPorts extends SessionPorts {
  readonly issuer: string
  readonly cookies: Pick<Cookies, 'read'>
}

export async function whoseSession(
  request: HttpRequest,
  cookie: string,
  ports: SessionAskerPorts,
  now: Date,
): Promise<Asker> {
  // Before anything is looked up: another site does not even learn whether somebody is signed in.
  const foreign = checkSameOrigin(request, new URL(ports.issuer).origin)
  if (foreign !== undefined) return stranger(foreign)
  const signedIn = await findSignedIn(ports, cookie, now)
  if (signedIn === undefined) {
    return stranger(refuse('login_required', 'the session has ended: sign in again', 'the session is alive'))
  }
  const { id: accountId, username, role } = signedIn.account
  if (role === undefined) {
    return stranger(refuse('access_denied', 'this account has no role here', 'the person has a role', { username }), {
      accountId,
    })
  }
  const { address, requestId } = request
  return { actor: { kind: 'account', name: username, role, accountId, address, requestId } }
}
