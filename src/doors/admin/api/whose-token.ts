/** An app with an access token for the admin API: in a person's name, or in its own. */

import { type Actor, lesserRole } from '../../../core/administration/actor.ts'
import { ADMIN_SCOPES, adminResource, roleOfScopes } from '../../../core/administration/admin-scopes.ts'
import type { Client } from '../../../core/clients/client.ts'
import {
  type AccessTokenPorts,
  type LiveAccessToken,
  resolveAccessToken,
} from '../../../core/grants/resolve-access-token.ts'
import type { HttpRequest } from '../../../http/endpoint.ts'
import { checkPossession, type ProofPorts } from '../../../http/proof-of-possession.ts'
import { parseAccessToken } from '../../../spec/bearer-token.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from '../../../spec/refusal.ts'
import { type Asker, type Stranger, stranger } from './asker.ts'

export interface TokenAskerPorts extends AccessTokenPorts, ProofPorts {}

export async function whoseToken(request: HttpRequest, ports: TokenAskerPorts, now: Date): Promise<Asker> {
  // RFC 6750 §2: in the header alone. A token in a form or in an address is none that somebody means to manage with.
  const presented = parseAccessToken(request.authorization, undefined)
  if (presented === undefined || isRefusal(presented)) return stranger(presented ?? noToken())
  const live = await resolveAccessToken(ports, presented.token, now)
  if (isRefusal(live)) return stranger(live)
  const about = aboutToken(live)
  // Before the proof, which counts once and costs a commit.
  const foreign = firstRefusal(checkAudience(live, ports.issuer), checkOrigins(live))
  if (foreign !== undefined) return stranger(foreign, about)
  const stolen = await checkPossession(request, live.token.cnf, ports, now, presented.token)
  if (stolen !== undefined) return stranger(stolen, about)
  const actor = decideActor(live, request)
  return isRefusal(actor) ? stranger(actor, about) : { actor }
}

function noToken(): Refusal {
  return refuse('invalid_token', 'the Authorization header is empty', 'RFC 6750 §2.1 Authorization header')
}

function aboutToken({ client, person }: LiveAccessToken): Stranger['about'] {
  return {
    clientUid: client.uid,
    ...(person === undefined ? {} : { accountId: person.account.id, traceCode: person.grant.traceCode }),
  }
}

/** RFC 9068 §4: made for this API, and for nothing else, or another API that was sent it could manage this server. */
function checkAudience({ token: { audience = [] } }: LiveAccessToken, issuer: string): Refusal | undefined {
  const wanted = adminResource(issuer)
  return audience.length === 1 && audience[0] === wanted
    ? undefined
    : refuse(
        'invalid_token',
        'the access token is not for the admin API: ask for one with it as resource',
        'RFC 8707 §2.2 the audience is the admin API',
        { audience, wanted },
      )
}

/** Clients that registered themselves never get the scopes; should one have them nevertheless, they are worth nothing. */
function checkOrigins({ client, owner }: LiveAccessToken): Refusal | undefined {
  const self = [client, owner].find(({ origin = 'operator' }: Client) => origin !== 'operator')
  return self === undefined
    ? undefined
    : refuse('access_denied', 'this app registered itself', 'the app was made by an operator', {
        client_id: self.clientId,
      })
}

/** In a person's name: no more than the app was allowed, and no more than the person may. */
export function decideActor(
  { client, scopes, person }: Pick<LiveAccessToken, 'client' | 'scopes' | 'person'>,
  { address, requestId }: Pick<HttpRequest, 'address' | 'requestId'>,
): Actor | Refusal {
  const allowed = roleOfScopes(scopes)
  if (allowed === undefined) {
    return refuse(
      'insufficient_scope',
      `the access token has none of the scopes ${ADMIN_SCOPES.join(', ')}`,
      'RFC 6750 §3.1 an admin scope',
      { client_id: client.clientId, scopes },
    )
  }
  const where = { address, requestId, clientUid: client.uid }
  if (person === undefined) return { kind: 'client', name: `client ${client.clientId}`, role: allowed, ...where }
  const { id: accountId, username, role } = person.account
  if (role === undefined) {
    return refuse('access_denied', 'the person of this token has no role here', 'the person has a role', { username })
  }
  return { kind: 'account', name: username, role: lesserRole(allowed, role), accountId, ...where }
}
