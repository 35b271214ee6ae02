/** Who is signed in, as far as a flow is concerned: whoever signed in within it, else whoever this browser is signed in as. */

import type { Flow } from '../../core/flow/flow.ts'
import type { SignedIn } from '../../core/flow/next-step.ts'
import { findLiveSession, findSignedIn } from '../../core/sessions/find-signed-in.ts'
import type { HttpRequest } from '../../http/endpoint.ts'
import type { PagesPorts } from './ports.ts'

export async function flowSession(
  flow: Flow | undefined,
  request: HttpRequest,
  now: Date,
  ports: PagesPorts,
): Promise<SignedIn | undefined> {
  const { sessions } = ports.repositories
  if (flow?.state.at !== 'authenticated') {
    return findSignedIn({ handles: ports.handles, sessions }, ports.cookies.read(request.cookie, 'session'), now)
  }
  // Another tab may have signed in since and replaced the cookie: this flow goes on as the one who signed in here.
  return findLiveSession(sessions, flow.state.sessionId, now)
}
