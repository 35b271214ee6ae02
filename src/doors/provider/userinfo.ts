/** UserInfo endpoint (OIDC Core §5.3): claims about the person, for whoever holds their access token. */

import { type LiveAccessToken, resolveAccessToken } from '../../core/grants/resolve-access-token.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { jsonReply } from '../../http/replies.ts'
import { parseBearerToken } from '../../spec/bearer-token.ts'
import { type Claims, claimsOf } from '../../spec/claims.ts'
import { checkNotRepeated, parseParams } from '../../spec/params.ts'
import { isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { corsHeaders, preflight } from './cors.ts'
import { bearerErrorReply, traceHeader } from './error-replies.ts'
import type { ProviderPorts } from './ports.ts'

export function userinfoEndpoint(ports: ProviderPorts): Endpoint {
  const { grants, clients } = ports.repositories
  const tokens = { handles: ports.keys.handles, grants, clients }
  return {
    name: 'userinfo',
    path: '/userinfo',
    methods: ['GET', 'POST', 'OPTIONS'],
    async handle(request) {
      if (request.method === 'OPTIONS') return preflight(request, 'GET, POST')
      const text = parse(request)
      if (text === undefined) return bearerErrorReply(undefined, browserReadable(request))
      if (isRefusal(text)) return refusedReply(text, undefined, request, ports)
      const live = await resolveAccessToken(tokens, text, ports.clock.now())
      if (isRefusal(live)) return refusedReply(live, undefined, request, ports)
      const claims = decide(live)
      if (isRefusal(claims)) return refusedReply(claims, live, request, ports)
      return jsonReply(200, claims, corsHeaders(request, live.client))
    },
  }
}

/** OIDC Core §5.3.1: by GET or POST, with the token in the header or in the form. */
function parse(request: HttpRequest): string | Refusal | undefined {
  if (request.method !== 'POST' || request.contentType !== 'application/x-www-form-urlencoded') {
    return parseBearerToken(request.authorization, undefined)
  }
  const params = parseParams(request.body)
  if (isRefusal(params)) return params
  return checkNotRepeated(params) ?? parseBearerToken(request.authorization, params)
}

export function decide({ person, scopes }: Pick<LiveAccessToken, 'person' | 'scopes'>): Claims | Refusal {
  if (person === undefined)
    return refuse('invalid_token', 'the access token is not about a person', 'OIDC Core §5.3 a token of a person')
  if (!scopes.includes('openid')) {
    return refuse('insufficient_scope', 'the access token lacks scope openid', 'OIDC Core §5.3 scope openid', {
      scopes,
    })
  }
  return claimsOf(person.account, scopes)
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
  return bearerErrorReply(refusal, { ...browserReadable(request), ...traceHeader(traceCode) })
}

/** The token names no client, so the page may only learn that its own token is no good, which it sent itself. */
function browserReadable(request: HttpRequest) {
  return request.origin === undefined
    ? {}
    : {
        'access-control-allow-origin': request.origin,
        'access-control-expose-headers': 'www-authenticate, x-trace-code',
        vary: 'Origin',
      }
}
