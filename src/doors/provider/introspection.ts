/** Token introspection endpoint (RFC 7662): an API asks what a token stands for. */

import type { Client } from '../../core/clients/client.ts'
import {
  checkAccount,
  checkIssuedTo,
  checkNotExpired,
  checkNotRevoked,
  checkSessionAlive,
} from '../../core/grants/check-grant.ts'
import type { Grant, GrantFacts } from '../../core/grants/grant.ts'
import { detailsOf, type LiveAccessToken, resolveAccessToken } from '../../core/grants/resolve-access-token.ts'
import { openRefreshToken } from '../../core/handles/token-handles.ts'
import type { KeyRing } from '../../core/keys/key-ring.ts'
import { checkStillOpen } from '../../core/policies/check-still-open.ts'
import { tokenTypeOf } from '../../core/tokens/issue-tokens.ts'
import { CannotProtect, protect } from '../../core/tokens/protect.ts'
import { isServerOf, type ResourceServers } from '../../core/tokens/resource-servers.ts'
import { subjectOf } from '../../core/tokens/subject.ts'
import type { Endpoint, HttpRequest, Reply } from '../../http/endpoint.ts'
import { jsonReply, jwtReply } from '../../http/replies.ts'
import { secondsOf } from '../../lib/clock.ts'
import { firstRefusal, isRefusal, type Refusal, refuse } from '../../spec/refusal.ts'
import { tokenErrorReply, traceHeader } from './error-replies.ts'
import { authenticateCaller, parseForm } from './form-request.ts'
import type { ProviderPorts } from './ports.ts'

export function introspectionEndpoint(ports: ProviderPorts): Endpoint {
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
      const answer = await describe(token, caller, now, ports)
      return respond(answer, caller, request, now, ports)
    },
  }
}

// RFC 7662 §2.2: nothing more is said about a token that is not active.
const INACTIVE = { active: false } as const

type Answer = { readonly active: boolean } & Readonly<Record<string, unknown>>

async function describe(text: string, caller: Client, now: Date, ports: ProviderPorts): Promise<Answer> {
  const { grants, clients, policies } = ports.repositories
  const { issuer, keys, resources } = ports
  const refresh = openRefreshToken(keys.handles, text)
  if (refresh !== undefined)
    return describeOpenRefreshToken(await grants.find(refresh.grantId), refresh.generation, caller, now, ports)
  const live = await resolveAccessToken({ issuer, keys, grants, clients, policies }, text, now)
  return isRefusal(live) || !mayIntrospect(caller, live, resources) ? INACTIVE : describeAccessToken(live, issuer, keys)
}

/** RFC 7662 §2.2: a caller that may not know about a token hears that it is not active. */
export function mayIntrospect(
  caller: Client,
  { token, client, owner }: Pick<LiveAccessToken, 'token' | 'client' | 'owner'>,
  resources: ResourceServers,
): boolean {
  if (caller.uid === client.uid || caller.uid === owner.uid) return true
  const { audience } = token
  // RFC 9701 §5: what was made for one API is told to that API.
  if (audience !== undefined) return audience.some(uri => isServerOf(caller, uri, resources))
  // A token for no API in particular is told to every API that an operator has made a client of; whoever registered itself is none.
  return caller.origin === undefined || caller.origin === 'operator'
}

