/** UserInfo endpoint (OIDC Core §5.3): claims about the person, for whoever holds their access token. */

import type { Client } from '../../core/clients/client.ts'
import { type LiveAccessToken, resolveAccessToken } from '../../core/grants/resolve-access-token.ts'
import { CannotProtect, protect } from '../../core/tokens/protect.ts'
import { type PersonToken, userinfoClaims } from '../../core/tokens/userinfo-claims.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { checkPossession } from '../../http/proof-of-possession.ts'
import { type Headers, jsonReply, jwtReply } from '../../http/replies.ts'
import { isDpopScheme } from '../../spec/bearer-token.ts'
import type { Claims } from '../../spec/claims.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { corsHeaders, preflight } from './cors.ts'
import { bearerErrorReply, traceHeader } from './error-replies.ts'
import type { ProviderPorts } from './ports.ts'
import { browserReadable, checkAudience, parseToken } from './presented-token.ts'

export function userinfoEndpoint(ports: ProviderPorts): Endpoint {
  const { grants, clients, policies } = ports.repositories
  const tokens = { issuer: ports.issuer, keys: ports.keys, grants, clients, policies }
  return {
    name: 'userinfo',
    path: '/userinfo',
    methods: ['GET', 'POST', 'OPTIONS'],
    async handle(request) {
      if (request.method === 'OPTIONS') return preflight(request, 'GET, POST')
      const text = parseToken(request)
      if (text === undefined) return bearerErrorReply(undefined, browserReadable(request))
      if (isRefusal(text)) return refusedReply(text, undefined, request, ports)
      const now = ports.clock.now()
      const live = await resolveAccessToken(tokens, text, now)
      if (isRefusal(live)) return refusedReply(live, undefined, request, ports)
      const possession = checkPossession(request, live.token.cnf, ports, now, text)
      const foreign = possession instanceof Promise ? await possession : possession
      if (foreign !== undefined) return refusedReply(foreign, live, request, ports)
      const person = decide(live, ports.issuer)
      if (isRefusal(person)) return refusedReply(person, live, request, ports)
      return respond(person, request, ports)
    },
  }
}

export function decide(live: LiveAccessToken, issuer: string): PersonToken | Refusal {
  const { token, person, scopes } = live
  if (person === undefined)
    return refuse('invalid_token', 'the access token is not about a person', 'OIDC Core §5.3 a token of a person')
  const foreign = checkAudience(token, issuer)
  if (foreign !== undefined) return foreign
  if (!scopes.includes('openid')) {
    return refuse('insufficient_scope', 'the access token lacks scope openid', 'OIDC Core §5.3 scope openid', {
      scopes,
    })
  }
  return { ...live, person }
}

/** OIDC Core §5.3.2: JSON, or what the client registered: signed, encrypted, or both. */
async function respond(token: PersonToken, request: HttpRequest, ports: ProviderPorts): Promise<Reply> {
  const { client } = token
  const claims = userinfoClaims(token, ports.keys, await ports.customClaims())
  const headers = corsHeaders(request, client)
  if (client.userinfoSignedResponseAlg === undefined && client.userinfoEncryptedResponseAlg === undefined)
    return jsonReply(200, claims, headers)
  return respondProtected(claims, token, request, headers, ports)
}

async function respondProtected(
  claims: Claims,
  token: PersonToken,
  request: HttpRequest,
  headers: Headers,
  ports: ProviderPorts,
): Promise<Reply> {
  const jwt = await protectClaims(claims, token.client, ports)
  return isRefusal(jwt) ? refusedReply(jwt, token, request, ports) : jwtReply(200, jwt, 'application/jwt', headers)
}

async function protectClaims(claims: Claims, client: Client, ports: ProviderPorts): Promise<string | Refusal> {
  const {
    userinfoSignedResponseAlg: signingAlg,
    userinfoEncryptedResponseAlg: encryptionAlg,
    userinfoEncryptedResponseEnc: enc = 'A128CBC-HS256',
  } = client
  if (signingAlg === undefined && encryptionAlg !== undefined) {
    // OIDC Registration §2 userinfo_signed_response_alg: without it nothing is signed, so the JWE holds the claims themselves.
    const jwe = await ports.clientKeys.encryptFor(client, JSON.stringify(claims), { alg: encryptionAlg, enc })
    return isRefusal(jwe) ? cannotProtect(jwe) : jwe
  }
  try {
    // OIDC Core §5.3.2: a signed answer names its issuer and the client it is for.
    const signed = { iss: ports.issuer, aud: client.clientId, ...claims }
    const encryption = encryptionAlg === undefined ? {} : { encryptionAlg, encryptionEnc: enc }
    return await protect(signed, { signingAlg: signingAlg ?? 'RS256', ...encryption }, client, ports)
  } catch (error) {
    if (error instanceof CannotProtect) return cannotProtect(error.refusal)
    throw error
  }
}

/** Never is anything sent with less protection than the client registered. */
function cannotProtect({ rule, facts }: Refusal): Refusal {
  return refuse('server_error', 'the keys of the client do not fit what it registered for', rule, facts)
}

function refusedReply(
  refusal: Refusal,
  live: LiveAccessToken | undefined,
  request: HttpRequest,
  ports: ProviderPorts,
): Reply {
  const traceCode = ports.journal.recordRefusal('userinfo.refused', refusal, {
    ...(live === undefined ? {} : { clientUid: live.client.uid }),
    ...(live?.person === undefined
      ? {}
      : { accountId: live.person.account.id, traceCode: live.person.grant.traceCode }),
    address: request.address,
    requestId: request.requestId,
  })
  const scheme = isDpopScheme(request.authorization) ? 'DPoP' : 'Bearer'
  return bearerErrorReply(refusal, { ...browserReadable(request), ...traceHeader(traceCode) }, scheme)
}
