/** Token introspection endpoint (RFC 7662): an API asks what a token stands for. */

import type { Client } from '../../core/clients/client.ts'
import {
  checkAccount,
  checkIssuedTo,
  checkNotExpired,
  checkNotRevoked,
  checkSessionAlive,
} from '../../core/grants/check-grant.ts'
import type { GrantFacts } from '../../core/grants/grant.ts'
import { type LiveAccessToken, resolveAccessToken } from '../../core/grants/resolve-access-token.ts'
import { openRefreshToken } from '../../core/handles/token-handles.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { jsonReply } from '../../http/replies.ts'
import { secondsOf } from '../../lib/clock.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { tokenErrorReply, traceHeader } from './error-replies.ts'
import { authenticateCaller, parseForm } from './form-request.ts'
import type { ProviderPorts } from './ports.ts'

export function introspectionEndpoint(ports: ProviderPorts): Endpoint {
  const { grants, clients } = ports.repositories
  const tokens = { handles: ports.keys.handles, grants, clients }
  return {
    name: 'introspection',
    path: '/introspect',
    methods: ['POST'],
    async handle(request) {
      const now = ports.clock.now()
      const params = parseForm(request)
      if (isRefusal(params)) return refusedReply(params, request, ports)
      const caller = await authenticateCaller(request, params, ports, now)
      if (isRefusal(caller)) return refusedReply(caller, request, ports)
      // RFC 7662 §2.1: some form of authorization is required, to prevent token scanning; a public client cannot give any.
      if (caller.type === 'public') {
        return refusedReply(
          refuse('invalid_client', 'introspection needs a confidential client', 'RFC 7662 §2.1 authorized caller'),
          request,
          ports,
        )
      }
      const token = params.get('token')
      if (token === undefined)
        return refusedReply(
          refuse('invalid_request', 'token is missing', 'RFC 7662 §2.1 token is required'),
          request,
          ports,
        )
      const refresh = openRefreshToken(ports.keys.handles, token)
      if (refresh !== undefined) {
        return jsonReply(
          200,
          describeRefreshToken(await grants.find(refresh.grantId), refresh.generation, caller, now, ports.issuer),
        )
      }
      const live = await resolveAccessToken(tokens, token, now)
      return jsonReply(200, isRefusal(live) ? INACTIVE : describeAccessToken(live, ports.issuer))
    },
  }
}

// RFC 7662 §2.2: nothing more is said about a token that is not active.
const INACTIVE = { active: false } as const

function describeAccessToken({ token, client, scopes, person }: LiveAccessToken, issuer: string) {
  const common = {
    active: true,
    scope: scopes.join(' '),
    client_id: client.clientId,
    token_type: 'Bearer',
    iss: issuer,
    aud: [client.clientId],
    iat: token.issuedAt,
    exp: token.expiresAt,
  }
  // RFC 7662 §2.2: sub is whoever authorized the token: the client itself when there is no person.
  return person === undefined
    ? { ...common, sub: client.clientId }
    : { ...common, sub: person.account.subject, username: person.account.username }
}

export function describeRefreshToken(
  facts: GrantFacts | undefined,
  generation: number,
  caller: Client,
  now: Date,
  issuer: string,
) {
  if (facts === undefined) return INACTIVE
  const { grant } = facts
  // A refresh token is for one client alone: nobody else has a reason to ask about it.
  const refusal = firstRefusal(
    checkIssuedTo(caller, grant),
    checkNotRevoked(grant),
    checkNotExpired(grant.expiresAt, now, 'the refresh token', 'RFC 6749 §6'),
    checkSessionAlive(facts),
  )
  const account = checkAccount(facts.account, grant)
  if (refusal !== undefined || isRefusal(account) || grant.generation !== generation) return INACTIVE
  return {
    active: true,
    scope: grant.scopes.join(' '),
    client_id: caller.clientId,
    iss: issuer,
    aud: [caller.clientId],
    iat: secondsOf(grant.rotatedAt ?? grant.createdAt),
    exp: secondsOf(grant.expiresAt),
    sub: account.subject,
    username: account.username,
  }
}

function refusedReply(refusal: Refusal, request: HttpRequest, ports: ProviderPorts): Reply {
  const traceCode = ports.journal.recordRefusal('introspection.refused', refusal, {
    address: request.address,
    requestId: request.requestId,
  })
  return tokenErrorReply(refusal, request, traceHeader(traceCode))
}