function describeAccessToken(live: LiveAccessToken, issuer: string, keys: KeyRing): Answer {
  const { token, format, handle, client, scopes, person } = live
  const actor = token.actor ?? person?.grant.actor
  const details = detailsOf(live)
  const common = {
    active: true,
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    client_id: client.clientId,
    // RFC 9449 §6.2.
    token_type: tokenTypeOf(token.cnf),
    iss: issuer,
    aud: token.audience ?? [client.clientId],
    iat: token.issuedAt,
    exp: token.expiresAt,
    ...(format === 'jwt' ? { jti: handle } : {}),
    ...(token.cnf === undefined ? {} : { cnf: token.cnf }),
    // RFC 8693 §4.1.
    ...(actor === undefined ? {} : { act: actor }),
    // RFC 9396 §9.2.
    ...(details === undefined ? {} : { authorization_details: details }),
  }
  // RFC 7662 §2.2: sub is whoever authorized the token: the client itself when there is no person.
  if (person === undefined) return { ...common, sub: live.owner.clientId }
  const { grant, account } = person
  return {
    ...common,
    sub: subjectOf(client, account, keys),
    // Who is known by another name in every app has no user name either (OIDC Core §8.1).
    ...(client.subjectType === 'pairwise' ? {} : { username: account.username }),
    ...authenticationOf(grant),
  }
}

/** RFC 9470 §6.2: how and when the person signed in. */
function authenticationOf({ acr, amr, authTime }: Grant) {
  return { auth_time: secondsOf(authTime), amr, ...(acr === undefined ? {} : { acr }) }
}

const JWT_TYPE = 'application/token-introspection+jwt'

/** RFC 9701 §4: as a JWT when the caller asks for that. */
async function respond(
  answer: Answer,
  caller: Client,
  request: HttpRequest,
  now: Date,
  ports: ProviderPorts,
): Promise<Reply> {
  if (!prefersJwt(request.header('accept'))) return jsonReply(200, answer)
  const { introspectionEncryptedResponseAlg: alg, introspectionEncryptedResponseEnc: enc } = caller
  // RFC 9701 §5: the answer as one claim, so that none of its members passes for a claim of this JWT; and no sub or exp, so that the JWT
  // never passes for a token.
  const claims = { iss: ports.issuer, aud: caller.clientId, iat: secondsOf(now), token_introspection: answer }
  const how = {
    typ: 'token-introspection+jwt',
    // RFC 9701 §6: RS256 when nothing else was registered.
    signingAlg: caller.introspectionSignedResponseAlg ?? 'RS256',
    ...(alg === undefined ? {} : { encryptionAlg: alg }),
    ...(enc === undefined ? {} : { encryptionEnc: enc }),
  }
  try {
    return jwtReply(200, await protect(claims, how, caller, ports), JWT_TYPE)
  } catch (error) {
    if (!(error instanceof CannotProtect)) throw error
    const { rule, facts } = error.refusal
    const description = 'the keys of the client do not fit what it registered for'
    return refusedReply(refuse('invalid_request', description, rule, facts), request, ports)
  }
}

function prefersJwt(accept: string | undefined): boolean {
  return accept?.split(',').some(part => part.split(';')[0]?.trim().toLowerCase() === JWT_TYPE) ?? false
}

/** An app that is closed to the person has a refresh token that gets nothing: it is not active (RFC 7662 §2.2). */
async function describeOpenRefreshToken(
  facts: GrantFacts | undefined,
  generation: number,
  caller: Client,
  now: Date,
  { issuer, keys, repositories }: ProviderPorts,
): Promise<Answer> {
  const answer = describeRefreshToken(facts, generation, caller, now, issuer, keys)
  if (!answer.active || facts?.account === undefined) return answer
  const { grant, account } = facts
  const closed = await checkStillOpen({ client: caller, account, grant }, repositories.policies)
  return closed === undefined ? answer : INACTIVE
}

export function describeRefreshToken(
  facts: GrantFacts | undefined,
  generation: number,
  caller: Client,
  now: Date,
  issuer: string,
  keys: Pick<KeyRing, 'pairwiseSubject'>,
): Answer {
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
    sub: subjectOf(caller, account, keys),
    ...(caller.subjectType === 'pairwise' ? {} : { username: account.username }),
  }
}

function refusedReply(refusal: Refusal, request: HttpRequest, ports: ProviderPorts): Reply {
  const traceCode = ports.journal.recordRefusal('introspection.refused', refusal, {
    address: request.address,
    requestId: request.requestId,
  })
  return tokenErrorReply(refusal, request, traceHeader(traceCode))
}
